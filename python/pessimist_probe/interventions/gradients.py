"""Slopes of the loss along random directions: by the backward pass and by central differences."""

import math
from typing import Any, List

import torch

from .turns import Look, dot

_DIRECTIONS = 20
_STEP = 1e-6


class Gradients(Look):
    """The weights where they began, once more, and then a little before and behind that along each direction."""

    _directions: List[List[Any]] = []

    def begin(self) -> None:
        generator = torch.Generator().manual_seed(self._trial.seed)
        self._directions = []
        for _ in range(_DIRECTIONS):
            direction = [torch.randn(p.shape, generator=generator, dtype=torch.float64).to(p) for p in self.parameters]
            length = math.sqrt(dot(direction, direction))
            self._directions.append([d / length for d in direction])

    def place(self, turn: int) -> None:
        at = turn - 2
        if at < 0:
            self.put(self.start, 0.0)
        else:
            self.put(self._directions[at // 2], _STEP if at % 2 == 0 else -_STEP)

    def is_over(self, turn: int) -> bool:
        return turn == 2 * _DIRECTIONS + 1

    def tell(self) -> None:
        if self.is_exact and self.repeats(1):
            above, below = self.losses[2::2], self.losses[3::2]
            self.emit(
                "trial-gradients",
                analytic=[dot(d, self.gradient or []) for d in self._directions],
                numeric=[(a - b) / (2 * _STEP) for a, b in zip(above, below)],
            )
