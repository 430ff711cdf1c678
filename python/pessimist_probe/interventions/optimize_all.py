"""Parameters that no optimizer holds are optimized too."""

from typing import Any, Dict

from .change import CannotBeMade, Change


class OptimizeAll(Change):
    def __init__(self, intervention: Dict[str, Any]) -> None:
        super().__init__(intervention)
        self._trial: Any = None
        self._done = self._made = False

    def install(self, trial: Any) -> None:
        self._trial = trial

    def before_step(self, optimizer: Any) -> None:
        if self._done:
            return
        self._done = True
        held = {id(p) for group in optimizer.param_groups for p in group["params"]}
        missing = [p for p in self._trial.parameters() if p.requires_grad and id(p) not in held]
        if missing:
            optimizer.add_param_group({"params": missing})
            self._made = True

    def finish(self) -> None:
        if not self._made:
            raise CannotBeMade("the optimizer holds every parameter")
