"""One forward pass of a network, and what is learnt of it."""

from typing import Any, Callable, Dict, List, Optional, Tuple

import torch

from . import guard
from .place import Place
from .structure import Network


class Pass:
    """One forward pass of a network. `records`: told by itself, not only counted. `measures`: its tensors are measured."""

    def __init__(self, network: Network, step: int, turn: int, gradients_on: bool, training: bool) -> None:
        self.network = network
        self.model = network.number
        self.step = step
        self.turn = turn
        self.gradients_on = gradients_on
        self.training = training
        self.phase = "unknown"
        self.records = False
        self.measures = False
        self.looks_at_batch = False
        self.examples: Optional[int] = None
        self.site: Optional[Dict[str, Any]] = None
        # Puts of its output in autograd's graph, with the names of the nodes.
        self.marks: Dict[int, str] = {}
        # Where its outputs lie, which tells data that go on behind a detach.
        self.places: List[Place] = []
        self.feeds: List["Pass"] = []
        self.modes: List[Tuple[str, bool, bool]] = []
        self.is_root = True
        # Modules inside that observers were told of.
        self.told = 0
        self._waiting: List[Callable[[str], None]] = []
        self._is_known = False

    @property
    def kind(self) -> Tuple[int, bool, bool]:
        """Equal for passes of one network with the same flags."""
        return self.model, self.gradients_on, self.training

    @property
    def signature(self) -> Any:
        """Equal for passes that are alike but for their data. Ask when it has ended."""
        return self.kind, tuple(self.modes)

    def when_known(self, callback: Callable[[str], None]) -> None:
        """Calls back with the phase (`train`, `evaluate`, `unknown`) as soon as it is known."""
        if self._is_known:
            callback(self.phase)
        else:
            self._waiting.append(callback)

    def known(self, phase: str) -> None:
        self.phase, self._is_known = phase, True
        waiting, self._waiting = self._waiting, []
        for callback in waiting:
            try:
                callback(phase)
            except Exception as error:
                guard.fault(error)

    def paths(self, norm: bool, on: bool) -> Optional[List[str]]:
        return list(dict.fromkeys(path for path, is_norm, is_on in self.modes if is_norm == norm and is_on == on)) or None


def lies_in(tensor: Any, earlier: Pass) -> bool:
    """A tensor is the output of an earlier pass, or a view of it."""
    if not earlier.places or tensor.layout != torch.strided:
        return False
    address = tensor.data_ptr()
    return any(place.holds(address) for place in earlier.places)
