"""Follows forward passes until it is known what they are for: a backward pass, or none."""

import sys
import threading
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

import torch
from torch import nn
from torch.nn import functional

from . import graph, guard, site
from .place import Place
from .probe import Probe
from .structure import ModuleNote, Network

_MOST_PENDING = 1024
# Evaluation passes that are all recorded; later the first ones of each turn are.
_NEW_EVALUATIONS = 64
_FIRST_OF_TURN = 2
# Batches of evaluations that are looked at, whatever it costs.
_NEW_BATCHES = 16
_MOST_TENSORS = 8
_MOST_FRAMES = 100
_MOST_FALSE = 8
# Modules of one pass that are measured.
_MOST_MODULES = 1024
# Seconds that looking at one inner module takes beside what is timed, about.
_INNER = 2e-6

_module_file = nn.modules.module.__file__

_DROPOUTS = ("dropout", "alpha_dropout", "dropout1d", "dropout2d", "dropout3d", "feature_alpha_dropout")


class Pass:
    """One forward pass of a network. `records`: told by itself, not only counted. `measures`: its tensors are measured."""

    def __init__(self, network: Network, step: int, turn: int, gradients_on: bool, training: bool) -> None:
        self.network = network
        self.model = network.number
        self.step = step
        self.turn = turn
        self.gradients_on = gradients_on
        self.training = training
        self.phase = "unknown"
        self.records = False
        self.measures = False
        self.looks_at_batch = False
        self.examples: Optional[int] = None
        self.site: Optional[Dict[str, Any]] = None
        # Puts of its output in autograd's graph, with the names of the nodes.
        self.marks: Dict[int, str] = {}
        # Where its outputs lie, which tells data that go on behind a detach.
        self.places: List[Place] = []
        self.feeds: List["Pass"] = []
        self.modes: List[Tuple[str, bool, bool]] = []
        self.is_root = True
        # Modules inside that observers were told of.
        self.told = 0
        self._waiting: List[Callable[[str], None]] = []
        self._is_known = False

    @property
    def kind(self) -> Tuple[int, bool, bool]:
        """Equal for passes of one network with the same flags."""
        return self.model, self.gradients_on, self.training

    @property
    def signature(self) -> Any:
        """Equal for passes that are alike but for their data. Ask when it has ended."""
        return self.kind, tuple(self.modes)

    def when_known(self, callback: Callable[[str], None]) -> None:
        """Calls back with the phase (`train`, `evaluate`, `unknown`) as soon as it is known."""
        if self._is_known:
            callback(self.phase)
        else:
            self._waiting.append(callback)

    def known(self, phase: str) -> None:
        self.phase, self._is_known = phase, True
        waiting, self._waiting = self._waiting, []
        for callback in waiting:
            try:
                callback(phase)
            except Exception as error:
                guard.fault(error)

    def paths(self, norm: bool, on: bool) -> Optional[List[str]]:
        return list(dict.fromkeys(path for path, is_norm, is_on in self.modes if is_norm == norm and is_on == on)) or None


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
        self._evaluations = 0
        self._evaluations_of_turn = 0
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
        self._probe.loop.lean = False
        self.watch(True)

    # The course of a pass

    def begin(self, module: Any, args: Tuple[Any, ...], kwargs: Dict[str, Any]) -> Optional[Pass]:
        probe = self._probe
        self.looks = False
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
            self._evaluations += 1
            self._evaluations_of_turn += 1
            count = self._evaluations
            current.records = (
                count <= _NEW_EVALUATIONS
                or self._evaluations_of_turn <= _FIRST_OF_TURN and sampling.can_afford
                or count & (count - 1) == 0
            )
            current.measures = current.records and (count <= 8 or count & (count - 1) == 0)
        else:
            current.records, current.measures = probe.records, probe.measures
        first = next(tensors_in((args, kwargs)), None)
        if first is not None and first.dim() > 0:
            current.examples = first.shape[0] if current.records else None
        if evaluates:
            # The first batches of each evaluation, so that they can be compared; of long ones more where that is affordable.
            few = self._evaluations <= _NEW_BATCHES or self._evaluations_of_turn <= _FIRST_OF_TURN
            current.looks_at_batch = current.records and (few or sampling.can_afford)
        else:
            current.looks_at_batch = current.records and (sampling.is_new or sampling.measures)
        current.is_root = note.path == ""
        if current.records:
            current.site = site.here()
            for tensor in tensors_in((args, kwargs)):
                for earlier in self._pending:
                    if _lies_in(tensor, earlier):
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
        if not current.gradients_on and not current.places and current.kind not in self._part_of_training:
            self._resolve(current, "evaluate")
            return
        self._pending.append(current)
        if len(self._pending) > _MOST_PENDING:
            self._resolve(self._pending.pop(0), "evaluate")

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
            # A graph that is cut: the pass that was meant is the last one.
            for i in range(len(self._pending) - 1, -1, -1):
                if self._pending[i].gradients_on:
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
            if not waiting.marks and _lies_in(target, waiting):
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
        self._evaluations_of_turn = 0
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


def tensors_in(value: Any, depth: int = 4) -> Iterator[Any]:
    """Tensors in arguments or results, in order."""
    if isinstance(value, torch.Tensor):
        yield value
    elif depth > 0:
        if isinstance(value, (list, tuple)):
            for item in value[:64]:
                yield from tensors_in(item, depth - 1)
        elif isinstance(value, dict):
            for item in list(value.values())[:64]:
                yield from tensors_in(item, depth - 1)
        elif hasattr(value, "__dataclass_fields__"):
            for item in list(vars(value).values())[:64]:
                yield from tensors_in(item, depth - 1)


def _lies_in(tensor: Any, earlier: Pass) -> bool:
    """A tensor is the output of an earlier pass, or a view of it."""
    if not earlier.places or tensor.layout != torch.strided:
        return False
    address = tensor.data_ptr()
    return any(place.holds(address) for place in earlier.places)


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


def _is_tracing() -> bool:
    return torch._C._get_tracing_state() is not None


def install(probe: Probe) -> None:
    passes = probe.passes = Passes(probe)
    ident = threading.get_ident
    running = passes.running

    def make_call(original: Any) -> Any:
        def call(self: Any, *args: Any, **kwargs: Any) -> Any:
            if running:
                if not passes.looks or probe.busy or ident() != probe.thread:
                    return original(self, *args, **kwargs)
                probe.guarded_quickly(passes.enter, self)
                depth = len(running)
                try:
                    output = original(self, *args, **kwargs)
                except BaseException as error:
                    del running[depth:]
                    probe.guarded(passes.fail, None, self, error)
                    raise
                del running[depth:]
                current = passes.current
                if current is not None and current.measures:
                    probe.guarded(passes.leave, self, args, output)
                else:
                    probe.guarded_quickly(passes.leave, self, args, output)
                return output
            if not probe.here or probe.in_backward or _is_tracing():
                return original(self, *args, **kwargs)
            current = probe.guarded(passes.begin, self, args, kwargs)
            if not running:
                running.append(None)
            try:
                output = original(self, *args, **kwargs)
            except BaseException as error:
                del running[1:]
                probe.guarded(passes.fail, current, self, error)
                running.clear()
                raise
            del running[1:]
            probe.guarded(passes.end, current, self, args, kwargs, output)
            running.clear()
            return output

        return call

    passes.hooks.append(guard.Hook(nn.Module, "__call__", make_call))

    def make_dropout(original: Any) -> Any:
        def dropout(input: Any, p: float = 0.5, training: bool = original.__defaults__[1], *args: Any, **kwargs: Any) -> Any:  # noqa: A002
            if passes.looks and not probe.busy and ident() == probe.thread and isinstance(p, (int, float)) and p > 0:
                probe.guarded(passes.mode, False, training)
            return original(input, p, training, *args, **kwargs)

        return dropout

    for name in _DROPOUTS:
        if hasattr(functional, name):
            passes.hooks.append(guard.Hook(functional, name, make_dropout))

    def make_norm(original: Any) -> Any:
        def batch_norm(*args: Any, **kwargs: Any) -> Any:
            if passes.looks and not probe.busy and ident() == probe.thread:
                probe.guarded(passes.mode, True, kwargs.get("training", args[5] if len(args) > 5 else False))
            return original(*args, **kwargs)

        return batch_norm

    passes.hooks.append(guard.Hook(functional, "batch_norm", make_norm))

    # An evaluation announces itself.
    for owner in (torch.no_grad, getattr(torch, "inference_mode", None)):
        if owner is not None:
            guard.Hook(owner, "__enter__", _make_enter(probe, passes))


def _make_enter(probe: Probe, passes: Passes) -> Any:
    def make(original: Any) -> Any:
        def enter(self: Any) -> Any:
            if not passes.is_armed and probe.here and not probe.in_step and not probe.in_backward:
                frame = site.user_frame(sys._getframe(1))
                passes.arm(None if frame is None else (frame.f_code, frame.f_lineno))
            return original(self)

        return enter

    return make
