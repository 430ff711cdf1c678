"""Prediction and target of matching shapes, where they were broadcast against each other."""

from typing import Any, Tuple

import torch

from .change import CannotBeMade, Change
from .patch import wrap


def differs(a: Any, b: Any) -> bool:
    """As many elements on both sides, and more in what they are broadcast to."""
    return (
        isinstance(a, torch.Tensor)
        and isinstance(b, torch.Tensor)
        and a.dim() > 0
        and b.dim() > 0
        and a.numel() == b.numel() > 1
        and a.shape != b.shape
        and a.dim() != b.dim()
    )


class UsePlainLoss(Change):
    _made = False

    def install(self, trial: Any) -> None:
        def make(original: Any) -> Any:
            def subtract(a: Any, b: Any, *args: Any, **kwargs: Any) -> Any:
                if differs(a, b) and (a.requires_grad or b.requires_grad):
                    self._made = True
                    b = b.reshape(a.shape)
                return original(a, b, *args, **kwargs)

            return subtract

        for owner, names in ((torch.Tensor, ("__sub__", "__rsub__", "sub")), (torch, ("sub", "subtract"))):
            for name in names:
                wrap(owner, name, make)

    def loss(self, kind: str, input: Any, target: Any) -> Tuple[Any, Any]:  # noqa: A002
        if kind in ("mse", "l1", "smooth-l1", "huber") and differs(input, target):
            self._made = True
            return input, target.reshape(input.shape)
        return input, target

    def finish(self) -> None:
        if not self._made:
            raise CannotBeMade("nothing was broadcast")
