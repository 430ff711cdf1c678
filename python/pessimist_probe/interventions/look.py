"""What a program's first step shows: its settings, and what looks wrong in it. None of it is a finding: undoing decides."""

import math
import os
from typing import Any, Dict, List, Optional, Tuple

import torch
from torch import nn

from .plain_loss import differs
from .reference_loop import fits

_RAW = 5.0
_UNUSUAL_SPREAD = 5.0
_FLOORED = ("cross-entropy", "nll", "bce", "bce-with-logits", "mse")


def look(trial: Any, optimizer: Any) -> Dict[str, Any]:
    call = trial.last_loss
    groups = optimizer.param_groups if optimizer is not None else []
    nothing, words, classification = _know_nothing(call)
    return {
        "optimizer": type(optimizer).__name__ if optimizer is not None else "by hand",
        "learning_rate": float(groups[0]["lr"]) if groups and "lr" in groups[0] else None,
        "weight_decay": max((float(g.get("weight_decay", 0)) for g in groups), default=None),
        "dropout": _dropout(trial.roots),
        "batch_norm": any(isinstance(m, nn.modules.batchnorm._BatchNorm) for r in trial.roots for m in r.modules()),
        "initialization": _unusual_start(trial.roots),
        "raw_inputs": _raw(trial.last_input),
        "loss": call.kind if call is not None else "custom",
        "know_nothing": nothing,
        "know_nothing_as": words,
        "floor": _floor(call),
        "classification": classification,
        "batch_size": _batch_size(trial),
        "output_scale": _rms(call.input) if call is not None else None,
        "input_mean": float(trial.last_input.double().mean()) if _is_numbers(trial.last_input) else None,
        "input_std": float(trial.last_input.double().std()) if _is_numbers(trial.last_input) and trial.last_input.numel() > 1 else None,
        "precision": str(next((p.dtype for p in trial.parameters() if p.is_floating_point()), "float32")).replace("torch.", ""),
        "optimizers": len(trial.optimizers),
        "plain_loop": fits(trial),
        "world_size": _world_size(),
    }


def _world_size() -> int:
    """Of a launcher, or of a program that starts its own ranks."""
    try:
        if torch.distributed.is_available() and torch.distributed.is_initialized():
            return int(torch.distributed.get_world_size())
        return int(os.environ.get("WORLD_SIZE", "1"))
    except (AttributeError, ValueError, RuntimeError):
        return 1


def suspect(trial: Any) -> List[Dict[str, Any]]:
    """After the second step: before it nobody knows whether gradients are cleared."""
    found: List[Dict[str, Any]] = []

    def add(cause: str, undo: Dict[str, Any], words: str, at: Any) -> None:
        found.append({"cause": cause, "undo": undo, "as": words, "site": at})

    call = trial.last_loss
    step = trial.first.get("step")
    if trial.optimizers and "before step: yes" in trial.zeroed:
        add("gradients-not-zeroed", {"kind": "zero-gradients"}, "zero_grad between backward and step", trial.first.get("zero") or step)
    elif trial.optimizers and "before backward: no" in trial.zeroed:
        add("gradients-not-zeroed", {"kind": "zero-gradients"}, "gradients that are never cleared", step)
    if call is not None:
        maker = trial.operations.maker_of(call.input)
        cause = _cause(call.kind, maker.name) if maker is not None else None
        if maker is not None and cause is not None:
            add(cause, _bypass(maker), "a %s before the loss" % maker.name, maker.site)
        if call.kind in ("mse", "l1", "smooth-l1", "huber") and differs(call.input, call.target):
            add("broadcast-loss", {"kind": "plain-loss"}, "%s against %s" % (list(call.input.shape), list(call.target.shape)), call.site)
    for made in trial.operations.calls:
        if made.name in ("softmax", "log_softmax") and made.dim == 0 and made.input.dim() == 2 and made.input.size(0) != made.input.size(1) > 1:
            undo = {**_bypass(made), "kind": "dimension", "dimension": 1}
            add("softmax-over-wrong-dimension", undo, "a %s over the batch" % made.name, made.site)
            break
    if trial.optimizers:
        held = {id(p) for o in trial.optimizers for g in o.param_groups for p in g["params"]}
        own = {id(p): (n, p) for r in trial.roots for n, p in r.named_parameters()}
        missing = [n for i, (n, p) in own.items() if p.requires_grad and i not in held]
        frozen = [n for n, p in own.values() if not p.requires_grad]
        if missing:
            add("unoptimized-parameters", {"kind": "optimize-all"}, "%s in no optimizer" % _some(missing), step)
        if frozen and len(frozen) < len(own):
            add("frozen-parameters", {"kind": "unfreeze"}, "%s frozen" % _some(frozen), step)
        idle = [p for _, p in own.values() if p.requires_grad and p.grad is None]
        cut = next((c for c in trial.operations.calls if c.name == "detach"), None)
        if idle and cut is not None:
            add("detached-graph", _bypass(cut), "a detach on the way to the loss", cut.site)
    moded = [m for r in trial.roots for m in r.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm) or isinstance(m, nn.Dropout) and m.p > 0]
    if moded and not any(m.training for m in moded):
        add("training-in-eval-mode", {"kind": "training-mode"}, "batch norm and dropout as in evaluation", trial.first.get("backward"))
    return found


def _cause(loss: str, maker: str) -> Optional[str]:
    if maker in ("detach", "log_softmax") or loss in ("nll", "kl-div") or (loss, maker) == ("bce", "sigmoid"):
        return None
    if (loss, maker) == ("cross-entropy", "softmax"):
        return "softmax-before-cross-entropy"
    if (loss, maker) == ("bce-with-logits", "sigmoid"):
        return "sigmoid-before-bce-with-logits"
    return "activation-on-output"


def _bypass(call: Any) -> Dict[str, Any]:
    at = call.site or {}
    words = call.name if not at else "%s (%s:%s)" % (call.name, str(at.get("file", "")).rsplit("/", 1)[-1], at.get("line"))
    return {"kind": "bypass-operation", "index": 0, "operation": words, "site": call.site}


def _some(names: List[str]) -> str:
    return ", ".join(names[:4]) + (" and %d more" % (len(names) - 4) if len(names) > 4 else "")


def _know_nothing(call: Any) -> Tuple[float, str, bool]:
    """The loss of a network that knows nothing, in words, and whether there are classes."""
    if call is None or not isinstance(call.target, torch.Tensor):
        return 0.0, "", False
    if call.kind in ("cross-entropy", "nll") and call.input.dim() >= 2 and call.settings.get("weight") is None:
        return math.log(call.input.size(1)), "ln %d" % call.input.size(1), True
    if call.kind in ("bce", "bce-with-logits") and call.settings.get("weight") is None and call.settings.get("pos_weight") is None:
        return math.log(2), "ln 2", True
    if call.kind == "mse" and call.target.numel() > 1:
        return float(call.target.double().var(unbiased=False)), "the variance of the targets", False
    return 0.0, "", call.kind in ("cross-entropy", "nll", "bce", "bce-with-logits")


def _floor(call: Any) -> Optional[float]:
    """The lowest mean loss: above 0 where labels are smoothed or soft. None where nobody knows."""
    if call is None or call.kind not in _FLOORED:
        return None
    target = call.target
    with torch.no_grad():
        if call.kind in ("cross-entropy", "nll") and target.is_floating_point():
            p = target.double().clamp_min(1e-12)
            return float(-(target.double() * p.log()).sum() / max(target.numel() // target.size(1), 1)) if target.dim() > 1 else None
        smoothing = float(call.settings.get("label_smoothing") or 0)
        if call.kind == "cross-entropy" and smoothing > 0:
            k = call.input.size(1)
            on, off = 1 - smoothing + smoothing / k, smoothing / k
            return -(on * math.log(on) + (k - 1) * off * math.log(off))
        if call.kind in ("bce", "bce-with-logits") and target.is_floating_point():
            p = target.double().clamp(1e-12, 1 - 1e-12)
            return float(-(p * p.log() + (1 - p) * (1 - p).log()).mean())
    return 0.0


def _dropout(roots: List[Any]) -> float:
    rates = [float(m.p) for r in roots for m in r.modules() if isinstance(m, nn.modules.dropout._DropoutNd) and m.training]
    rates += [float(m.dropout) for r in roots for m in r.modules() if isinstance(m, (nn.RNNBase, nn.MultiheadAttention)) and m.training and isinstance(m.dropout, float)]
    return max(rates, default=0.0)


def _unusual_start(roots: List[Any]) -> Optional[str]:
    """Spread of the weights far from the default, or none; None when the start is usual."""
    for root in roots:
        for name, weight in root.named_parameters():
            if not weight.requires_grad or weight.dim() < 2 or weight.numel() < 16 or not weight.is_floating_point():
                continue
            fan_in = weight[0].numel()
            std = float(weight.detach().double().std())
            usual = 1 / math.sqrt(3.0 * fan_in)
            # A last layer, an embedding or a branch that starts small is common.
            if std > _UNUSUAL_SPREAD * usual and std > 1 and not _is_embedding(root, name) or std == 0:
                return "with weights of standard deviation %.4g in %s (the default gives %.4g)" % (std, name, usual)
    return None


def _is_embedding(root: Any, name: str) -> bool:
    owner = root
    for part in name.split(".")[:-1]:
        owner = getattr(owner, part, None)
    return isinstance(owner, (nn.Embedding, nn.EmbeddingBag))


def _is_numbers(x: Any) -> bool:
    return isinstance(x, torch.Tensor) and x.is_floating_point() and x.numel() > 0


def _raw(x: Any) -> Optional[bool]:
    if not _is_numbers(x) or x.dim() < 2:
        return None
    mean, std = float(x.double().mean()), float(x.double().std())
    return abs(mean) > _RAW or std > _RAW or std < 0.01 and abs(mean) < 0.1


def _rms(x: Any) -> Optional[float]:
    return float(x.detach().double().square().mean().sqrt()) if _is_numbers(x) else None


def _batch_size(trial: Any) -> int:
    call = trial.last_loss
    if call is not None and call.input.dim() > 0:
        return int(call.input.size(0))
    return int(trial.last_input.size(0)) if trial.last_input is not None and trial.last_input.dim() > 0 else 0
