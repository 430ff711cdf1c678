"""What a trial measures beside the loss."""

import hashlib
import math
from typing import Any, Dict, List, Sequence, Tuple

import torch

_WATCHED_STEPS = 20
_ROUNDING = 1e-6


def digest(tensors: Sequence[Any]) -> str:
    """A hash of the contents."""
    hash_ = hashlib.sha1()
    for tensor in tensors:
        flat = tensor.detach().cpu().contiguous()
        hash_.update(str((flat.dtype, tuple(flat.shape))).encode())
        try:
            hash_.update(flat.reshape(-1).view(torch.uint8).numpy().tobytes())
        except (RuntimeError, TypeError):
            hash_.update(str(flat.tolist()).encode())
    return hash_.hexdigest()[:12]


class Measures:
    """Gradients and updates of every parameter over the first steps."""

    def __init__(self, roots: Sequence[Any]) -> None:
        named: Dict[int, Tuple[str, Any]] = {}
        for root in roots:
            for name, parameter in root.named_parameters():
                if parameter.requires_grad and parameter.is_floating_point():
                    named.setdefault(id(parameter), (name, parameter))
        self._parameters = list(named.values())
        self._gradients: List[List[float]] = [[] for _ in self._parameters]
        self._updates: List[List[float]] = [[] for _ in self._parameters]
        self._identical = [_rows_equal(p, 0) for _, p in self._parameters]
        self._before: List[Any] = []
        self._gradient = self._weight = 0.0

    def before_step(self, step: int) -> None:
        if step >= _WATCHED_STEPS:
            return
        with torch.no_grad():
            gradients = weights = 0.0
            for i, (_, parameter) in enumerate(self._parameters):
                weights += float(parameter.double().norm()) ** 2
                if parameter.grad is not None:
                    norm = float(parameter.grad.double().norm())
                    self._gradients[i].append(norm)
                    gradients += norm * norm
            self._gradient, self._weight = math.sqrt(gradients), math.sqrt(weights)
            self._before = [p.detach().clone() for _, p in self._parameters]

    def after_step(self, step: int) -> None:
        if step >= _WATCHED_STEPS or not self._before:
            return
        with torch.no_grad():
            for i, (_, parameter) in enumerate(self._parameters):
                norm = float(self._before[i].double().norm())
                self._updates[i].append(math.nan if norm == 0 else float((parameter - self._before[i]).double().norm()) / norm)

    def finish(self) -> Dict[str, Any]:
        return {
            "parameters": [
                {
                    "name": name,
                    "gradientNorms": self._gradients[i],
                    "updateRatios": self._updates[i],
                    "unitsIdentical": self._identical[i] and _rows_equal(parameter, _ROUNDING),
                    "isWeight": parameter.dim() >= 2,
                }
                for i, (name, parameter) in enumerate(self._parameters)
            ],
            "data_gradient_norm": self._gradient,
            "weight_norm": self._weight,
        }


def _rows_equal(weight: Any, tolerance: float) -> bool:
    if weight.dim() < 2 or weight.size(0) < 2:
        return False
    with torch.no_grad():
        return float((weight - weight[:1]).abs().max()) <= tolerance * float(weight.abs().max())


def first_non_finite(trial: Any) -> str:
    """Where the first NaN or infinity of the last forward pass is: the network is run once more."""
    call = trial.last_loss
    if trial.last_input is not None and _is_bad(trial.last_input):
        return "input"
    if call is not None and isinstance(call.target, torch.Tensor) and _is_bad(call.target):
        return "target"
    for root in trial.roots:
        for name, parameter in root.named_parameters():
            if _is_bad(parameter):
                return name
    if trial.last_root is not None:
        module, args, kwargs, _ = trial.last_root
        found: List[str] = []
        hooks = [
            m.register_forward_hook(lambda _m, _a, output, name=name: found.append(name) if isinstance(output, torch.Tensor) and _is_bad(output) else None)
            for name, m in module.named_modules()
        ]
        try:
            module(*args, **kwargs)
        finally:
            for hook in hooks:
                hook.remove()
        if found:
            return found[0] or "output"
    return "loss"


def _is_bad(tensor: Any) -> bool:
    return bool(tensor.is_floating_point() and not torch.isfinite(tensor).all())
