"""What goes into networks."""

from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

import torch

from . import facts
from .forward import Pass
from .observer import Observer, Site
from .probe import Probe
from .tensors import tensors_in

_MOST_EXAMPLES = 256
_MOST_INPUTS = 8
# Examples of a batch, and of all batches, whose numbers are recorded, and numbers of each.
_MOST_SAMPLED = 64
_MOST_SAMPLED_OF_ALL = 1024
_MOST_TRIES = 64
_WIDEST = 32
# Numbers of an example above which none of it are.
_LARGEST = 4096

# Batches whose target is not found among the inputs, after which it is not looked for any more: a few of them may be evaluation.
_MOST_UNMATCHED = 4


class Batches(Observer):
    def __init__(self, probe: Probe) -> None:
        self._probe = probe
        self._open: Optional[Tuple[Pass, Dict[str, Any]]] = None
        self._inputs: List[Optional[torch.Tensor]] = []
        self._unmatched = 0
        self._sampled = 0
        self._tries = 0
        self._sums: Dict[Any, torch.Tensor] = {}

    def forward_begin(self, model: int, module: Any, args: Tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        probe = self._probe
        current = probe.passes.current
        self._open = None
        self._inputs = []
        if current is None or not current.looks_at_batch:
            return
        inputs = list(tensors_in((args, kwargs)))[:_MOST_INPUTS]
        if not inputs or not current.is_root and any(t.requires_grad for t in inputs):
            return
        first = inputs[0]
        handed = probe.loaders.handed
        is_from_loader = handed is not None and (any(id(t) in handed.ids for t in inputs) or first.dim() > 0 and first.shape[0] == handed.rows)
        fields: Dict[str, Any] = {
            "step": current.step,
            "inputs": [facts.tensor_facts(t, True, "input %d" % i, hash=True) for i, t in enumerate(inputs)],
            "examples": facts.row_hashes(first, _MOST_EXAMPLES),
            "site": current.site,
        }
        if current.gradients_on and current.training:
            self._sample(fields, first)
        if is_from_loader and handed is not None:
            fields.update(loader=handed.loader, epoch=handed.epoch, index=handed.index)
            target = handed.target
            if target is not None and not any(t is target for t in inputs):
                _put(fields, target)
                self._match(fields, inputs, target)
                self._answer(fields, target)
        if "target" not in fields and self._unmatched < _MOST_UNMATCHED:
            # Most programs let go of the input before the target is known.
            with facts.aside():
                self._inputs = [t.detach() if not t.requires_grad and t.numel() <= facts.MOST_MATCHED else None for t in inputs]
        if current.measures:
            fields["channel_means"], fields["channel_stds"] = facts.channel_moments(first)
        self._open = (current, fields)
        current.when_known(lambda phase: self._emit(phase, fields))

    def _emit(self, phase: str, fields: Dict[str, Any]) -> None:
        if "answers" not in fields:
            fields.pop("values", None)
            fields.pop("columns", None)
        self._probe.emit("batch-observed", phase=phase, **fields)

    def loss_called(self, kind: str, input: Any, target: Any, value: Any, settings: Mapping[str, Any], site: Site) -> None:  # noqa: A002
        """The target of the batch that went in last."""
        probe = self._probe
        probe.passes.took_part(target)
        if self._open is None:
            return
        current, fields = self._open
        if current is not probe.passes.current or "target" in fields or current.phase != "unknown":
            return
        _put(fields, target)
        self._match(fields, self._inputs, target)
        self._inputs = []
        self._answer(fields, target)

    def _match(self, fields: Dict[str, Any], inputs: Sequence[Optional[torch.Tensor]], target: Any) -> None:
        """Looks for the target among the inputs."""
        if not inputs or self._unmatched >= _MOST_UNMATCHED:
            return
        match = facts.target_match(inputs, target)
        if match is None:
            self._unmatched += 1
        else:
            fields["target_match"] = match

    def _sample(self, fields: Dict[str, Any], first: Any) -> None:
        """The numbers of some examples, or fixed sums of them, so that it can be seen whether the answers depend on them."""
        left = min(_MOST_SAMPLED, _MOST_SAMPLED_OF_ALL - self._sampled)
        if left <= 0 or self._tries >= _MOST_TRIES or first.dim() < 2 or first.shape[0] < 2 or not first.is_floating_point() or not facts.is_plain(first):
            return
        self._tries += 1
        columns = first[0].numel()
        if not 1 <= columns <= _LARGEST:
            return
        with facts.aside():
            rows = first.detach()[:left].reshape(min(left, first.shape[0]), columns).double()
            if columns > _WIDEST:
                rows = rows @ self._weights(columns, rows.device)
            fields["values"] = [[_rounded(v) for v in row] for row in rows.tolist()]
        fields["columns"] = columns

    def _weights(self, columns: int, device: Any) -> Any:
        """Fixed numbers that look like random ones."""
        key = (columns, str(device))
        found = self._sums.get(key)
        if found is None:
            at = torch.arange(1, columns * _WIDEST + 1, dtype=torch.float64, device=device)
            found = self._sums[key] = torch.sin(at * at * 0.7390851332151607).reshape(columns, _WIDEST) / columns**0.5
        return found

    def _answer(self, fields: Dict[str, Any], target: Any) -> None:
        """Where each example has one."""
        values = fields.get("values")
        if not values or target.dim() == 0 or target.numel() != target.shape[0] or target.shape[0] < len(values) or not facts.is_plain(target):
            return
        with facts.aside():
            fields["answers"] = [_rounded(v) for v in target.detach().reshape(-1)[: len(values)].double().tolist()]
        self._sampled += len(values)

    def turn_end(self) -> None:
        self._open = None
        self._inputs = []


def _rounded(value: float) -> float:
    """Seven digits, as float32 has."""
    return float("%.7g" % value)


def _put(fields: Dict[str, Any], target: Any) -> None:
    fields["target"] = facts.tensor_facts(target, True, "target", hash=True)
    labels, order = _labels(target)
    if labels:
        fields["labels"], fields["label_order"] = labels, order


def _labels(target: Any) -> Tuple[Dict[str, int], List[int]]:
    if target.is_floating_point() or target.dtype == torch.bool or target.dim() > 2:
        return {}, []
    return facts.label_facts(target, _MOST_EXAMPLES)


def install(probe: Probe) -> None:
    probe.add(Batches(probe))
