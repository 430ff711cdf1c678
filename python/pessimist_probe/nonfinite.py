"""Finds where the first NaN or infinity came from, at the moment when a loss or a gradient shows it."""

from __future__ import annotations

import math
import os
import sys
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Sequence, Tuple

from torch import Tensor

from . import context, facts, graph
from .observer import Observer

if TYPE_CHECKING:
    from .probe import Probe

_LEAP = 10
_MOST_WALKED = 2000
_NAMES = {"addmm": "linear", "mm": "matmul", "convolution": "conv2d", "native_batch_norm": "batch_norm", "native_layer_norm": "layer_norm"}


class NonFinites(Observer):
    """Looks at the value of each loss, and at gradients in measured turns."""

    def __init__(self, probe: "Probe") -> None:
        self._probe = probe
        self._found = False
        self._masked = False
        self._finite = True
        self._lowest = math.inf
        self._loss_finite = True
        self._lines: Dict[Tuple[str, ...], List[Optional[Dict[str, Any]]]] = {}
        self._stops = bool(probe.options.get("stopAfterNonFinite"))
        self._checks = probe.options.get("traceFrom") is not None or probe.options.get("checkFrom") is not None

    # Losses.

    def before_backward(self, tensors: Sequence[Any]) -> None:
        roots = [t for t in tensors if isinstance(t, Tensor) and t.numel() == 1]
        if not roots:
            return
        value = facts.value_of(roots[0])
        self._learn(roots[0])
        self.judge(roots[0], value)

    def judge(self, loss: Tensor, value: float) -> None:
        """A backward pass starts from this value."""
        self._loss_finite = math.isfinite(value)
        if not self._loss_finite:
            self._finite = False
            if not self._found:
                self._tell(self._from_loss(loss))
            return
        # A loss that leaps may be on its way to infinity: look closer while it is still finite.
        if abs(value) > _LEAP * (1 + abs(self._lowest)):
            self._probe.alarm()
        self._lowest = min(self._lowest, abs(value))

    def after_backward(self, tensors: Sequence[Any]) -> None:
        if self._found or not self._loss_finite or not (self._probe.measures or self._checks):
            return
        parameter = next((name for name, t in context.parameters(self._probe) if t.grad is not None and not _finite(t.grad)), None)
        if parameter is None:
            return
        self._finite = False
        found: Dict[str, Any] = {"place": "backward", "parameter": parameter}
        trace = self._trace
        if trace is not None:
            roots = [t for t in tensors if isinstance(t, Tensor)]
            record = trace.singular(trace.ids.known(roots[0])) if roots else None
            if record is not None:
                found.update(_of_record(record))
        self._tell(found)

    def turn_end(self) -> None:
        trace = getattr(getattr(self._probe, "tracer", None), "just_ended", None)
        if trace is not None and not trace.evaluation and trace.non_finite is not None and self._finite and not self._masked and not self._found:
            # A traced operation made one, and loss and gradients are finite all the same: a mask.
            self._masked = True
            record = trace.non_finite
            self._probe.emit("non-finite-found", **{**_of_record(record), "step": record["step"], "place": "forward", "spread": False})
        self._finite = True

    @property
    def _trace(self) -> Any:
        return getattr(getattr(self._probe, "tracer", None), "open", None)

    def _from_loss(self, loss: Tensor) -> Dict[str, Any]:
        found: Dict[str, Any] = {"place": "loss"}
        trace = self._trace
        if trace is not None:
            known = trace.ids.known(loss)
            record = trace.origin(known)
            if record is None and loss.grad_fn is not None:
                last = trace.of_node(loss.grad_fn)
                record = None if last is None or not last["outputs"] else trace.origin(last["outputs"][0].get("id"))
            if record is not None:
                found.update(_of_record(record))
                found["place"] = "forward" if record["module"] is not None and "loss" not in record["operation"] else "loss"
                return found
        broken = next((name for name, t in context.parameters(self._probe) if not _finite(t)), None)
        if broken is not None:
            found.update(place="weights", parameter=broken)
            return found
        return self._from_graph(loss) or found

    # Without a trace: what autograd keeps for the backward pass, and the lines that a traced turn saw at the same places of the same graph.

    def _learn(self, loss: Tensor) -> None:
        trace = self._trace
        if trace is None or trace.evaluation or loss.grad_fn is None or len(self._lines) >= 16:
            return
        nodes = self._nodes(loss)
        key = tuple(n.name() for n in nodes)
        if key not in self._lines:
            records = [trace.of_node(n) for n in nodes]
            self._lines[key] = [None if r is None else {k: r[k] for k in ("operation", "module", "site")} for r in records]

    @staticmethod
    def _nodes(loss: Tensor) -> List[Any]:
        nodes = []
        for node in graph.behind([loss]):
            nodes.append(node)
            if len(nodes) >= _MOST_WALKED:
                break
        return nodes

    def _from_graph(self, loss: Tensor) -> Optional[Dict[str, Any]]:
        losses = getattr(self._probe, "losses", None)
        if loss.grad_fn is None or losses is not None and not losses.reads_saved:
            return None
        nodes = self._nodes(loss)
        lines = self._lines.get(tuple(n.name() for n in nodes))
        for at in range(len(nodes) - 1, -1, -1):
            hit = _culprit(nodes[at])
            if hit is None:
                continue
            given, made = hit
            name = graph.name_of(nodes[at])
            found: Dict[str, Any] = {"place": "loss", "operation": _NAMES.get(name, name), "inputs": [facts.tensor_facts(t, True) for t in given]}
            if made is not None:
                found["output"] = facts.tensor_facts(made, True)
            known = None if lines is None else lines[at]
            if known is not None:
                found.update(known)
                found["place"] = "loss" if known["module"] is None else "forward"
            return found
        return None

    def _tell(self, found: Dict[str, Any]) -> None:
        self._found = True
        found.setdefault("step", self._probe.step)
        self._probe.emit("non-finite-found", **found)
        self._probe.alarm()
        if self._stops:
            # An experiment has seen enough.
            self._probe.finish()
            sys.stdout.flush()
            os._exit(0)


def _of_record(record: Dict[str, Any]) -> Dict[str, Any]:
    return {
        "operation": record["operation"],
        "module": record["module"],
        "inputs": record["inputs"],
        "output": record["outputs"][0] if record["outputs"] else None,
        "site": record["site"],
    }


def _finite(tensor: Tensor) -> bool:
    values = tensor.coalesce().values() if tensor.is_sparse else tensor
    return facts.all_finite(values)


def _culprit(node: Any) -> Optional[Tuple[List[Tensor], Optional[Tensor]]]:
    """Inputs and output of an operation that certainly made a NaN or infinity of what is finite; None when it did not, or nobody knows."""
    name = graph.name_of(node)
    if name in ("log", "log2", "log10"):
        return _given(node, "self", lambda t: (t <= 0).any())
    if name == "log1p":
        return _given(node, "self", lambda t: (t <= -1).any())
    if name in ("sqrt", "rsqrt", "exp", "exp2", "expm1", "reciprocal", "softmax"):
        result = graph.saved(node, "result")
        if result is None or _finite(result):
            return None
        children = [c for c in graph.inputs_of(node) if c is not None]
        # What went in is not kept; not finite already when what made it was not.
        if children and (kept := graph.saved(children[0], "result")) is not None and not _finite(kept):
            return None
        return [], result
    if name == "div":
        other, self_ = graph.saved(node, "other"), graph.saved(node, "self")
        if other is not None and _finite(other) and (self_ is None or _finite(self_)):
            with facts.aside():
                if bool((other.detach() == 0).any()):
                    return [t for t in (self_, other) if t is not None], None
        return None
    if name == "pow":
        exponent = graph.number(node, "exponent")
        if exponent is None:
            return None
        if exponent < 0:
            return _given(node, "self", lambda t: (t == 0).any())
        if exponent != math.floor(exponent):
            return _given(node, "self", lambda t: (t < 0).any())
        return None
    return None


def _given(node: Any, name: str, is_bad: Any) -> Optional[Tuple[List[Tensor], Optional[Tensor]]]:
    kept = graph.saved(node, name)
    if kept is None or not _finite(kept):
        return None
    with facts.aside():
        return ([kept], None) if bool(is_bad(kept.detach())) else None


def install(probe: "Probe") -> None:
    found = NonFinites(probe)
    probe.nonfinite = found  # type: ignore[attr-defined]
    probe.add(found)
