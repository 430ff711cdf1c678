"""Gradients are cleared after every step, and nowhere else."""

from typing import Any

import torch

from .change import Change
from .patch import wrap


class ZeroGradients(Change):
    def install(self, trial: Any) -> None:
        def make(original: Any) -> Any:
            def zero_grad(*args: Any, **kwargs: Any) -> None:
                return None

            return zero_grad

        wrap(torch.nn.Module, "zero_grad", make)
        wrap(torch.optim.Optimizer, "zero_grad", make)

    def after_step(self, optimizer: Any) -> None:
        for group in optimizer.param_groups:
            for parameter in group["params"]:
                parameter.grad = None
