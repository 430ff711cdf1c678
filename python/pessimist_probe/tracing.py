"""When operations are traced: in a few turns, and in the first evaluation."""

from __future__ import annotations

import os
import sys
import threading
import time
import warnings
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Tuple

import torch
from torch import Tensor

from . import context, facts, guard, operations
from .method import Swap
from .observer import Observer
from .trace import Trace, phase_of

try:
    from torch.overrides import TorchFunctionMode
except ImportError:  # Before 1.13.
    TorchFunctionMode = None  # type: ignore[assignment,misc]

if TYPE_CHECKING:
    from .probe import Probe

_SECONDS_BEFORE = 0.3

# Passes of the first evaluation that are traced: what is summed over batches shows in the second.
_EVALUATION_PASSES = 2

# The turn whose results should be gone some turns later: in the first one, much is made to stay.
_LEAK_TURN = 1

_INNER = ("/torch/utils/data/", "/torch/autograd/", "/torch/nn/init", "/torch/optim/", "/torch/random", "/torch/cuda/", "/torch/_tensor_str", "/torch/nn/utils/", "/torch/serialization", "/torch/multiprocessing/")


class _Mode(TorchFunctionMode if TorchFunctionMode is not None else object):  # type: ignore[misc]
    """Stands between the program and torch while a trace is open."""

    def __init__(self, traces: "Traces") -> None:
        super().__init__()
        self._traces = traces

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        # In the hook of a function already: the rest of the call is the function itself.
        func = self._traces.original(func)
        plan = self._traces.plan(func, args)
        if plan is None:
            return func(*args, **kwargs)
        given = self._traces.before(plan, func, args, kwargs)
        try:
            result = func(*args, **kwargs)
        except Exception as error:
            self._traces.fail(error, plan, given)
            raise
        if given is not None:
            self._traces.after(plan, args, kwargs, given, result)
        return result


if TorchFunctionMode is not None:
    guard.transparent(_Mode.__torch_function__)


_inner: Dict[str, bool] = {}
_GRADIENT = torch._C._TensorBase.grad
_TORCH = os.path.dirname(torch.__file__)
_overrides = torch.overrides.__file__


def caller(frame: Any) -> Tuple[Any, int]:
    """The frame that called a function, behind those that lead from the function to the trace; and how many of these count as levels of a warning."""
    asked = False
    levels = 0
    for _ in range(16):
        if frame is None:
            break
        code = frame.f_code
        if code.co_filename == _overrides:
            asked = asked or code.co_name == "handle_torch_function"
            levels += 1
        elif asked:
            # The function that asked for it.
            asked = False
            levels += code.co_filename != guard.TRANSPARENT
        elif not guard.is_ours(code.co_filename):
            break
        frame = frame.f_back
    return frame, levels


def _of_torch(frame: Any) -> bool:
    frame = caller(frame)[0]
    return frame is None or frame.f_code.co_filename.startswith(_TORCH)


def _is_inner(frame: Any) -> bool:
    """Torch calls it for purposes of its own: to draw a seed, to fill a new layer."""
    frame = caller(frame)[0]
    if frame is None:
        return False
    name = frame.f_code.co_filename
    known = _inner.get(name)
    if known is None:
        path = name.replace("\\", "/")
        known = _inner[name] = "/torch/" in path and any(p in path for p in _INNER) and not path.endswith("/collate.py")
    return known or frame.f_code.co_name in ("reset_parameters", "_reset_parameters", "__init__") and "/torch/nn/modules/" in name.replace("\\", "/")


class Traces(Observer):
    """Decides when operations are traced: in whole turns, and in the first evaluation."""

    def __init__(self, probe: "Probe") -> None:
        self._probe = probe
        self.open: Optional[Trace] = None
        self.leaks: Optional[Trace] = None
        # The trace of the turn that ends, for those who are told of its end later.
        self.just_ended: Optional[Trace] = None
        # The last operation that failed: the exception, its name, what it was given.
        self.failed: Optional[Tuple[BaseException, str, List[facts.Facts]]] = None
        self._originals: Dict[int, Any] = {}
        self._hooks = 0
        self._mode: Any = None
        self.is_on = False
        self._is_away = False
        self._ended: List[Trace] = []
        self._traced = 0
        self._evaluated = False
        self._stepping = self._by_hand = False
        self._given_up = False
        self._pid = os.getpid()
        self._seconds = 0.0
        self._swaps: List[Any] = [Swap(warnings, "warn", _warn(warnings.warn)), Swap(torch.overrides, "has_torch_function", _has_torch_function)]

    # What torch calls.

    def original(self, func: Any) -> Any:
        """The function behind our hook, where there is one."""
        if len(guard.Hook.all) != self._hooks:
            self._hooks = len(guard.Hook.all)
            self._originals = {id(h._function): h.original for h in guard.Hook.all}
            # Of a method torch looks up the name anew, and finds the hook.
            self._originals.update((id(h._hook), h.original) for h in guard.Hook.all if hasattr(h, "_hook"))
        return self._originals.get(id(func), func)

    def plan(self, func: Any, args: Any) -> Optional[operations.Plan]:
        """How a call is recorded; None when it is not."""
        trace = self.open
        if trace is None or self._stepping or not self._probe.here or trace.is_full or os.getpid() != self._pid or torch._C._get_tracing_state() is not None:
            return None
        if not trace.passes and not trace.evaluation and self._seconds > _SECONDS_BEFORE and not self._probe.trains:
            return None
        if self._by_hand:
            # Where a step by hand ends nobody says: what next computes with parameters is the forward pass.
            if not torch.is_grad_enabled() or not any(isinstance(a, Tensor) and a.requires_grad for a in args):
                return None
            self._by_hand = False
        if getattr(func, "__self__", None) is _GRADIENT and not _of_torch(sys._getframe(2)):
            self._probe.discarded.read = True
        plan = operations.plan_of(func)
        return None if plan is None or _is_inner(sys._getframe(2)) else plan

    def before(self, plan: operations.Plan, func: Any, args: Any, kwargs: Any) -> Any:
        start = time.thread_time()
        try:
            return self._probe.guarded(self.open.before, plan, func, args, kwargs) if self.open is not None else None
        finally:
            self._seconds += time.thread_time() - start

    def fail(self, error: Exception, plan: operations.Plan, given: Any) -> None:
        """An operation did not work."""
        self.failed = (error, plan.name, [] if given is None else given["inputs"][:8])

    def after(self, plan: operations.Plan, args: Any, kwargs: Any, given: Any, result: Any) -> None:
        trace = self.open
        if trace is None:
            return
        start = time.thread_time()
        self._probe.guarded(trace.after, plan, args, kwargs, given, result)
        if plan.reads and isinstance(result, (int, float)) and hasattr(self._probe, "metrics"):
            self._probe.guarded(self._probe.metrics.item, args[0], result)
        self._seconds += time.thread_time() - start

    # What the loop tells.

    def start(self) -> None:
        """The first turn begins with the program."""
        if self._probe.traces:
            self._begin(False)

    def turn_begin(self) -> None:
        self.just_ended = None
        if self._probe.traces and self.open is None:
            self._begin(False)

    def forward_begin(self, model: int, module: Any, args: Any, kwargs: Any) -> None:
        pass_ = context.current_pass(self._probe)
        evaluates = not torch.is_grad_enabled() or pass_ is not None and not getattr(pass_, "gradients_on", True) or not getattr(module, "training", True)
        if self.open is None and evaluates and not self._evaluated and self._probe.step > 0:
            self._begin(True)
        elif self.open is not None and self.open.evaluation and (not evaluates or len(self.open.passes) >= _EVALUATION_PASSES):
            self._end()
        if self.open is None:
            return
        self._evaluated = self._evaluated or evaluates and self._probe.step > 0
        if pass_ is not None and not any(p is pass_ for p in self.open.passes):
            self.open.passes.append(pass_)
        number = 0
        for value in list(args) + list(kwargs.values()):
            if isinstance(value, Tensor):
                self.open.role(value, "input %d" % number)
                number += 1

    def loss_called(self, kind: str, input: Any, target: Any, value: Any, settings: Any, site: Any) -> None:  # noqa: A002
        if self.open is not None and isinstance(target, Tensor):
            self.open.role(target, "target")

    def before_step(self, index: int, optimizer: Any) -> None:
        # What an optimizer computes is no part of the program's graph.
        self._stepping, self._by_hand = optimizer is not None, optimizer is None

    def after_step(self, index: int, optimizer: Any) -> None:
        self._stepping = self._by_hand = False

    def turn_end(self) -> None:
        self._stepping = False
        self.failed = None
        self.just_ended = self.open
        if self.open is not None and not self.open.evaluation and self.open.turn == _LEAK_TURN:
            self.leaks = self.open
        self._end()
        self._tell_known()

    def left_out(self) -> None:
        if self.open is not None and self.open.evaluation and len(self.open.passes) >= _EVALUATION_PASSES:
            self._end()

    def unrecorded_end(self) -> None:
        # The loop has moved on from evaluating.
        if self.open is not None and self.open.evaluation:
            self._end()

    def program_end(self) -> None:
        self._end()
        for trace in self._ended:
            trace.tell()
        self._ended.clear()

    def _tell_known(self) -> None:
        while self._ended and all(phase_of(p) != "unknown" for p in self._ended[0].passes):
            self._ended.pop(0).tell()

    def _begin(self, evaluation: bool) -> None:
        if TorchFunctionMode is None or not self._can_enter():
            return
        again = self._traced > 0 and self._probe.options.get("traceFrom") is None
        self._traced += 1
        self.open = Trace(self._probe, evaluation, self._probe.turn == _LEAK_TURN and not evaluation, again)
        self._enter()

    def _end(self) -> None:
        if self.open is None:
            return
        self._ended.append(self.open)
        self.open = None
        self._leave()

    def step_aside(self) -> bool:
        """Lets torch do something unseen; false when there is nothing to see, or somebody else came after us."""
        if not self.is_on or self._is_away or _top() is not self._mode or threading.get_ident() != self._probe.thread:
            return False
        self._mode.__exit__(None, None, None)
        self._is_away = True
        return True

    def come_back(self) -> None:
        if self._is_away:
            self._is_away = False
            self._mode.__enter__()

    def give_up(self) -> None:
        """The program compiles its networks, which a trace would get in the way of."""
        self._given_up = True
        self._end()

    def _can_enter(self) -> bool:
        """Nobody else stands there, who would leave before us; and nothing is compiled, which would be compiled anew."""
        if self.is_on or self._given_up:
            return not self._given_up
        if _depth() > _default_modes():
            return False
        dynamo = sys.modules.get("torch._dynamo")
        frames = getattr(dynamo, "eval_frame", None)
        return getattr(frames, "most_recent_backend", None) is None

    def _enter(self) -> None:
        if self.is_on:
            return
        self._mode = _Mode(self)
        self._mode.__enter__()
        self.is_on = True
        for swap in self._swaps:
            swap.on()

    def _leave(self) -> None:
        # Somebody else came after us: we stay, and let everything through.
        if not self.is_on or not self._is_away and _top() is not self._mode:
            return
        if not self._is_away:
            self._mode.__exit__(None, None, None)
        self._is_away = False
        self._mode = None
        self.is_on = False
        for swap in self._swaps:
            swap.off()


def _warn(real: Any) -> Any:
    """Warnings of torch name a line so many frames up; between are now ours and those that lead to us."""
    thread = threading.get_ident()

    def warn(message: Any, category: Any = None, stacklevel: int = 1, *args: Any, **kwargs: Any) -> None:
        extra = 0
        if threading.get_ident() == thread:
            frame: Any = sys._getframe(1)
            level = stacklevel
            while frame is not None and level > 1:
                frame = frame.f_back
                if frame is not None and guard.is_ours(frame.f_code.co_filename):
                    frame, levels = caller(frame)
                    extra += levels
                level -= 1
        real(message, category, stacklevel + 1 + extra, *args, **kwargs)

    return warn


def _has_torch_function(values: Any) -> bool:
    """As torch's own, but for the trace: modules that have a fast path for plain tensors take it as they do without us."""
    plain = torch._C._disabled_torch_function_impl
    return any(
        type(v) not in (Tensor, torch.nn.Parameter) and getattr(type(v), "__torch_function__", plain) is not plain for v in values
    )


def _depth() -> int:
    count = getattr(torch._C, "_len_torch_function_stack", None)
    if count is not None:
        return int(count())
    return 0


def _default_modes() -> int:
    """Modes that are there for good: the one of a default device."""
    context_ = getattr(getattr(torch, "_GLOBAL_DEVICE_CONTEXT", None), "device_context", None)
    return 0 if context_ is None else 1


def _top() -> Any:
    current = getattr(torch.overrides, "_get_current_function_mode", None)
    return None if current is None else current()


class _Aside:
    """Around what the probe computes: neither a subclass of tensors nor the trace sees it."""

    __slots__ = ("_traces", "_disabled", "_left")

    def __init__(self, traces: Traces) -> None:
        self._traces = traces

    def __enter__(self) -> None:
        self._disabled = torch._C.DisableTorchFunction()
        self._disabled.__enter__()
        self._left = self._traces.is_on and self._traces.step_aside()

    def __exit__(self, *error: Any) -> None:
        if self._left:
            self._traces.come_back()
        self._disabled.__exit__(*error)


def install(probe: "Probe") -> None:
    traces = Traces(probe)
    if not hasattr(torch._C, "DisableTorchFunctionSubclass"):
        # In these versions what turns functions off leaves modes on.
        probe.aside = lambda: _Aside(traces)

    def make(original: Any) -> Any:
        def backward(*args: Any, **kwargs: Any) -> Any:
            # The trace is not to lead to it: an error would show on which way.
            aside = traces.step_aside()
            try:
                return original(*args, **kwargs)
            finally:
                if aside:
                    traces.come_back()

        return backward

    if TorchFunctionMode is not None:
        traces._swaps.append(guard.Hook(Tensor, "backward", make, on=False))
    probe.tracer = traces  # type: ignore[attr-defined]
    probe.add(traces)
    traces.start()
