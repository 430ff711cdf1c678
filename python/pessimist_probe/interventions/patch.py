"""Functions of torch, replaced for the time of a trial."""

from typing import Any, Callable


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
