"""The targets permuted once."""

from typing import Any, Dict, Tuple

import torch

from .change import CannotBeMade, Change


class ShuffleLabels(Change):
    def __init__(self, intervention: Dict[str, Any]) -> None:
        super().__init__(intervention)
        self._orders: Dict[int, Any] = {}

    def loss(self, kind: str, input: Any, target: Any) -> Tuple[Any, Any]:  # noqa: A002
        if not isinstance(target, torch.Tensor) or target.dim() == 0:
            return input, target
        n = target.size(0)
        if n not in self._orders:
            self._orders[n] = torch.randperm(n, generator=torch.Generator().manual_seed(1))
        return input, target[self._orders[n].to(target.device)]

    def finish(self) -> None:
        if not self._orders:
            raise CannotBeMade("the loss is not one of torch's: its targets are not seen")
