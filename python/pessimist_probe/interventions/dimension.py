"""One operation works along another dimension."""

from typing import Any

from .bypass import is_at
from .change import CannotBeMade, Change
from .operations import Call


class SetDimension(Change):
    _made = False

    def install(self, trial: Any) -> None:
        name = str(self.intervention.get("operation", "")).split(" ")[0]
        if name not in ("softmax", "log_softmax"):
            raise CannotBeMade("the dimension of %s cannot be set" % name)
        trial.operations.intercept(name, self._call)

    def _call(self, call: Call) -> bool:
        if not is_at(call.site, self.intervention.get("site")):
            return False
        self._made = True
        call.result = call.run(dim=self.intervention["dimension"])
        return True

    def finish(self) -> None:
        if not self._made:
            raise CannotBeMade("the %s was not called" % self.intervention.get("operation"))
