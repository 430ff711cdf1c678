"""Calls of torch's losses, and what backward passes start from: what went in, what made it, what came out and what for."""

from __future__ import annotations

import inspect
import weakref
import math
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple

import torch
import torch.nn.functional as functional
from torch import Tensor

from . import context, facts, formula, graph, guard
from .observer import Observer
from .structure import revived

if TYPE_CHECKING:
    from .probe import Probe

KINDS: Mapping[str, str] = {
    "cross_entropy": "cross-entropy",
    "nll_loss": "nll",
    "binary_cross_entropy": "bce",
    "binary_cross_entropy_with_logits": "bce-with-logits",
    "mse_loss": "mse",
    "l1_loss": "l1",
    "smooth_l1_loss": "smooth-l1",
    "huber_loss": "huber",
    "kl_div": "kl-div",
    "gaussian_nll_loss": "gaussian-nll",
    "poisson_nll_loss": "poisson-nll",
    "ctc_loss": "ctc",
    "soft_margin_loss": "soft-margin",
    "multi_margin_loss": "multi-margin",
    "multilabel_margin_loss": "multilabel-margin",
    "multilabel_soft_margin_loss": "multilabel-soft-margin",
    "hinge_embedding_loss": "hinge-embedding",
    "cosine_embedding_loss": "cosine-embedding",
    "triplet_margin_loss": "triplet-margin",
    "triplet_margin_with_distance_loss": "triplet-margin",
    "margin_ranking_loss": "margin-ranking",
}

_MOST_PENDING = 256
_MOST_OUTPUTS = 16


def arguments_of(function: Callable[..., Any]) -> Tuple[Tuple[str, Any], ...]:
    """Names and defaults of a function's arguments."""
    return tuple((p.name, None if p.default is inspect.Parameter.empty else p.default) for p in inspect.signature(function).parameters.values())


def bind(arguments: Sequence[Tuple[str, Any]], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Dict[str, Any]:
    """Arguments by name, however they were given."""
    bound = dict(arguments)
    for (name, _), value in zip(arguments, args):
        bound[name] = value
    bound.update(kwargs)
    return bound


def reduction_of(bound: Mapping[str, Any]) -> str:
    """``mean``, ``sum`` or ``none``; the old flags count where they were given."""
    average, reduce = bound.get("size_average"), bound.get("reduce")
    if average is not None or reduce is not None:
        return "none" if reduce is False else "sum" if average is False else "mean"
    reduction = bound.get("reduction", "mean")
    return "mean" if reduction == "batchmean" else str(reduction)


class _Pending:
    """A loss whose purpose is not known yet."""

    __slots__ = ("record", "mark", "node", "turn", "value")

    def __init__(self, record: Dict[str, Any], mark: Optional[int], node: str, turn: int) -> None:
        self.record, self.mark, self.node, self.turn = record, mark, node, turn


class Losses(Observer):
    """Records calls of losses, and for what they were made."""

    def __init__(self, probe: "Probe") -> None:
        self._probe = probe
        self._pending: List[_Pending] = []
        self._outputs: List["weakref.ref[Tensor]"] = []
        self._made: Dict[Any, Tuple[Optional[str], Any, Optional[str]]] = {}
        self._formulas: Dict[Any, Dict[str, Any]] = {}
        self.reads_saved = True

    # Calls.

    def hook(self, name: str, kind: str) -> None:
        """Puts a hook before one of torch's losses."""
        arguments = arguments_of(getattr(functional, name))

        def make(original: Callable[..., Any]) -> Callable[..., Any]:
            probe, called, passes = self._probe, self._called, self._probe.passes

            def loss(*args: Any, **kwargs: Any) -> Any:
                value = original(*args, **kwargs)
                if (probe.records or passes.current is not None and passes.current.records) and probe.here:
                    probe.guarded(called, kind, arguments, args, kwargs, value)
                return value

            return loss

        # Switched on and off with the calls of modules.
        self._probe.passes.hooks.append(guard.Hook(functional, name, make))

    def _called(self, kind: str, arguments: Sequence[Tuple[str, Any]], args: Sequence[Any], kwargs: Mapping[str, Any], value: Any) -> None:
        pass_ = context.current_pass(self._probe)
        records = self._probe.records if pass_ is None else getattr(pass_, "records", self._probe.records)
        if not records or not isinstance(value, Tensor) or torch._C._get_tracing_state() is not None:
            return
        bound = bind(arguments, args, kwargs)
        names = [name for name, _ in arguments]
        input_, target = bound.get(names[0]), bound.get("target", bound.get(names[1]))
        if not isinstance(input_, Tensor) or not isinstance(target, Tensor):
            return
        site = self._probe.site()
        settings = {k: v for k, v in bound.items() if k not in (names[0], "target")}
        for observer in self._probe.observers:
            observer.loss_called(kind, input_, target, value, settings, site)
        measures = self._probe.measures if pass_ is None else getattr(pass_, "measures", self._probe.measures)
        made_by, made_at, made_in = self._maker(input_, kind, site)
        smoothing = bound.get("label_smoothing") if kind == "cross-entropy" else None
        ignored = bound.get("ignore_index") if kind in ("cross-entropy", "nll") else None
        record = {
            "step": self._probe.step,
            "loss": kind,
            "reduction": reduction_of(bound),
            "input": facts.tensor_facts(input_, statistics=measures),
            "target": facts.tensor_facts(target, statistics=True, role="target", hash=True),
            "value": facts.value_of(value),
            "label_smoothing": smoothing or None,
            "weighted": True if isinstance(bound.get("weight"), Tensor) or isinstance(bound.get("pos_weight"), Tensor) else None,
            "ignore_index": int(ignored) if isinstance(ignored, int) else None,
            "prediction": facts.prediction_facts(input_) if measures else None,
            "made_by": made_by,
            "made_at": made_at,
            "made_in": made_in,
            "site": site,
        }
        if not _grad_enabled(pass_, value):
            if pass_ is None:
                self._tell(record, "evaluate")
            else:
                # Its pass may yet turn out to be a part of training.
                context.when_known(pass_, lambda phase: self._tell(record, phase))
            return
        self._pending.append(_Pending(record, graph.mark(value), "" if value.grad_fn is None else value.grad_fn.name(), self._probe.turn))
        if len(self._pending) > _MOST_PENDING:
            self._tell(self._pending.pop(0).record, "evaluate")

    def _maker(self, prediction: Tensor, kind: str, site: Any) -> Tuple[Optional[str], Any, Optional[str]]:
        """What made the prediction, where, and in which module; the lines are those that a traced turn saw."""
        key = (kind, None if site is None else (site["file"], site["line"]))
        trace = getattr(getattr(self._probe, "tracer", None), "open", None)
        name = graph.maker_of(prediction)
        if trace is not None:
            source = trace.source_of(prediction)
            if source is None and prediction.grad_fn is not None:
                source = trace.of_node(graph.through_views(prediction.grad_fn))
            if source is not None:
                made = (source["operation"], source["site"], source["module"])
                if len(self._made) < 1024:
                    self._made[key] = made
                return made
        learned = self._made.get(key)
        if name is None:
            # Nothing is recorded of what makes it; the same call as in the traced turn is taken for made alike.
            return learned if learned is not None and prediction.grad_fn is None and prediction.dim() > 0 else (None, None, None)
        if learned is not None and learned[0] is not None and _same(learned[0], name):
            return learned
        return name, None, None

    # What for.

    def forward_end(self, model: int, module: Any, args: Any, kwargs: Any, output: Any) -> None:
        if isinstance(output, (list, tuple)):
            output = next((o for o in output if isinstance(o, Tensor)), None)
        if isinstance(output, Tensor) and self._probe.records:
            self._outputs.append(weakref.ref(output))
            del self._outputs[:-_MOST_OUTPUTS]

    def before_backward(self, tensors: Sequence[Any]) -> None:
        roots = [t for t in tensors if isinstance(t, Tensor)]
        if not roots:
            return
        if self._pending:
            wanted = {p.mark: p.node for p in self._pending if p.mark is not None}
            found = graph.find(roots, wanted) if wanted else set()
            reached = [p.mark is not None and p.mark in found for p in self._pending]
            if not any(reached) and not any(r.requires_grad for r in roots):
                # Where no gradient was recorded there is nothing to reach, and yet the last loss is what was meant.
                reached[-1] = True
            if any(reached):
                reaches = self._reaches(roots)
                left = []
                for pending, hit in zip(self._pending, reached):
                    if hit:
                        pending.record["reaches_parameters"] = reaches
                        self._tell(pending.record, "train")
                    else:
                        left.append(pending)
                self._pending = left
                return
        if self._probe.records:
            self._custom(roots[0], self._reaches(roots))

    def differentiated(self, outputs: Sequence[Any]) -> None:
        """Gradients of these were asked for without accumulating them."""
        wanted = {p.mark: p.node for p in self._pending if p.mark is not None}
        found = graph.find([t for t in outputs if isinstance(t, Tensor)], wanted) if wanted else set()
        for pending in [p for p in self._pending if p.mark in found]:
            self._pending.remove(pending)
            self._tell(pending.record, "train")

    def turn_end(self) -> None:
        self._outputs.clear()
        turn = self._probe.turn
        # What still waits may be for the step of the next optimizer; after that it was for nothing.
        for pending in [p for p in self._pending if p.turn < turn]:
            self._pending.remove(pending)
            self._tell(pending.record, "evaluate")

    def program_end(self) -> None:
        phase = "unknown" if self._probe.died is not None else "evaluate"
        for pending in self._pending:
            self._tell(pending.record, phase)
        self._pending.clear()

    def _custom(self, root: Tensor, reaches: Optional[bool]) -> None:
        if not formula.is_real(root):
            return
        site = self._line_of(root, self._probe.site())
        found = formula.of(root, self.reads_saved)
        value = found.value if found.has_penalty and found.value is not None else facts.value_of(root)
        record: Dict[str, Any] = {
            "step": self._probe.step,
            "loss": found.kind,
            "reduction": found.reduction,
            "value": value,
            "reaches_parameters": reaches,
            "site": site,
        }
        if found.kind != "custom":
            self._parts(record, found, site)
        self._tell(record, "train")

    def _line_of(self, root: Tensor, backward: Any) -> Any:
        """Where a loss is computed, as a traced turn saw it; else where backward is called."""
        key = ("line", None if backward is None else (backward["file"], backward["line"]))
        trace = getattr(getattr(self._probe, "tracer", None), "open", None)
        if trace is not None:
            made = trace.of_node(root.grad_fn) if root.grad_fn is not None else trace.source_of(root)
            if made is not None and made["site"] is not None and len(self._made) < 1024:
                self._made.setdefault(key, (None, made["site"], None))
        return self._made.get(key, (None, backward, None))[1]

    def _parts(self, record: Dict[str, Any], found: formula.Formula, site: Any) -> None:
        """Prediction and target of a loss written by hand: from the trace where there is one, else as far as they are still there."""
        key = (found.kind, None if site is None else (site["file"], site["line"]))
        trace = getattr(getattr(self._probe, "tracer", None), "open", None)
        prediction: Any = None
        target: Any = None
        maker = graph.through_views(found.prediction)
        record["made_by"] = None if maker is None or graph.is_leaf(maker) else graph.operation_of(maker)
        if trace is not None:
            made = trace.of_node(maker)
            if made is not None:
                record.update(made_by=made["operation"], made_at=made["site"], made_in=made["module"])
            minus = trace.of_node(found.difference)
            if minus is not None and len(minus["inputs"]) == 2:
                a, b = minus["inputs"]
                prediction, target = (a, b) if a.get("requiresGrad") else (b, a)
            elif made is not None and made["outputs"]:
                prediction = made["outputs"][0]
            if len(self._made) < 1024 and made is not None:
                self._made[key] = (record["made_by"], record["made_at"], record["made_in"])
        else:
            learned = self._made.get(key)
            if learned is not None and record["made_by"] is not None and _same(str(learned[0]), record["made_by"]):
                record.update(made_by=learned[0], made_at=learned[1], made_in=learned[2])
        tensor = next((o for o in (revived(r()) for r in self._outputs) if o is not None and o.grad_fn is not None and graph.through_views(o.grad_fn) is maker), None)
        if prediction is None and tensor is not None:
            prediction = facts.tensor_facts(tensor, self._probe.measures)
        if prediction is None and found.shape is not None:
            prediction = {"shape": found.shape, "dType": "float32", "requiresGrad": True}
        # Between what made the prediction and the formula its shape may have been changed.
        if prediction is not None and found.shape is not None and prediction["shape"] != found.shape and math.prod(prediction["shape"]) == math.prod(found.shape):
            prediction = {**prediction, "shape": found.shape}
        if target is None and found.target is not None:
            target = facts.tensor_facts(found.target, True, "target", hash=True)
        record["input"] = _without_id(prediction)
        record["target"] = _without_id(target)
        if tensor is not None and self._probe.measures:
            record["prediction"] = facts.prediction_facts(tensor)

    def _reaches(self, roots: Sequence[Tensor]) -> Optional[bool]:
        if not any(r.requires_grad for r in roots):
            return False
        known = {id(t) for _, t in context.parameters(self._probe) if t.requires_grad}
        if not known:
            return None
        return any(graph.reaches(r, lambda t: id(t) in known) for r in roots)

    def _tell(self, record: Dict[str, Any], phase: str) -> None:
        self._probe.emit("loss-observed", phase=phase, **record)


def _grad_enabled(pass_: Any, value: Tensor) -> bool:
    return torch.is_grad_enabled() if pass_ is None else bool(getattr(pass_, "gradients_on", True)) or value.requires_grad


def _without_id(given: Optional[facts.Facts]) -> Optional[facts.Facts]:
    return None if given is None else {k: v for k, v in given.items() if k != "id"}


_SAME = {
    "addmm": "linear", "mm": "matmul", "convolution": "conv", "conv1d": "conv", "conv2d": "conv", "conv3d": "conv", "native_batch_norm": "batch_norm",
    "cudnn_batch_norm": "batch_norm", "native_layer_norm": "layer_norm", "bmm": "matmul", "baddbmm": "matmul", "native_dropout": "dropout",
    "expit": "sigmoid", "hardswish_": "hardswish", "matmul": "matmul",
}


def _same(one: str, other: str) -> bool:
    """Two names for an operation, as called and as recorded."""
    a, b = _SAME.get(one, one), _SAME.get(other, other)
    # Composite operations leave the last of their parts.
    return a == b or {a, b} == {"linear", "matmul"} or a in ("lstm", "gru", "rnn_tanh", "multi_head_attention_forward", "mean", "sum", "dropout", "einsum")


def _watch_unpacking(losses: Losses) -> None:
    """Where the program has hooks on what autograd keeps, looking at it would call them."""
    hooks = getattr(torch.autograd.graph, "saved_tensors_hooks", None)
    if hooks is None:
        return

    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        def __init__(*args: Any, **kwargs: Any) -> None:
            losses.reads_saved = False
            original(*args, **kwargs)

        return __init__

    guard.Hook(hooks, "__init__", make)


def originals() -> List[Tuple[Any, str, Callable[..., Any]]]:
    """Losses that are hooked: where, under which name, and the function without the hook."""
    return [(hook.owner, hook.name, hook.original) for hook in guard.Hook.all if hook.owner is functional]


def install(probe: "Probe") -> None:
    losses = Losses(probe)
    for name, kind in KINDS.items():
        if hasattr(functional, name):
            losses.hook(name, kind)
    _watch_unpacking(losses)
    probe.losses = losses  # type: ignore[attr-defined]
    probe.add(losses)
