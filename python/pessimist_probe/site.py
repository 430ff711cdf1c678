"""Lines of the program: never those of torch, of Python, of installed packages or of the probe."""

import os
import sys
import sysconfig
from types import FrameType
from typing import Any, Dict, List, Optional, Tuple

from .copies import original
from .guard import TRANSPARENT, is_ours

_MOST_FRAMES = 64
_MOST_STACK = 32

_kinds: Dict[str, int] = {}
_USER, _PACKAGE, _INNER = 0, 1, 2


def _folders() -> Tuple[Tuple[str, ...], Tuple[str, ...]]:
    paths = sysconfig.get_paths()
    inner = {os.path.realpath(paths[k]) + os.sep for k in ("stdlib", "platstdlib") if k in paths}
    inner |= {paths[k] + os.sep for k in ("stdlib", "platstdlib") if k in paths}
    return tuple(inner), (os.sep + "site-packages" + os.sep, os.sep + "dist-packages" + os.sep)


_stdlib, _packages = _folders()
_start = os.path.join(os.getcwd(), "")


def _kind(filename: str) -> int:
    known = _kinds.get(filename)
    if known is None:
        if filename == TRANSPARENT or is_ours(filename) or filename.startswith("<frozen"):
            known = _INNER
        elif filename.startswith("<"):
            known = _USER if filename.startswith(("<stdin", "<string", "<ipython")) else _INNER
        elif any(p in filename for p in _packages):
            # Torch itself is never the program.
            known = _INNER if (os.sep + "torch" + os.sep) in filename else _PACKAGE
        elif filename.startswith(_stdlib):
            known = _INNER
        else:
            known = _USER
        _kinds[filename] = known
    return known


def files() -> List[str]:
    """Files of the program's own modules, as far as they are loaded."""
    named = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
    return [name for name in named if isinstance(name, str) and name.endswith(".py") and _kind(name) == _USER]


def shown(filename: str) -> str:
    """Relative to the folder in which the program was started, where it lies below it."""
    return filename[len(_start):] if filename.startswith(_start) else original(filename)


def of_frame(frame: FrameType, line: Optional[int] = None) -> Dict[str, Any]:
    code = frame.f_code
    return {"file": shown(code.co_filename), "line": line or frame.f_lineno or 1, "function": code.co_name}


def user_frame(frame: Optional[FrameType] = None, building: Any = None) -> Optional[FrameType]:
    """The innermost frame of the program. `building`: an object whose own constructors are looked through."""
    if frame is None:
        frame = sys._getframe(1)
    package: Optional[FrameType] = None
    for _ in range(_MOST_FRAMES):
        if frame is None:
            break
        code = frame.f_code
        kind = _kinds.get(code.co_filename)
        if kind is None:
            kind = _kind(code.co_filename)
        if kind != _INNER and not (building is not None and _constructs(frame, building)):
            if kind == _USER:
                return frame
            package = package or frame
        frame = frame.f_back
    return package


def here(building: Any = None) -> Optional[Dict[str, Any]]:
    """Where the program is."""
    frame = user_frame(sys._getframe(1), building)
    return None if frame is None else of_frame(frame)


def stack(traceback: Any) -> List[Dict[str, Any]]:
    """The program's frames of an exception, the innermost first."""
    user: List[Dict[str, Any]] = []
    others: List[Dict[str, Any]] = []
    while traceback is not None:
        kind = _kind(traceback.tb_frame.f_code.co_filename)
        if kind != _INNER:
            (user if kind == _USER else others).append(of_frame(traceback.tb_frame, traceback.tb_lineno))
        traceback = traceback.tb_next
    found = user or others
    found.reverse()
    return found[:_MOST_STACK]


def _constructs(frame: FrameType, building: Any) -> bool:
    code = frame.f_code
    return code.co_name == "__init__" and code.co_argcount > 0 and frame.f_locals.get(code.co_varnames[0]) is building
