"""What the parts that look at tensors ask the rest of the probe: which parameter a tensor is, which module and which pass are running."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Iterator, Optional, Tuple

from torch import Tensor

if TYPE_CHECKING:
    from .probe import Probe


def parameter_name(probe: "Probe", tensor: Tensor) -> Optional[str]:
    """Name of a parameter with the number of its network before it unless that is the first; None for all else."""
    networks = getattr(probe, "networks", None)
    note = None if networks is None else networks.find_parameter(tensor)
    return None if note is None else str(note.full_name)


def parameters(probe: "Probe") -> Iterator[Tuple[str, Tensor]]:
    """Parameters of all networks that were seen."""
    networks = getattr(probe, "networks", None)
    return iter(()) if networks is None else ((note.full_name, tensor) for note, tensor in networks.parameters())


def module_path(probe: "Probe") -> Optional[str]:
    """Path of the innermost running module; empty for the network itself, None outside of any."""
    passes = getattr(probe, "passes", None)
    note = None if passes is None else passes.module
    return None if note is None else str(note.full_path)


def current_pass(probe: "Probe") -> Any:
    """The forward pass that runs, or ran last; None before the first."""
    passes = getattr(probe, "passes", None)
    return None if passes is None else passes.current


def when_known(pass_: Any, tell: Callable[[str], None], otherwise: str = "unknown") -> None:
    """Calls back with the phase of a pass, at once when it is known."""
    if pass_ is None:
        tell(otherwise)
    else:
        pass_.when_known(tell)
