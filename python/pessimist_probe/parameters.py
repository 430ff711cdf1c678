"""Weights, gradients and updates around measured optimizer steps; parameters as they were before the first one."""

from __future__ import annotations

import math
import os
import sys
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Sequence, Tuple

import torch
from torch import Tensor

from . import facts, sources
from .observer import Observer

if TYPE_CHECKING:
    from .probe import Probe

# Elements above which no copy of the weights is made to measure the update.
_MOST_COPIED = 1 << 26
_MOST_RECORDED = 4096


def norms(tensors: Sequence[Tensor]) -> List[float]:
    """2-norms: one call for all where torch has it, and one copy for each device and type."""
    found = [math.nan] * len(tensors)
    groups: Dict[Any, List[int]] = {}
    for i, tensor in enumerate(tensors):
        if facts.is_plain(tensor) and tensor.is_floating_point():
            groups.setdefault((tensor.device, tensor.dtype), []).append(i)
        elif tensor.is_sparse:
            found[i] = float(tensor.coalesce().values().double().norm())
    with facts.aside():
        for places in groups.values():
            some = [tensors[i].detach() for i in places]
            foreach = getattr(torch, "_foreach_norm", None)
            if foreach is not None and some[0].dtype in (torch.float32, torch.float64):
                results = list(foreach(some))
            else:
                results = [torch.linalg.vector_norm(t.float()) for t in some]
            for i, value in zip(places, torch.stack([r.double() for r in results]).tolist()):
                found[i] = value
    return found


def total(values: Sequence[float]) -> float:
    """2-norm of all together."""
    return math.sqrt(sum(v * v for v in values)) if all(abs(v) < 1e150 for v in values) else sum(abs(v) for v in values)


class Parameters(Observer):
    """Measures parameters around measured steps. The copy of the weights lives only while the optimizer steps."""

    def __init__(self, probe: "Probe") -> None:
        self._probe = probe
        self._before: List[Tuple[Any, Tensor, float, Optional[float], int, Optional[float]]] = []
        self._copies: List[Tensor] = []
        self._lines: Dict[Any, List[Dict[str, Any]]] = {}
        self._files: List[str] = []
        # Gradients are the same until the next backward pass.
        self.gradient: Optional[float] = None

    def gradient_norm(self) -> float:
        """2-norm of all gradients held; 0 when there are none."""
        with facts.aside():
            gradients = [t.grad for _, t in self._probe.networks.parameters() if t.grad is not None]
            return total(norms(gradients))

    def no_gradients(self) -> bool:
        """No parameter holds a gradient."""
        return all(t.grad is None for _, t in self._probe.networks.parameters())

    def before_step(self, index: int, optimizer: Any) -> None:
        self._free()
        self.record(False)
        if not self._probe.measures:
            return
        networks = self._probe.networks
        with facts.aside():
            if optimizer is None:
                pairs = [(note, t) for note, t in networks.parameters() if t.requires_grad]
            else:
                held = [p for group in optimizer.param_groups for p in group["params"] if isinstance(p, Tensor)]
                pairs = [(note, t) for note, t in ((networks.owner_of(p), p) for p in held) if note is not None]
            pairs = [(note, t) for note, t in pairs if t.is_floating_point() and facts.is_plain(t)][:_MOST_RECORDED]
            if not pairs:
                return
            tensors = [t for _, t in pairs]
            weights = norms(tensors)
            held_gradients = [t.grad for t in tensors]
            given = [g for g in held_gradients if g is not None]
            of_gradients = iter(norms(given))
            zeros = iter(_zero_shares(given))
            for (note, tensor), weight, gradient in zip(pairs, weights, held_gradients):
                if gradient is None:
                    self._before.append((note, tensor, weight, None, 0, None))
                    continue
                norm = next(of_gradients)
                self._before.append((note, tensor, weight, norm, 0 if math.isfinite(norm) else _non_finite(gradient), next(zeros)))
            if sum(t.numel() for t in tensors) <= _MOST_COPIED:
                self._copies = [t.detach().clone() for t in tensors]

    def after_step(self, index: int, optimizer: Any) -> None:
        if not self._before:
            return
        with facts.aside():
            updates: List[float] = []
            changed: List[Optional[bool]] = []
            if self._copies:
                differences = [t.detach() - c if t.shape == c.shape else t.detach() for (_, t, *_rest), c in zip(self._before, self._copies)]
                updates = norms(differences)
                for update, copy, (_, tensor, *_rest) in zip(updates, self._copies, self._before):
                    # The square of a tiny change vanishes, the change does not.
                    changed.append(update != 0 or tensor.shape != copy.shape or not torch.equal(tensor.detach(), copy))
            measures = [
                {
                    "name": note.full_name,
                    "weight": weight,
                    "gradient": gradient,
                    "update": updates[i] if updates else None,
                    "nonFinite": bad,
                    "changed": changed[i] if changed else None,
                    "zeroGradients": zeros,
                }
                for i, (note, _, weight, gradient, bad, zeros) in enumerate(self._before)
            ]
        self._probe.emit("parameters-measured", step=self._probe.step, optimizer=index if optimizer is not None else None, parameters=measures)
        self._free()

    def turn_end(self) -> None:
        self._free()

    def program_end(self) -> None:
        self._free()
        self.record(True)

    def record(self, all_: bool) -> None:
        """Records the parameters of the networks that were trained, or of all, as they are before the first step."""
        for network in self._probe.networks.all:
            if network.parameters_recorded or not all_ and not network.trained:
                continue
            network.parameters_recorded = True
            with facts.aside():
                pairs = self._probe.networks.parameters_of(network)[:_MOST_RECORDED]
                self._observe(pairs)

    def _observe(self, pairs: Sequence[Tuple[Any, Tensor]]) -> None:
        self._files = sorted({os.path.abspath(note.site["file"]) for note, _ in pairs if note.site is not None})
        self._lines.clear()
        weights = norms([t for _, t in pairs])
        gradients = [t.grad for _, t in pairs]
        of_gradients = iter(norms([g for g in gradients if g is not None]))
        for (note, tensor), weight, gradient in zip(pairs, weights, gradients):
            norm = None if gradient is None else next(of_gradients)
            record = {
                "shape": list(tensor.shape),
                "weight_norm": weight,
                "weight_std": _std(tensor),
                "gradient_norm": norm,
                "gradient_non_finite": 0 if norm is None or math.isfinite(norm) else _non_finite(gradient),
                "units_identical": _identical(tensor),
                "requires_gradient": tensor.requires_grad,
                "model": note.network.number,
                "optimizers": sorted(note.optimizers),
                "registered": note.registered,
                "d_type": facts.dtype_name(tensor.dtype),
                "device": facts.device_name(tensor.device),
                "site": note.site,
            }
            record["set_by"] = self._set_by(tensor, record)
            self._probe.emit("parameter-observed", name=note.name, **record)
            for alias in note.aliases:
                self._probe.emit("parameter-observed", name=alias, alias_of=note.name, **record)

    def _set_by(self, tensor: Tensor, record: Dict[str, Any]) -> Optional[List[Dict[str, Any]]]:
        """Where to look for what froze it or set it to unusual values."""
        if not tensor.requires_grad:
            pattern = sources.FREEZING
        elif tensor.dim() > 1 and (record["units_identical"] or _is_unusual(tensor, record["weight_std"])):
            pattern = sources.SETTING
        else:
            return None
        if pattern not in self._lines:
            main = getattr(sys.modules.get("__main__"), "__file__", None)
            self._lines[pattern] = sources.find(([main] if main else []) + self._files, pattern)
        return self._lines[pattern] or None

    def _free(self) -> None:
        self._before, self._copies = [], []


def _std(tensor: Tensor) -> float:
    if tensor.numel() == 0 or not tensor.is_floating_point() or not facts.is_plain(tensor):
        return 0.0
    return float(facts.std_mean(tensor.detach())[0])


def _is_unusual(tensor: Tensor, std: float) -> bool:
    """Far from what keeps a signal's size, as the layers' own start does."""
    usual = math.sqrt(2.0 / max(1, tensor[0].numel()))
    return not 0.05 * usual < std < 5 * usual


def _identical(tensor: Tensor) -> bool:
    """All rows are equal."""
    if tensor.dim() < 2 or tensor.shape[0] < 2 or tensor.numel() == 0 or not facts.is_plain(tensor):
        return False
    values = tensor.detach()
    # The second row tells nearly always.
    return bool(torch.equal(values[0], values[1])) and bool((values == values[:1]).all())


def _non_finite(gradient: Tensor) -> int:
    values = gradient.coalesce().values() if gradient.is_sparse else gradient
    return facts.non_finite(values)


def _zero_shares(gradients: Sequence[Tensor]) -> List[Optional[float]]:
    shares: List[Optional[float]] = [None] * len(gradients)
    groups: Dict[Any, List[int]] = {}
    for i, gradient in enumerate(gradients):
        if facts.is_plain(gradient) and gradient.numel() > 0:
            groups.setdefault(gradient.device, []).append(i)
    for places in groups.values():
        counts = torch.stack([torch.count_nonzero(gradients[i].detach()) for i in places]).tolist()
        for i, count in zip(places, counts):
            shares[i] = 1 - count / gradients[i].numel()
    return shares


def install(probe: "Probe") -> None:
    parameters = Parameters(probe)
    probe.parameters = parameters  # type: ignore[attr-defined]
    probe.add(parameters)
