"""Functions of torch, replaced for the time of a trial."""

from typing import Any, Callable, List, Tuple

_patches: List[Tuple[Any, str, Any, Any]] = []


def _restore(originals: bool) -> None:
    for owner, name, original, replacement in reversed(_patches) if originals else _patches:
        setattr(owner, name, original if originals else replacement)


def spare(owner: Any, name: str) -> None:
    """While this function runs nothing is replaced: compilers read what they find."""
    function = getattr(owner, name, None)
    if function is None:
        return

    def call(*args: Any, **kwargs: Any) -> Any:
        _restore(True)
        try:
            return function(*args, **kwargs)
        finally:
            _restore(False)

    setattr(owner, name, call)


def wrap(owner: Any, name: str, make: Callable[[Any], Any]) -> None:
    """Puts `make(original)` in the place of a function; nothing where this torch has none."""
    original = getattr(owner, name, None)
    if original is None:
        return
    replacement = make(original)
    for attribute in ("__name__", "__qualname__", "__doc__", "__module__"):
        try:
            setattr(replacement, attribute, getattr(original, attribute))
        except (AttributeError, TypeError):
            pass
    try:
        # Such as torch's own mark that a step is hooked already.
        replacement.__dict__.update(getattr(original, "__dict__", {}))
    except (AttributeError, TypeError):
        pass
    setattr(owner, name, replacement)
    _patches.append((owner, name, original, replacement))
