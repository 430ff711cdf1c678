"""
A trial runs in a copy of its working directory. What is big there is a link to the original: whatever is about to write through such a link gets a copy of
its own first. What the program writes elsewhere is remembered, so that the tool can tell.
"""

import os
import sys
import threading
from typing import Any, Callable, Dict, List, Tuple

from . import guard

_MOST_ENTRIES = 20_000
_MOST_TOLD = 8
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_TRUNC
# Events of Python that change what a path names, with the places of their paths among the arguments.
_CHANGES = {"os.remove": (0,), "os.rename": (0, 1), "os.mkdir": (0,), "os.rmdir": (0,), "os.link": (1,), "os.symlink": (1,)}
# Those that reach what a link leads to.
_REACHES = ("os.truncate", "os.chmod", "os.chown", "os.utime", "os.chdir", "shutil.rmtree", "sqlite3.connect")

_root = _start = _temporary = ""
_ignored: Tuple[str, ...] = ()
_copy: Callable[[str, str], Any]
_inside = threading.local()
outside: List[str] = []


def start(root: str) -> None:
    global _root, _start, _copy, _ignored, _temporary
    # Not in the midst of what an event interrupts: that may hold a lock, or be half imported.
    from shutil import copy2

    _copy = copy2
    _ignored = ("/dev", "/proc", "/sys", os.path.expanduser("~/.cache"))
    _temporary = os.path.abspath(os.environ.get("TMPDIR") or "/tmp")
    _root = os.path.realpath(root)
    _start = os.getcwd()
    if inside_of(_start, _root):
        sys.addaudithook(_audit)


def original(path: str) -> str:
    """Where a path of the copy leads without the copy."""
    return path[len(_root):] if _root and inside_of(path, _root) else path


def inside_of(path: str, folder: str) -> bool:
    return path == folder or path.startswith(os.path.join(folder, ""))


def install(probe: Any) -> None:
    """Torch writes by itself."""
    if not _root:
        return
    import torch

    save = torch.save

    def save_own(obj: Any, f: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(f, (str, os.PathLike)):
            _audit("open", (os.fspath(f), "wb", os.O_WRONLY | os.O_TRUNC))
        return save(obj, f, *args, **kwargs)

    for attribute in ("__name__", "__qualname__", "__doc__", "__module__"):
        setattr(save_own, attribute, getattr(save, attribute, None))
    torch.save = save_own


def _audit(event: str, args: Any) -> None:
    if event == "open":
        path, _, flags = args
        if isinstance(flags, int) and flags & _WRITES:
            _guarded(path, final=not flags & os.O_EXCL, empty=bool(flags & os.O_TRUNC), tells=True)
    elif event in _CHANGES:
        for at in _CHANGES[event]:
            _guarded(args[at], final=False)
    elif event in _REACHES:
        _guarded(args[0], final=True)


def _guarded(path: Any, final: bool, empty: bool = False, tells: bool = False) -> None:
    if getattr(_inside, "now", False) or not isinstance(path, (str, bytes, os.PathLike)):
        return
    _inside.now = True
    try:
        full = os.path.abspath(os.fsdecode(os.fspath(path)))
        if inside_of(full, _root):
            _own(full, final, empty)
        elif tells:
            _tell(full)
    except Exception as error:
        if not isinstance(error, (OSError, ValueError)):
            # Those the program will see for itself.
            guard.fault(error)
    finally:
        _inside.now = False


def _own(path: str, final: bool, empty: bool) -> None:
    """Every link on the way that leads out of the copy becomes what it leads to."""
    parts = path[len(_root):].strip(os.sep).split(os.sep)
    at = _root
    for i, part in enumerate(parts):
        at = os.path.join(at, part)
        is_last = i == len(parts) - 1
        if is_last and not final or not os.path.islink(at):
            continue
        target = os.path.realpath(at)
        if inside_of(target, _root):
            continue
        if os.path.isdir(target):
            names = os.listdir(target)
            if len(names) > _MOST_ENTRIES:
                return
            os.unlink(at)
            os.mkdir(at)
            for name in names:
                os.symlink(os.path.join(target, name), os.path.join(at, name))
        elif is_last and (os.path.isfile(target) or not os.path.exists(target)):
            os.unlink(at)
            if not empty and os.path.exists(target):
                _copy(target, at)


def _tell(path: str) -> None:
    if "__pycache__" in path or any(inside_of(path, folder) for folder in _ignored):
        return
    # New ones among the temporary files are nobody's.
    if inside_of(path, _temporary) and not os.path.exists(path):
        return
    if path not in outside and len(outside) < _MOST_TOLD:
        outside.append(path)


def fields() -> Dict[str, Any]:
    """For the last words of a trial."""
    return {"wrote": list(outside)} if outside else {}
