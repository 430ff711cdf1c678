"""The one probe of the process: what its parts share."""

import importlib
import os
import sys
import threading
import time
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Optional

from . import guard, site
from .observer import Observer
from .sampling import Sampling
from .wire import Session

if TYPE_CHECKING:
    from .discarded import Discarded
    from .loaders import Loaders
    from .loop import Loop
    from .optimizers import Optimizers
    from .passes import Passes
    from .structure import Networks


_ident = threading.get_ident


class Probe:
    """
    `step`: optimizer steps completed, over all optimizers. `turn`: turns so far. `records`: every move of this turn is recorded.
    `measures`: tensors are measured in this turn. `traces`: every operation of this turn is recorded.
    """

    networks: "Networks"
    passes: "Passes"
    loop: "Loop"
    loaders: "Loaders"
    optimizers: "Optimizers"
    discarded: "Discarded"

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
        # Around all that the probe computes: subclasses of tensors do not see it. Set when torch is there.
        self.aside: Callable[[], Any] = nullcontext
        self.busy = False
        # Inside of a backward pass, or of an optimizer's step.
        self.in_backward = False
        self.in_step = False
        self.trains = False
        self._handlers: Dict[str, List[Callable[..., None]]] = {}
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

    def finish(self) -> None:
        """The program ends: the last words."""
        if self._ended or not self.active:
            return
        self._ended = True
        self.program_started()
        self.busy = True
        failed = self.died is not None
        for part in (getattr(self, "loop", None), getattr(self, "passes", None)):
            if part is not None:
                self.guarded(part.finish, failed)
        self.tell("program_end")
        if not self.trains and not _is_first_process():
            # A helper of the program, that trained nothing.
            return
        self.wire.open()
        self.emit(
            "program-ended",
            exit_code=1 if failed else 0,
            steps=self.step,
            seconds=self.wire.elapsed,
            probe_seconds=self.sampling.spent + guard.spent,
            dropped=self.wire.dropped,
            faults=guard.faults + self.wire.faults,
        )
        self.wire.close()

    def program_started(self) -> None:
        """The first record."""
        if self._told_start:
            return
        self._told_start = True
        torch = sys.modules.get("torch")
        self.emit(
            "program-started",
            program=program_name(),
            language="python",
            framework="" if torch is None else "torch " + str(getattr(torch, "__version__", "")),
            arguments=[str(a) for a in getattr(sys, "argv", [""])[1:]],
            rank=_number("RANK", 0),
            world_size=_number("WORLD_SIZE", 1),
            unobserved=self.unobserved or None,
        )

    def leave(self) -> None:
        """In a forked child: where the parent trains, it is watched and not this one; else this one may yet be it."""
        if self.active and not self.trains:
            self.wire.adopt()
            self.thread = _ident()
            return
        self.active = False
        loop = getattr(self, "loop", None)
        if loop is not None:
            loop.lean = False
        self.wire.forget()

    def add(self, observer: Observer) -> None:
        self.observers.append(observer)
        self._handlers.clear()

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
        return self.active and not self.busy and _ident() == self.thread

    def training_begins(self, surely: bool = True) -> None:
        """
        The program does something like training: from now on somebody listens. A forward pass is no sure sign: helpers that the program starts, such
        as workers that prepare data, run networks too.
        """
        if self.trains or not self.active:
            return
        torch = sys.modules.get("torch")
        if torch is not None and torch.utils.data.get_worker_info() is not None:
            self.active = False
            return
        if not surely and not self._is_main():
            return
        self.trains = True
        self.sampling.started()
        if _number("RANK", 0) > 0 or not self.wire.open():
            self.active = False
            return
        processes = sys.modules.get("multiprocessing.process")
        if processes is not None and processes.parent_process() is not None:
            # Such a process ends without the interpreter's farewell.
            util = importlib.import_module("multiprocessing.util")
            util.Finalize(None, self.finish, exitpriority=-100)

    def _is_main(self) -> bool:
        return _is_first_process() or "RANK" in os.environ

    def tell(self, method: str, *args: Any) -> None:
        """Calls a method of every observer, guarded and timed."""
        handlers = self._handlers.get(method)
        if handlers is None:
            # Only those that want to know.
            handlers = self._handlers[method] = [
                getattr(o, method) for o in self.observers if getattr(type(o), method, None) is not getattr(Observer, method)
            ]
        if not handlers:
            return
        start = time.thread_time()
        was, self.busy = self.busy, True
        try:
            with self.aside():
                for handler in handlers:
                    try:
                        handler(*args)
                    except Exception as error:
                        guard.fault(error)
        finally:
            self.busy = was
            if not was:
                self.sampling.spent += time.thread_time() - start

    def guarded_quickly(self, function: Callable[..., Any], *args: Any) -> None:
        """Calls a part of the probe that takes next to no time, and computes nothing with tensors."""
        try:
            function(*args)
        except Exception as error:
            guard.fault(error)

    def guarded(self, function: Callable[..., Any], *args: Any) -> Any:
        """Calls a part of the probe: None when it fails."""
        start = time.thread_time()
        was, self.busy = self.busy, True
        outside = None if was else _leave_inference()
        try:
            with self.aside():
                return function(*args)
        except Exception as error:
            guard.fault(error)
            return None
        finally:
            del outside
            self.busy = was
            if not was:
                self.sampling.spent += time.thread_time() - start


def _leave_inference() -> Any:
    """While what is returned lives, tensors are normal ones."""
    torch = sys.modules.get("torch")
    if torch is None or not torch.is_inference_mode_enabled():
        return None
    outside = torch._C._InferenceMode(False)
    # It turned gradients on; the end of it puts back what was.
    torch._C._set_grad_enabled(False)
    return outside


def program_name() -> str:
    main = sys.modules.get("__main__")
    spec = getattr(main, "__spec__", None)
    argv = getattr(sys, "argv", None) or [""]
    return str(spec.name) if spec is not None and getattr(spec, "name", None) else str(argv[0])


def _number(name: str, default: int) -> int:
    try:
        return int(os.environ.get(name, default))
    except ValueError:
        return default


def _is_first_process() -> bool:
    """The one that the tool started, and none that it started in turn."""
    return os.environ.get("PESSIMIST_PROBE_FIRST") == str(os.getpid())


probe = Probe()
