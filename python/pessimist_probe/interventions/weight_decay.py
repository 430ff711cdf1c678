"""The same weight decay in every group."""

from typing import Any

from .change import CannotBeMade, Change


class SetWeightDecay(Change):
    _made = False

    def before_step(self, optimizer: Any) -> None:
        for group in optimizer.param_groups:
            if "weight_decay" in group:
                group["weight_decay"] = self.intervention["value"]
                self._made = True

    def finish(self) -> None:
        if not self._made:
            raise CannotBeMade("no optimizer has weight decay")
