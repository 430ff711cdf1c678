"""Every operation on tensors of a few turns, and of the first evaluation: the graph of the step, with lines and values."""

from __future__ import annotations

import os
import sys
import threading
import time
import warnings
import weakref
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional, Sequence, Set, Tuple

import torch
from torch import Tensor

from . import context, facts, guard, operations
from .method import Swap
from .observer import Observer
from .structure import revived

try:
    from torch.overrides import TorchFunctionMode
except ImportError:  # Before 1.13.
    TorchFunctionMode = None  # type: ignore[assignment,misc]

if TYPE_CHECKING:
    from .probe import Probe

_MOST_OPERATIONS = 4096
_MOST_MEASURED = 1 << 20

# What was done before the first batch may be long, and its end matters.
_MOST_BEFORE = 512
_SECONDS_BEFORE = 0.3

_MOST_JOINED = 8

# Passes of the first evaluation that are traced: what is summed over batches shows in the second.
_EVALUATION_PASSES = 2

# The turn whose results should be gone some turns later: in the first one, much is made to stay.
_LEAK_TURN = 1

_KEY = "pessimist.operation"
_INNER = ("/torch/utils/data/", "/torch/autograd/", "/torch/nn/init", "/torch/optim/", "/torch/random", "/torch/cuda/", "/torch/_tensor_str", "/torch/nn/utils/", "/torch/serialization", "/torch/multiprocessing/")
_VIEWS = frozenset((
    "view", "reshape", "flatten", "squeeze", "unsqueeze", "transpose", "t", "permute", "expand", "contiguous", "detach", "to", "clone", "select",
    "slice", "narrow", "alias", "view_as", "expand_as", "reshape_as", "float", "double", "half", "cpu", "cuda", "unflatten", "movedim", "swapaxes",
    "numpy_t", "type", "type_as", "ravel",
))
_MASKS = frozenset(("softmax", "log_softmax", "logsumexp", "max", "amax", "cross_entropy_loss", "scaled_dot_product_attention", "multi_head_attention_forward"))


class Ids:
    """Numbers tensors. Addresses are given to new tensors when old ones are gone; a number is given once."""

    def __init__(self) -> None:
        self._known: Dict[int, Tuple["weakref.ref[Tensor]", int]] = {}
        self._last = 0

    def of(self, tensor: Tensor) -> int:
        """The number of a tensor; a new one when it was never seen."""
        known = self._known.get(id(tensor))
        if known is not None and known[0]() is tensor:
            return known[1]
        self._last += 1
        self._known[id(tensor)] = (weakref.ref(tensor), self._last)
        return self._last

    def known(self, tensor: Tensor) -> Optional[int]:
        """The number of a tensor that was seen."""
        known = self._known.get(id(tensor))
        return known[1] if known is not None and known[0]() is tensor else None


class Trace:
    """Operations, held until it is known what their forward passes are for."""

    def __init__(self, probe: "Probe", evaluation: bool, keeps_results: bool = False) -> None:
        self._probe = probe
        self.evaluation = evaluation
        self.turn = probe.turn
        self.ids = Ids()
        self.records: List[Dict[str, Any]] = []
        self.passes: List[Any] = []
        self.makers: Dict[int, int] = {}
        self._names: Dict[int, str] = {}
        self.non_finite: Optional[Dict[str, Any]] = None
        self._pass_of: List[Any] = []
        self._facts: Dict[int, facts.Facts] = {}
        self._roles: Dict[int, str] = {}
        self._masks: Set[int] = set()
        self._index = 0
        self._most = int(probe.options.get("mostOperations", _MOST_OPERATIONS))
        self._keeps = keeps_results
        self.results: List[Tuple["weakref.ref[Tensor]", str, int, Any]] = []

    @property
    def is_full(self) -> bool:
        return len(self.records) >= self._most

    def role(self, tensor: Any, role: str) -> None:
        """Says what a tensor is, such as ``input 0``."""
        if not isinstance(tensor, Tensor):
            return
        number = self.ids.of(tensor)
        self._roles.setdefault(number, role)
        known = self._facts.get(number)
        if known is not None and "role" not in known:
            known["role"] = self._roles[number]

    def look(self, tensor: Tensor, number: int) -> facts.Facts:
        """What a tensor is like, measured when it is first seen."""
        name = context.parameter_name(self._probe, tensor)
        role = (self._roles.get(number) or self._handed(tensor, number)) if name is None else "parameter " + name
        known = self._facts.get(number)
        if known is None:
            known = self._facts[number] = facts.tensor_facts(tensor, tensor.numel() <= _MOST_MEASURED, role, number)
            if known.get("nonFinite") and facts.is_mask(tensor):
                self._masks.add(number)
            elif self._masks:
                self._masks.discard(number)
        elif known.get("role") != role or bool(known.get("requiresGrad")) != tensor.requires_grad:
            known = dict(known)
            if role is not None:
                known["role"] = role
            known.pop("leaf", None)
            known.pop("requiresGrad", None)
            if tensor.requires_grad:
                known["requiresGrad"] = True
                known["leaf"] = tensor.is_leaf
            self._facts[number] = known
        return known

    def _handed(self, tensor: Tensor, number: int) -> Optional[str]:
        """What a loader handed out beside the input."""
        handed = getattr(getattr(self._probe, "loaders", None), "handed", None)
        # What was computed here may only have the address of what was handed out.
        if handed is None or self._names.get(number, "stack") != "stack" or tensor.requires_grad or tensor.dim() == 0 or tensor.shape[0] != handed.rows:
            return None
        return "target" if handed.ids.get(id(tensor), 0) > 0 and len(handed.ids) == 2 else None

    def before(self, plan: operations.Plan, func: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Dict[str, Any]:
        """An operation is about to run: what it is given, as it is before it may be changed in place."""
        inputs = operations.tensors_in(args, kwargs)
        if plan.name in ("stack", "cat") and not any(t.requires_grad for t in inputs):
            # The examples of a batch say no more than the first of them.
            del inputs[_MOST_JOINED:]
        return {
            "gradients_on": torch.is_grad_enabled(),
            "tensors": inputs,
            "inputs": [self.look(t, self.ids.of(t)) for t in inputs],
            "site": self._probe.site(),
        }

    def after(self, plan: operations.Plan, args: Sequence[Any], kwargs: Mapping[str, Any], given: Dict[str, Any], result: Any) -> None:
        """It has run."""
        inputs: List[Tensor] = given.pop("tensors")
        name, in_place = plan.name, plan.in_place
        settings: Dict[str, float] = {}
        dimension = None
        outputs = operations.outputs_in(result)
        if name == "getitem" and len(args) > 1:
            name = operations.index_name(args[1])
            if name == "select":
                dimension = next((i for i, p in enumerate(args[1] if isinstance(args[1], tuple) else (args[1],)) if isinstance(p, int)), None)
        elif name == "setitem":
            name = "index_put" if len(args) > 1 and operations.index_name(args[1]) == "index" else "copy"
            in_place, outputs = True, [t for t in args[:1] if isinstance(t, Tensor)]
        elif name == "max" or name == "min":
            # Of two tensors, each element's larger one.
            if len(inputs) > 1:
                name = "maximum" if name == "max" else "minimum"
        if not plan.property and not (name in ("lstm", "gru", "rnn_tanh", "rnn_relu") and len(args) > 1 and isinstance(args[1], Tensor) and args[1].dim() == 1):
            bound = operations.bind(plan, args, kwargs)
            dimension = operations.dimension_of(plan, bound, inputs) if dimension is None else dimension
            settings = operations.settings_of(bound)
            in_place = in_place or bound.get("inplace") is True
            if isinstance(bound.get("out"), Tensor):
                in_place = True
        share = operations.wrapped(plan, inputs, settings, outputs)
        if share is not None:
            settings["wrapped"] = share
        if not outputs and not plan.reads:
            return
        made: List[facts.Facts] = []
        index = self._index
        for output in outputs:
            number = self.ids.of(output)
            # Changed in place: what was known of it is how it was.
            self._facts.pop(number, None)
            self.makers[number] = index
            self._names[number] = name
            made.append(self.look(output, number))
            node = output.grad_fn
            if node is not None and hasattr(node, "metadata"):
                node.metadata[_KEY] = (id(self), index)
        record: Dict[str, Any] = {
            "index": index,
            "operation": name,
            "in_place": True if in_place else None,
            "module": context.module_path(self._probe),
            "gradients_on": given["gradients_on"],
            "inputs": given["inputs"],
            "outputs": made,
            "dimension": dimension,
            "settings": settings or None,
            "site": given["site"],
            "step": self._probe.step,
        }
        self._add(record)
        if self._keeps and outputs:
            for output in outputs:
                self.results.append((weakref.ref(output), name, output.numel() * output.element_size(), given["site"]))
        if self.non_finite is None and any(f.get("nonFinite") for f in made) and all(not f.get("nonFinite") for f in given["inputs"]):
            self.non_finite = record

    def gradient(self, outputs: Sequence[Tensor], inputs: Sequence[Tensor], gradients: Sequence[Any]) -> None:
        """Gradients were asked for, and are values like others."""
        if self.is_full:
            return
        index = self._index
        made = []
        for gradient in gradients:
            if isinstance(gradient, Tensor):
                number = self.ids.of(gradient)
                self.makers[number] = index
                made.append(self.look(gradient, number))
        self._add({
            "index": index,
            "operation": "grad",
            "module": context.module_path(self._probe),
            "inputs": [self.look(t, self.ids.of(t)) for t in list(outputs) + list(inputs)],
            "outputs": made,
            "site": self._probe.site(),
            "step": self._probe.step,
        })

    def _add(self, record: Dict[str, Any]) -> None:
        self._index += 1
        if not self.passes and len(self.records) >= _MOST_BEFORE:
            del self.records[:_MOST_BEFORE // 2]
            del self._pass_of[:_MOST_BEFORE // 2]
        self.records.append(record)
        self._pass_of.append(context.current_pass(self._probe) if self.passes else None)

    def record_at(self, index: int) -> Optional[Dict[str, Any]]:
        """An operation by its number."""
        if not self.records:
            return None
        at = index - self.records[0]["index"]
        return self.records[at] if 0 <= at < len(self.records) else None

    def maker_of(self, number: Optional[int], before: Optional[int] = None) -> Optional[Dict[str, Any]]:
        """The operation that made the tensor of this number, or changed it last; before another operation where one is given."""
        if number is None:
            return None
        index = self.makers.get(number)
        if index is None:
            return None
        if before is None or index < before:
            return self.record_at(index)
        for record in reversed(self.records):
            if record["index"] < before and any(f.get("id") == number for f in record["outputs"]):
                return record
        return None

    def source_of(self, tensor: Tensor) -> Optional[Dict[str, Any]]:
        """The operation that made the values of a tensor, looking through views; None where none of this trace did."""
        record = self.maker_of(self.ids.known(tensor))
        while record is not None and record["operation"] in _VIEWS and record["inputs"]:
            record = self.maker_of(record["inputs"][0].get("id"), record["index"])
        return record

    def of_node(self, node: Any) -> Optional[Dict[str, Any]]:
        """The operation that left a node in autograd's graph."""
        key = node.metadata.get(_KEY) if node is not None and hasattr(node, "metadata") else None
        return self.record_at(key[1]) if key is not None and key[0] == id(self) else None

    def origin(self, number: Optional[int]) -> Optional[Dict[str, Any]]:
        """Walks from a value that is not finite to the first operation whose inputs are: the record, None when it came from outside."""
        before: Optional[int] = None
        for _ in range(len(self.records) + 1):
            record = self.maker_of(number, before)
            if record is None:
                return None
            bad = next((f for f in record["inputs"] if not self._is_clean(f, record["operation"])), None)
            if bad is None:
                return record
            number, before = bad.get("id"), record["index"]
        return None

    def _is_clean(self, given: facts.Facts, operation: str) -> bool:
        """Finite; or a mask of negative infinities where masks belong."""
        return not given.get("nonFinite") or operation in _MASKS and given.get("id") in self._masks

    def singular(self, number: Optional[int]) -> Optional[Dict[str, Any]]:
        """The last operation behind a value whose slope is infinite where it was used."""
        open_, seen = [number], {number}
        found: Optional[Dict[str, Any]] = None
        while open_:
            record = self.maker_of(open_.pop())
            if record is None:
                continue
            out = record["outputs"][0] if record["outputs"] else {}
            exponent = (record.get("settings") or {}).get("exponent", 1)
            zeros = (out.get("zeros") or 0) > 0
            hit = record["operation"] in ("sqrt", "norm", "linalg_vector_norm", "vector_norm", "std") and zeros
            hit = hit or record["operation"] == "pow" and 0 < exponent < 1 and zeros or (out.get("nonFinite") or 0) > 0
            if hit and out.get("requiresGrad") and (found is None or record["index"] > found["index"]):
                found = record
            for f in record["inputs"]:
                if f.get("id") not in seen:
                    seen.add(f.get("id"))
                    open_.append(f.get("id"))
        return found

    def alive(self) -> List[Dict[str, Any]]:
        """What was made here and is still there, as memory holders."""
        groups: Dict[Tuple[str, Any], Dict[str, Any]] = {}
        for reference, name, size, site in self.results:
            tensor = revived(reference())
            if tensor is None or isinstance(tensor, torch.nn.Parameter):
                continue
            key = (name, None if site is None else (site["file"], site["line"]))
            words = "results of %s%s" % (name, ", with their graphs" if tensor.grad_fn is not None else "")
            holder = groups.setdefault(key, {"what": words, "count": 0, "bytes": 0, "site": site})
            holder["count"] += 1
            holder["bytes"] += size
        return sorted(groups.values(), key=lambda h: -h["bytes"])[:8]

    def tell(self) -> None:
        """Emits the operations. What belongs to no pass, such as what prepares the first batch, belongs to the one that follows."""
        following = self.passes[0] if self.passes else None
        phases: Dict[int, str] = {}
        for pass_ in self.passes:
            phases[id(pass_)] = phase_of(pass_)
        for record, pass_ in zip(self.records, self._pass_of):
            pass_ = pass_ or following
            phase = "unknown" if pass_ is None else phases.get(id(pass_)) or phase_of(pass_)
            self._probe.emit("operation-seen", phase=phase, **record)


def phase_of(pass_: Any) -> str:
    """What a pass turned out to be for, as far as it is known."""
    return getattr(pass_, "phase", None) or "unknown"


class _Mode(TorchFunctionMode if TorchFunctionMode is not None else object):  # type: ignore[misc]
    """Stands between the program and torch while a trace is open."""

    def __init__(self, traces: "Traces") -> None:
        super().__init__()
        self._traces = traces

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        # In the hook of a function already: the rest of the call is the function itself.
        func = self._traces.original(func)
        plan = self._traces.plan(func)
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
        self._evaluated = False
        self._stepping = False
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

    def plan(self, func: Any) -> Optional[operations.Plan]:
        """How a call is recorded; None when it is not."""
        trace = self.open
        if trace is None or self._stepping or not self._probe.here or trace.is_full or os.getpid() != self._pid or torch._C._get_tracing_state() is not None:
            return None
        if not trace.passes and not trace.evaluation and self._seconds > _SECONDS_BEFORE and not self._probe.trains:
            return None
        plan = operations.plan_of(func)
        return None if plan is None or _is_inner(sys._getframe(2)) else plan

    def before(self, plan: operations.Plan, func: Any, args: Any, kwargs: Any) -> Any:
        start = time.perf_counter()
        try:
            return self._probe.guarded(self.open.before, plan, func, args, kwargs) if self.open is not None else None
        finally:
            self._seconds += time.perf_counter() - start

    def fail(self, error: Exception, plan: operations.Plan, given: Any) -> None:
        """An operation did not work."""
        self.failed = (error, plan.name, [] if given is None else given["inputs"][:8])

    def after(self, plan: operations.Plan, args: Any, kwargs: Any, given: Any, result: Any) -> None:
        trace = self.open
        if trace is None:
            return
        start = time.perf_counter()
        self._probe.guarded(trace.after, plan, args, kwargs, given, result)
        if plan.reads and isinstance(result, (int, float)) and hasattr(self._probe, "metrics"):
            self._probe.guarded(self._probe.metrics.item, args[0], result)
        self._seconds += time.perf_counter() - start

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

    def zero_grad(self) -> None:
        """The loop moves on from evaluating."""
        if self.open is not None and self.open.evaluation:
            self._end()

    def before_step(self, index: int, optimizer: Any) -> None:
        # What an optimizer computes is no part of the program's graph.
        self._stepping = True

    def after_step(self, index: int, optimizer: Any) -> None:
        self._stepping = False

    def turn_end(self) -> None:
        self._stepping = False
        self.failed = None
        self.just_ended = self.open
        if self.open is not None and not self.open.evaluation and self.open.turn == _LEAK_TURN:
            self.leaks = self.open
        self._end()
        self._tell_known()

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
        self.open = Trace(self._probe, evaluation, self._probe.turn == _LEAK_TURN and not evaluation)
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
