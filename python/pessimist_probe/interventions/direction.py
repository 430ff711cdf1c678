"""The loss along the program's own first update."""

import math
from typing import Any, List

from .turns import Look, dot

_LENGTHS = (1.0, 0.1, 0.01, 1e-3, 1e-4, 1e-5, 1e-6)


class Direction(Look):
    """The weights where the update began, once more, and then along it."""

    _update: List[Any] = []

    def begin(self) -> None:
        self._update = [p.detach() - s for p, s in zip(self.parameters, self.start)]

    def place(self, turn: int) -> None:
        self.put(self._update, 0.0 if turn == 1 else _LENGTHS[turn - 2])

    def is_over(self, turn: int) -> bool:
        return turn == len(_LENGTHS) + 1

    def tell(self) -> None:
        gradient = self.gradient or []
        length, slope = math.sqrt(dot(self._update, self._update)), math.sqrt(dot(gradient, gradient))
        if self.repeats(1):
            self.emit(
                "trial-direction",
                loss=self.losses[0],
                lengths=list(_LENGTHS),
                losses=self.losses[2:],
                cosine=-dot(self._update, gradient) / (length * slope) if self.is_task and length > 0 and slope > 0 else None,
                update_norm=length,
                gradient_norm=slope,
            )
