"""The same learning rate at every step, in every group."""

from typing import Any

from .change import Change


class SetLearningRate(Change):
    def before_step(self, optimizer: Any) -> None:
        for group in optimizer.param_groups:
            group["lr"] = self.intervention["value"]
