"""One operation hands on what it was given: a softmax before the loss, a detach."""

import os
from typing import Any, Optional

from .change import CannotBeMade, Change
from .operations import Call


def is_at(call_site: Optional[Any], wanted: Any) -> bool:
    """On the line that is wanted; anywhere when none is."""
    if not wanted:
        return True
    if not call_site or call_site.get("line") != wanted.get("line"):
        return False
    file, other = str(call_site.get("file", "")), str(wanted.get("file", ""))
    return file == other or os.path.realpath(file) == os.path.realpath(other)


class BypassOperation(Change):
    _made = False

    def install(self, trial: Any) -> None:
        name = str(self.intervention.get("operation", "")).split(" ")[0]
        if not trial.operations.knows(name):
            raise CannotBeMade("the operation %s cannot be left out" % name)
        trial.operations.intercept(name, self._call)

    def _call(self, call: Call) -> bool:
        if not is_at(call.site, self.intervention.get("site")):
            return False
        self._made = True
        call.result = call.input
        return True

    def finish(self) -> None:
        if not self._made:
            raise CannotBeMade("the %s was not called" % self.intervention.get("operation"))
