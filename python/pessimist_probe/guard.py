"""Keeps the probe's faults from the program, its frames from tracebacks and warnings, and counts its time."""

import os
import time
import types
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

# Python leaves frames of such a file out when it counts the levels of a warning: then warnings name the line that they name without us.
TRANSPARENT = "<pessimist importlib _bootstrap>"

_HERE = os.path.dirname(os.path.abspath(__file__)) + os.sep
_OVERRIDES = os.path.join("torch", "overrides.py")
_MOST_FAULTS = 10

faults: List[str] = []
spent = 0.0


def transparent(function: F) -> F:
    """A hook that stands between the program and torch, unseen by warnings and tracebacks."""
    function.__code__ = function.__code__.replace(co_filename=TRANSPARENT)  # type: ignore[attr-defined]
    return function


def fault(error: BaseException) -> None:
    """Counts a failure of the probe itself."""
    where = ""
    traceback = error.__traceback__
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename.startswith(_HERE):
            name = traceback.tb_frame.f_code.co_filename[len(_HERE):]
            where = " (%s:%d)" % (name, traceback.tb_lineno)
        traceback = traceback.tb_next
    text = "%s: %s%s" % (type(error).__name__, str(error)[:300], where)
    if len(faults) < _MOST_FAULTS and text not in faults:
        faults.append(text)
    if os.environ.get("PESSIMIST_PROBE_DEBUG"):
        import traceback as printer

        printer.print_exception(type(error), error, error.__traceback__)


def is_ours(filename: str) -> bool:
    return filename == TRANSPARENT or filename.startswith(_HERE)


def strip(traceback: Optional[types.TracebackType]) -> Optional[types.TracebackType]:
    """A traceback without the frames of the probe, and without those that torch puts between a function and a trace."""
    frames = []
    while traceback is not None:
        frames.append(traceback)
        traceback = traceback.tb_next
    drop = set()
    for i, frame in enumerate(frames):
        if not is_ours(frame.tb_frame.f_code.co_filename):
            continue
        drop.add(i)
        asked = False
        while i > 0 and frames[i - 1].tb_frame.f_code.co_filename.endswith(_OVERRIDES):
            i -= 1
            drop.add(i)
            asked = asked or frames[i].tb_frame.f_code.co_name == "handle_torch_function"
        if asked:
            # The function that asked is there a second time.
            drop.add(i - 1)
    kept = [frame for i, frame in enumerate(frames) if i not in drop]
    if len(kept) < len(frames):
        for frame, following in zip(kept, [*kept[1:], None]):
            if frame.tb_next is not following:
                frame.tb_next = following
    return kept[0] if kept else None


def strip_all(error: Optional[BaseException]) -> None:
    """The same for an exception and all that it came of."""
    seen = set()
    open_ = [error]
    while open_:
        next_ = open_.pop()
        if next_ is None or id(next_) in seen:
            continue
        seen.add(id(next_))
        next_.__traceback__ = strip(next_.__traceback__)
        open_ += [next_.__cause__, next_.__context__]


def unframe(error: BaseException) -> None:
    """Takes our frames out of an exception that passes through a hook."""
    error.__traceback__ = strip(error.__traceback__)


def add_time(start: float) -> None:
    global spent
    spent += time.thread_time() - start


class Hook:
    """
    Puts a function of ours before one of torch. A plain function keeps its identity: only its code is exchanged, so that names that were
    imported before or after all lead to the hook, and nobody who compares or pickles functions sees a difference. Others are replaced.
    """

    all: List["Hook"] = []

    def __init__(
        self,
        owner: Any,
        name: str,
        make: Callable[[Callable[..., Any]], Callable[..., Any]],
        on: bool = True,
        quick: Optional[Tuple[Callable[..., Any], Mapping[str, Any]]] = None,
    ) -> None:
        """
        `make` gives the hook for the original. `quick` is what runs in its place, with what its text names in capitals: it leads to `HOOK` or to
        `ORIGINAL`, and is worth its trouble where a hook is called in every step.
        """
        self.owner, self.name = owner, name
        function = owner.__dict__[name] if isinstance(owner, type) else getattr(owner, name)
        self._function = function
        self._swaps = isinstance(function, types.FunctionType) and not function.__code__.co_freevars
        if self._swaps:
            self._code = function.__code__
            self.original: Callable[..., Any] = _clone(function)
            hook = transparent(make(self.original))
            self._hooked = _forward_to(hook, self.original, function.__code__, quick)
        else:
            self.original = function
            inner = transparent(make(function))
            self._hook = _dress(types.FunctionType(_forward_to(inner, function, inner.__code__, quick), globals()), function)
        self.is_on = self._given_up = False
        Hook.all.append(self)
        if on:
            self.on()

    def is_for(self, function: Any) -> bool:
        return self._function is function and self._swaps

    def on(self) -> None:
        if self.is_on or self._given_up:
            return
        self.is_on = True
        if self._swaps:
            self._function.__code__ = self._hooked
        else:
            setattr(self.owner, self.name, self._hook)

    def give_up(self) -> None:
        """Off for good."""
        self.off()
        self._given_up = True

    def off(self) -> None:
        if not self.is_on:
            return
        self.is_on = False
        if self._swaps:
            self._function.__code__ = self._code
        else:
            setattr(self.owner, self.name, self._function)


def without_hooks() -> Callable[[], None]:
    """Puts everything back as it was; what is returned undoes that."""
    on = [hook for hook in Hook.all if hook.is_on]
    for hook in on:
        hook.off()

    def again() -> None:
        for hook in on:
            hook.on()

    return again


def _clone(function: types.FunctionType) -> types.FunctionType:
    clone = types.FunctionType(function.__code__, function.__globals__, function.__name__, function.__defaults__, None)
    clone.__kwdefaults__ = function.__kwdefaults__
    clone.__qualname__ = function.__qualname__
    return clone


def _forward(*args: Any, **kwargs: Any) -> Any:
    hook: Any = "HOOK"
    try:
        return hook(*args, **kwargs)
    except BaseException as error:
        hook = "STRIP"
        hook(error)
        raise


def _forward_to(
    hook: Callable[..., Any],
    original: Callable[..., Any],
    like: types.CodeType,
    quick: Optional[Tuple[Callable[..., Any], Mapping[str, Any]]],
) -> types.CodeType:
    """Code that needs nothing around it, neither globals nor cells: what it leads to are its constants."""
    template, named = (_forward, {}) if quick is None else quick
    code = template.__code__  # type: ignore[attr-defined]
    put = {"HOOK": hook, "ORIGINAL": original, "STRIP": unframe, **named}
    changes: Dict[str, Any] = {
        "co_consts": tuple(put.get(c, c) if isinstance(c, str) else c for c in code.co_consts),
        "co_filename": TRANSPARENT,
        "co_name": like.co_name,
    }
    if hasattr(code, "co_qualname"):
        changes["co_qualname"] = like.co_qualname  # type: ignore[attr-defined]
    return code.replace(**changes)


def _dress(hook: Callable[..., Any], function: Callable[..., Any]) -> Callable[..., Any]:
    for name in ("__module__", "__name__", "__qualname__", "__doc__"):
        try:
            setattr(hook, name, getattr(function, name))
        except AttributeError:
            pass
    hook.__dict__.update(getattr(function, "__dict__", {}))
    hook.__wrapped__ = function  # type: ignore[attr-defined]
    return hook
