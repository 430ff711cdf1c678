"""The operations of a step, with their lines and values, and what is found out from them."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional, Sequence, Set, Tuple

import torch
from torch import Tensor

from . import context, facts, operations
from .structure import revived

if TYPE_CHECKING:
    from .probe import Probe

_MOST_OPERATIONS = 4096
# Of every trace but the first.
_MOST_AGAIN = 1024
_MOST_MEASURED = 1 << 20

# What was done before the first batch may be long, and its end matters.
_MOST_BEFORE = 512

_MOST_JOINED = 8

_KEY = "pessimist.operation"
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

    def __init__(self, probe: "Probe", evaluation: bool, keeps_results: bool = False, again: bool = False) -> None:
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
        self._most = int(probe.options.get("mostOperations", _MOST_AGAIN if again else _MOST_OPERATIONS))
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
                known["leaf"] = facts.is_leaf(tensor)
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
            node = facts.node_of(output)
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
        # What joins a batch is given more than is looked at: a NaN in it was there before.
        if self.non_finite is None and name not in ("stack", "cat") and any(f.get("nonFinite") for f in made) and all(not f.get("nonFinite") for f in given["inputs"]):
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
                return None if record["operation"] in ("stack", "cat") else record
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
