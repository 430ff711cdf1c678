"""Gradients that are cleared before anybody used them: neither a step, nor a change of the parameters, nor the program itself."""

from typing import Any, List, Optional, Sequence, Tuple

import torch

from . import facts
from .observer import Observer
from .probe import Probe

_MOST_COMPARED = 8
_MOST_PARAMETERS = 10_000


class Discarded(Observer):
    """
    Looks at traced turns only, where reading `.grad` is seen. Who climbs to the worst weights nearby first (SAM) moves the parameters before
    clearing; who combines the gradients of several losses reads them.
    """

    def __init__(self, probe: Probe) -> None:
        self._probe = probe
        self._before: Optional[Tuple[List[int], List[float]]] = None
        # Set by the trace.
        self.read = False

    def after_backward(self, tensors: Sequence[Any]) -> None:
        trace = self._probe.tracer.open
        self.read = False
        self._before = None if trace is None or trace.evaluation or self._probe.in_step else self._look()

    def before_step(self, index: int, optimizer: Any) -> None:
        self._before = None

    def cleared(self) -> Optional[bool]:
        """Whether what is about to be cleared was of no use; None where nobody looked, or there is nothing."""
        before, self._before = self._before, None
        if before is None or self._probe.tracer.open is None:
            return None
        return not self.read and before == self._look()

    def _look(self) -> Optional[Tuple[List[int], List[float]]]:
        parameters = [p for _, p in self._probe.networks.parameters()[:_MOST_PARAMETERS] if p.grad is not None]
        if not parameters:
            return None
        with torch.no_grad(), facts.aside():
            sums = [float(p.detach().double().sum()) for p in sorted(parameters, key=torch.numel)[:_MOST_COMPARED]]
        return [p._version for p in parameters], sums


def install(probe: Probe) -> None:
    discarded = Discarded(probe)
    probe.discarded = discarded
    probe.add(discarded)
