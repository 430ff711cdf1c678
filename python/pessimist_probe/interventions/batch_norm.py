"""Batch normalization hands on what it was given."""

from typing import Any

import torch

from .change import CannotBeMade, Change
from .patch import wrap


class LeaveOutBatchNorm(Change):
    _made = False

    def install(self, trial: Any) -> None:
        def make(original: Any) -> Any:
            def batch_norm(input: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: A002
                self._made = True
                return input

            return batch_norm

        wrap(torch.nn.functional, "batch_norm", make)

    def finish(self) -> None:
        if not self._made:
            raise CannotBeMade("there is no batch normalization")
