"""Follows forward passes until it is known what they are for: a backward pass, or none."""

import sys
import weakref
from typing import Any, Callable, Dict, List, Optional, Tuple

import torch
from torch import nn

from . import graph, guard, site
from .forward import Pass, lies_in
from .place import Place
from .probe import Probe
from .structure import ModuleNote
from .tensors import tensors_in

_MOST_PENDING = 1024
# Evaluation passes that are all recorded, after the first turns within these seconds; later the first ones of each turn are.
_NEW_EVALUATIONS = 64
_GRANTED = 0.05
_FIRST_OF_TURN = 2
# Batches of evaluations that are looked at, whatever it costs.
_NEW_BATCHES = 16
# Turns from one evaluation whose first pass is recorded whatever it costs to the next.
_BETWEEN_EVALUATIONS = 16
_MOST_TENSORS = 8
_MOST_FRAMES = 100
_MOST_FALSE = 8
# Modules of one pass that are measured.
_MOST_MODULES = 1024
# Seconds that looking at one inner module takes beside what is timed, about.
_INNER = 2e-6

_module_file = nn.modules.module.__file__


class Counted:
    """Passes of a network that are told by a number only. `last`: the record that they are counted with, as `Passes` keeps it."""

    __slots__ = ("module", "training", "last", "left")

    def __init__(self, module: "weakref.ref[Any]", training: bool, last: List[Any], left: int) -> None:
        self.module, self.training, self.last, self.left = module, training, last, left


class Passes:
    def __init__(self, probe: Probe) -> None:
        self._probe = probe
        # The pass that runs, or ran last in this turn.
        self.current: Optional[Pass] = None
        self.running: List[Optional[ModuleNote]] = []
        # Inner modules of the running pass are looked at.
        self.looks = False
        # The turn began anew: a loop that does not step, or by hand.
        self.before_forward: Callable[[], None] = lambda: None
        self._pending: List[Pass] = []
        self._last: Dict[Tuple[int, str], List[Any]] = {}
        self.evaluations = 0
        self.evaluations_of_turn = 0
        # Seconds that looking at evaluations took, and the turn from which on the next one is looked at in any case.
        self._evaluation_spent = self._spent_before = 0.0
        self._next_evaluation = 0
        # An evaluation of which nothing more is recorded.
        self.counted: Optional[Counted] = None
        # The hook of calls of modules, which is one of those below.
        self.calls: Any = None
        self._part_of_training: set = set()
        self._inner_calls = 0
        self.hooks: List[guard.Hook] = []
        self.is_armed = True
        self._false_alarms: Dict[Any, int] = {}
        self._alarm: Any = None
        self.failed_in: Tuple[Optional[BaseException], Optional[str]] = (None, None)

    @property
    def module(self) -> Optional[ModuleNote]:
        """The innermost module that runs; None outside of any."""
        return self.running[-1] if self.running else None

    @property
    def pending(self) -> List[Pass]:
        return self._pending

    # Switching on and off

    def watch(self, on: bool) -> None:
        """Whether calls of modules and functions are seen at all."""
        self.counted = None
        if on != self.is_armed:
            self.is_armed = on
            for hook in self.hooks:
                hook.on() if on else hook.off()

    def arm(self, at: Any = None) -> None:
        """
        An evaluation may begin: its passes are seen, in an unwatched turn too. `at`: the line that says so; one after which only training came again
        and again, as where parameters are averaged, is not believed any more.
        """
        if self.is_armed:
            return
        if at is not None and self._false_alarms.get(at, 0) >= _MOST_FALSE:
            return
        self._alarm = at
        self._probe.loop.leave_lean()
        self.watch(True)

    # The course of a pass

    def begin(self, module: Any, args: Tuple[Any, ...], kwargs: Dict[str, Any]) -> Optional[Pass]:
        probe = self._probe
        self.looks = False
        self.counted = None
        if not probe.records and _is_inside(sys._getframe(1)):
            # The hook was put in place while a network ran, by a checkpoint in it, say.
            self.running.append(None)
            return None
        note = probe.networks.outermost(module)
        self.running.append(note)
        if note is None:
            return None
        probe.training_begins(surely=False)
        if not probe.active:
            return None
        self.before_forward()
        sampling = probe.sampling
        gradients = torch.is_grad_enabled()
        root = note.network.root
        training = bool(getattr(root if root is not None else module, "training", True))
        current = Pass(note.network, probe.step, probe.turn, gradients, training)
        evaluates = not gradients or not training
        if evaluates:
            self.evaluations += 1
            self.evaluations_of_turn += 1
            count = self.evaluations
            current.records = self._records_evaluation(count)
            if not current.records:
                probe.tell("left_out")
            current.measures = current.records and (count <= 8 or count & (count - 1) == 0)
        else:
            current.records, current.measures = probe.records, probe.measures
        first = next(tensors_in((args, kwargs)), None)
        if first is not None and first.dim() > 0:
            current.examples = first.shape[0] if current.records else None
        if evaluates:
            # The first batches, so that they can be compared; later more where that is affordable.
            current.looks_at_batch = current.records and (self.evaluations <= _NEW_BATCHES or sampling.can_afford)
        else:
            current.looks_at_batch = current.records and (sampling.is_new or sampling.measures)
        current.is_root = note.path == ""
        self._spent_before = sampling.spent
        if current.records:
            current.site = site.here()
            for tensor in tensors_in((args, kwargs)):
                for earlier in self._pending:
                    if lies_in(tensor, earlier):
                        earlier.feeds.append(current)
        self.current = current
        self.looks = current.records
        if current.records:
            probe.tell("forward_begin", current.model, module, args, kwargs)
        return current

    def end(self, current: Optional[Pass], module: Any, args: Tuple[Any, ...], kwargs: Dict[str, Any], output: Any) -> None:
        self.running.pop()
        if current is None:
            return
        probe = self._probe
        self.looks = False
        if current.records:
            probe.tell("forward_end", current.model, module, args, kwargs, output)
        for tensor in tensors_in(output):
            if current.gradients_on and tensor.grad_fn is not None:
                number = graph.mark(tensor)
                if number is not None:
                    current.marks[number] = tensor.grad_fn.name()
            if tensor.layout == torch.strided and current.records:
                current.places.append(Place(tensor))
            if len(current.marks) >= _MOST_TENSORS or len(current.places) >= _MOST_TENSORS:
                break
        trains = current.gradients_on and current.training
        if not probe.records and self.is_armed and trains:
            # What was waited for came, or something else did.
            self.watch(False)
            if self._alarm is not None:
                self._false_alarms[self._alarm] = self._false_alarms.get(self._alarm, 0) + 1
        elif not trains and self._alarm is not None:
            self._false_alarms[self._alarm] = -_MOST_FALSE
        if current.records and not trains:
            self._evaluation_spent += probe.sampling.spent - self._spent_before
        if not current.gradients_on and not current.places and current.kind not in self._part_of_training:
            self._resolve(current, "evaluate")
            self._count(current, module)
            return
        self._pending.append(current)
        if len(self._pending) > _MOST_PENDING:
            self._resolve(self._pending.pop(0), "evaluate")

    def _records_evaluation(self, count: int) -> bool:
        """Whether a pass that evaluates is recorded: the first ones of the program, and later the first of each evaluation."""
        sampling = self._probe.sampling
        turn, affords = sampling.turn, sampling.can_afford
        first = self.evaluations_of_turn == 1 and turn >= self._next_evaluation
        if first:
            self._next_evaluation = turn + _BETWEEN_EVALUATIONS
        return (
            first
            or count <= _NEW_BATCHES
            or count <= _NEW_EVALUATIONS and (sampling.is_new or affords or self._evaluation_spent < _GRANTED)
            or self.evaluations_of_turn <= _FIRST_OF_TURN and affords
            or count & (count - 1) == 0
        )

    def _count(self, current: Pass, module: Any) -> None:
        """A pass of an evaluation is told as one more like the last: the next ones are only counted, until one is due to be recorded."""
        last = self._last.get((current.model, "evaluate"))
        if current.records or not self.is_armed or last is None or last[2] == 0 or self.evaluations < _NEW_EVALUATIONS or not current.is_root:
            return
        left = (1 << self.evaluations.bit_length()) - self.evaluations - 1
        if left > 0:
            self.counted = Counted(weakref.ref(module), current.training, last, left)

    def fail(self, current: Optional[Pass], module: Any, error: BaseException) -> None:
        note = self.running.pop() if self.running else None
        if self.failed_in[0] is not error:
            self.failed_in = (error, note.path if note is not None else None)
        if not self.running and current is not None:
            self.looks = False
            current.known("unknown")
            if current.records:
                self._tell(current, "unknown", 1)

    def enter(self, module: Any) -> None:
        outer = self.running[0]
        self._inner_calls += 1
        self.running.append(None if outer is None else self._probe.networks.inner(module, outer.network))

    def fail_inside(self, depth: int, module: Any, error: BaseException) -> None:
        """A module inside of a network failed."""
        del self.running[depth:]
        self._probe.guarded(self.fail, None, module, error)

    def leave(self, module: Any, args: Tuple[Any, ...], output: Any) -> None:
        note = self.running.pop()
        current = self.current
        if note is None or current is None:
            return
        if isinstance(module, nn.RNNBase) and module.dropout > 0 and module.num_layers > 1:
            current.modes.append((note.path, False, module.training))
        current.told += 1
        if current.measures and current.told <= _MOST_MODULES:
            self._probe.tell("module_end", current.model, note.path, module, args, output)

    def mode(self, is_norm: bool, on: bool) -> None:
        """Dropout or batch norm ran."""
        current = self.current
        if current is not None and self.looks:
            note = self.module
            current.modes.append(("" if note is None else note.path, is_norm, bool(on)))

    # What it was for

    def backward(self, tensors: List[Any]) -> None:
        """A backward pass starts: tells which forward passes it goes through."""
        if not self._pending:
            return
        wanted: Dict[int, str] = {}
        for waiting in self._pending:
            wanted.update(waiting.marks)
        found = graph.find([t for t in tensors if t.requires_grad], wanted) if wanted else set()
        reached = [not found.isdisjoint(p.marks) for p in self._pending]
        if not any(reached):
            # A graph that is cut: the pass that was meant is the last one; not one of an evaluation, where the one after it may not have been seen.
            for i in range(len(self._pending) - 1, -1, -1):
                if self._pending[i].gradients_on and (self.is_armed or self._pending[i].training):
                    reached[i] = True
                    break
        self._apply(reached)

    def differentiated(self, tensors: List[Any]) -> None:
        """Gradients were asked for without accumulating them, as a penalty on them does: a backward pass all the same."""
        wanted: Dict[int, str] = {}
        for waiting in self._pending:
            wanted.update(waiting.marks)
        if wanted:
            found = graph.find([t for t in tensors if t.requires_grad], wanted)
            self._apply([not found.isdisjoint(p.marks) for p in self._pending])

    def took_part(self, target: Any) -> None:
        """What a loss was given as its target came from a pass without gradients: a teacher."""
        for waiting in self._pending:
            if not waiting.marks and lies_in(target, waiting):
                self._part_of_training.add(waiting.kind)

    def _apply(self, reached: List[bool]) -> None:
        pending, self._pending = self._pending, []
        trained = [p for p, r in zip(pending, reached) if r]
        for waiting, is_reached in zip(pending, reached):
            # The data take part though no gradient does: a generator behind a detach, a teacher.
            if not is_reached and any(p in trained for p in waiting.feeds):
                self._part_of_training.add(waiting.kind)
                is_reached = not waiting.marks
            if is_reached or not waiting.marks and waiting.kind in self._part_of_training:
                self._resolve(waiting, "train")
            else:
                self._pending.append(waiting)

    def next_turn(self) -> None:
        self._probe.sampling.spent += self._inner_calls * _INNER
        self._inner_calls = 0
        if not self.running:
            self.current = None
        self.evaluations_of_turn = 0
        self.counted = None
        if not self._pending:
            return
        # What still waits may be for the step of the next optimizer, as a generator's pass does; after that it was for nothing.
        turn = self._probe.turn
        kept = []
        for waiting in self._pending:
            if waiting.gradients_on and waiting.turn >= turn:
                kept.append(waiting)
            else:
                self._resolve(waiting, "train" if waiting.kind in self._part_of_training else "evaluate")
        self._pending = kept

    def finish(self, failed: bool) -> None:
        """`failed`: the program died; what the last passes were for, nobody knows."""
        pending, self._pending = self._pending, []
        for waiting in pending:
            self._resolve(waiting, "unknown" if failed and waiting.gradients_on else "evaluate")
        for (_, phase), (current, _, count) in self._last.items():
            if count > 0:
                self._tell(current, phase, count)
        self._last.clear()

    def _resolve(self, current: Pass, phase: str) -> None:
        if phase == "train" and not current.network.trained:
            current.network.trained = True
            self._probe.networks.refresh(current.network)
        current.places = []
        current.feeds = []
        current.known(phase)
        last = self._last.get((current.model, phase))
        if last is not None and not current.records and last[0].kind == current.kind:
            # Its inner modules were not looked at.
            last[2] += 1
            return
        signature = current.signature
        if last is None or last[1] != signature or current.records:
            alike = 0
            if last is not None and last[2] > 0:
                if last[1] != signature:
                    self._tell(last[0], phase, last[2])
                else:
                    alike = last[2]
            self._tell(current, phase, alike + 1)
            self._last[(current.model, phase)] = [current, signature, 0]
        else:
            last[2] += 1

    def _tell(self, current: Pass, phase: str, passes: int) -> None:
        self._probe.emit(
            "pass-observed",
            step=current.step,
            model=current.model,
            phase=phase,
            gradients_on=current.gradients_on,
            training=current.training,
            dropouts_on=current.paths(False, True),
            dropouts_off=current.paths(False, False),
            batch_norms_on_batch=current.paths(True, True),
            batch_norms_on_running=current.paths(True, False),
            examples=current.examples,
            passes=passes,
            site=current.site,
        )


def _is_inside(frame: Any) -> bool:
    """A module runs already."""
    for _ in range(_MOST_FRAMES):
        if frame is None:
            return False
        code = frame.f_code
        if code.co_name in ("_call_impl", "_wrapped_call_impl") and code.co_filename == _module_file:
            return True
        frame = frame.f_back
    return False


def install(probe: Probe) -> None:
    probe.passes = Passes(probe)
