"""The one probe of the process: what its parts share."""

import os
import threading
import time
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Optional

from . import guard, site
from .observer import Observer
from .sampling import Sampling
from .wire import Session

if TYPE_CHECKING:
    from .passes import Passes
    from .structure import Networks


class Probe:
    """
    `step`: optimizer steps completed, over all optimizers. `turn`: turns so far. `records`: every move of this turn is recorded.
    `measures`: tensors are measured in this turn. `traces`: every operation of this turn is recorded.
    """

    networks: "Networks"
    passes: "Passes"

    def __init__(self) -> None:
        self.active = False
        self.options: Dict[str, Any] = {}
        self.sampling = Sampling({})
        self.wire = Session("")
        self.observers: List[Observer] = []
        self.unobserved: List[str] = []
        self.step = 0
        self.records = self.measures = self.traces = True
        self.thread = 0
        self.busy = False
        self.trains = False
        self.died: Optional[BaseException] = None
        self._told_start = False
        self._ended = False

    @property
    def turn(self) -> int:
        return self.sampling.turn

    @property
    def is_new(self) -> bool:
        return self.sampling.is_new

    def start(self, address: str, options: Dict[str, Any]) -> None:
        self.options = options
        self.sampling = Sampling(options)
        self.wire = Session(address)
        self.thread = threading.get_ident()
        self.active = True
        self.set_turn()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self.leave)

    def leave(self) -> None:
        """In a forked child: another process is watched, not this one."""
        self.active = False
        self.wire.forget()

    def add(self, observer: Observer) -> None:
        self.observers.append(observer)

    def set_turn(self) -> None:
        sampling = self.sampling
        self.records, self.measures, self.traces = sampling.records, sampling.measures, sampling.traces

    def emit(self, kind: str, **fields: Any) -> None:
        """
        Records something. Names of fields are in snake case and become camel case; keys of dictionaries inside are written as they are, so in
        the protocol's own spelling (`dType`, `requiresGrad`). None is left out.
        """
        self.wire.emit(kind, **fields)

    def site(self) -> Optional[Dict[str, Any]]:
        """The line where the program is."""
        return site.here()

    def alarm(self) -> None:
        """Something looks wrong: the next turns are measured."""
        self.sampling.alarm()

    @property
    def here(self) -> bool:
        """On the thread that trains, and not inside of the probe."""
        return self.active and not self.busy and threading.get_ident() == self.thread

    def training_begins(self) -> None:
        """The program does something like training: from now on somebody listens."""
        if self.trains:
            return
        self.trains = True
        self.sampling.started()
        if not self.wire.open():
            self.active = False

    def tell(self, method: str, *args: Any) -> None:
        """Calls a method of every observer, guarded and timed."""
        start = time.perf_counter()
        was, self.busy = self.busy, True
        try:
            for observer in self.observers:
                try:
                    getattr(observer, method)(*args)
                except Exception as error:
                    guard.fault(error)
        finally:
            self.busy = was
            self.sampling.spent += time.perf_counter() - start

    def guarded(self, function: Callable[..., Any], *args: Any) -> Any:
        """Calls a part of the probe: None when it fails."""
        start = time.perf_counter()
        was, self.busy = self.busy, True
        try:
            return function(*args)
        except Exception as error:
            guard.fault(error)
            return None
        finally:
            self.busy = was
            self.sampling.spent += time.perf_counter() - start


probe = Probe()
