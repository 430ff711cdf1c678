"""Losses written out by hand, recognized from autograd's graph: ``((out - y) ** 2).mean()`` is a mean squared error."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, List, Optional

import torch
from torch import Tensor

from . import graph
from .facts import aside

_MOST_TERMS = 32
_MOST_PENALTY = 4096
_SHIFTS = frozenset(("add", "clamp", "clamp_min", "clamp_max", "sub", "maximum"))
_PENALTY = frozenset((
    "sum", "mean", "pow", "abs", "norm", "linalg_vector_norm", "frobenius_norm", "mul", "add", "div", "sqrt", "stack", "cat", "square", "dot", "maximum", "max",
))
_NORMALIZERS = frozenset(("softmax", "log_softmax"))


@dataclass(frozen=True)
class Formula:
    """What a value turned out to be."""

    kind: str = "custom"
    reduction: str = "none"

    # The node that made the prediction, and, where only a combination of both is known, the node that made that.
    prediction: Any = None
    difference: Any = None

    # Tensors, as far as autograd keeps them for the backward pass.
    target: Optional[Tensor] = None
    shape: Optional[List[int]] = None

    # Value of this part, where it is not all that is minimized.
    value: Optional[float] = None
    has_penalty: bool = False


CUSTOM = Formula()


def of(root: Tensor, reads_saved: bool = True) -> Formula:
    """The formula of what a backward pass starts from; ``custom`` when it is none of the known ones.

    ``reads_saved``: what autograd keeps may be looked at, which it must not be where the program has hooks for that.
    """
    if root.grad_fn is None:
        return CUSTOM
    node = graph.through_views(root.grad_fn, parts=False)
    terms = _terms(node)
    if len(terms) == 1:
        return _term(node, reads_saved)
    if len(terms) > _MOST_TERMS:
        return CUSTOM
    losses = [t for t in terms if not _is_penalty(t)]
    if len(losses) != 1 or len(losses) == len(terms):
        return CUSTOM
    formula = _term(losses[0], reads_saved)
    # Without a value of its own it would be taken for all that is minimized.
    return replace(formula, has_penalty=True) if formula.kind != "custom" and formula.value is not None else CUSTOM


def _terms(node: Any) -> List[Any]:
    """Parts of a sum; the sum itself when it is none."""
    open_, terms = [node], []
    while open_ and len(terms) <= _MOST_TERMS:
        part = graph.through_views(open_.pop(), parts=False)
        children = [c for c in graph.inputs_of(part)] if graph.name_of(part) == "add" else []
        if len(children) == 2 and all(c is not None for c in children):
            open_.extend(children)
        elif len(children) == 2 and any(c is not None for c in children):
            open_.append(children[0] if children[0] is not None else children[1])
        else:
            terms.append(part)
    return terms


def _is_penalty(node: Any) -> bool:
    """Computed from leaves alone, by what penalties are made of."""
    stack, seen = [node], {node}
    while stack:
        part = stack.pop()
        if graph.is_leaf(part):
            continue
        if len(seen) > _MOST_PENALTY or not (graph.name_of(part) in _PENALTY or graph.is_view(part)):
            return False
        for child in graph.inputs_of(part):
            if child is not None and child not in seen:
                seen.add(child)
                stack.append(child)
    return True


def _only(node: Any) -> Any:
    """The one input with a gradient; None when there are several."""
    children = [c for c in graph.inputs_of(node) if c is not None]
    return graph.through_views(children[0], parts=False) if len(children) == 1 else None


def _term(node: Any, reads_saved: bool) -> Formula:
    negative, scaled, reduction, summed = False, False, "none", False
    while node is not None:
        name = graph.name_of(node)
        children = graph.inputs_of(node)
        if name == "neg":
            negative, node = not negative, _only(node)
        elif name == "mean":
            reduction, node = "mean", _only(node)
        elif name == "sum":
            # The classes are summed before the examples are averaged, or all are.
            reduction, summed, node = reduction if reduction != "none" else "sum", True, _only(node)
        elif name == "div" and len(children) > 1 and children[1] is None and children[0] is not None:
            scaled, node = True, _only(node)
            if reduction == "none" and node is not None and graph.name_of(node) == "sum":
                reduction = "mean"
        elif name == "mul" and any(c is None for c in children) and _is_scalar_product(node, reads_saved):
            factor = _factor(node, reads_saved)
            negative = negative != (factor is not None and factor < 0)
            scaled = scaled or factor is None or abs(factor) != 1
            node = _only(node)
        else:
            break
    if node is None or graph.is_leaf(node):
        return replace(CUSTOM, reduction=reduction)
    found = _negative(node, reads_saved) if negative else _difference(node, reads_saved)
    if found is None:
        return replace(CUSTOM, reduction=reduction)
    # Half of the squares, or a sum over some axes only, has another value than the loss has by definition.
    return replace(found, reduction=reduction, value=None if scaled or summed else found.value)


def _is_scalar_product(node: Any, reads_saved: bool) -> bool:
    """One of the factors is a single number."""
    if not reads_saved:
        return False
    for name in ("other", "self"):
        value = graph.saved(node, name)
        if value is not None:
            return value.dim() == 0
        if graph.number(node, name) is not None:
            return True
    return True


def _factor(node: Any, reads_saved: bool) -> Optional[float]:
    if not reads_saved:
        return None
    for name in ("other", "self"):
        value = graph.saved(node, name)
        if value is not None and value.dim() == 0 and value.device.type == "cpu":
            return float(value.detach())
        kept = graph.number(node, name)
        if kept is not None:
            return kept
    return None


def _difference(node: Any, reads_saved: bool) -> Optional[Formula]:
    """Squared or absolute difference of a prediction and a target."""
    name = graph.name_of(node)
    children = graph.inputs_of(node)
    if name == "pow":
        if graph.number(node, "exponent") != 2:
            return None
        kind = "mse"
    elif name == "square":
        kind = "mse"
    elif name == "mul" and len(children) == 2 and children[0] is not None and children[0] is children[1]:
        kind = "mse"
    elif name == "abs":
        kind = "l1"
    else:
        return None
    inner = graph.through_views(children[0], parts=False)
    if inner is None or graph.name_of(inner) not in ("sub", "rsub"):
        return None
    sides = graph.inputs_of(inner)
    # Exactly one side carries a gradient: the prediction.
    if len([s for s in sides if s is not None]) != 1:
        return None
    value = None
    kept = graph.saved(node, "self") if reads_saved else None
    if kept is not None and kept.is_floating_point():
        with aside():
            d = kept.detach().double()
            value = float((d * d).mean() if kind == "mse" else d.abs().mean())
    prediction = next(s for s in sides if s is not None)
    return Formula(kind, prediction=prediction, difference=inner, value=value)


def _negative(node: Any, reads_saved: bool) -> Optional[Formula]:
    """The negative of picked or weighted log-probabilities, or of both logarithms of a binary probability."""
    name = graph.name_of(node)
    if name in ("gather", "index", "take", "take_along_dim"):
        source = _logarithm(_only(node))
        return None if source is None else _cross_entropy(source, _picked(node, reads_saved), reads_saved, node)
    if name == "log":
        # The probability of the right class is picked before the logarithm.
        inner = _through_shifts(_only(node))
        if inner is not None and graph.name_of(inner) in ("gather", "index", "take"):
            source = _through_shifts(_only(inner))
            if source is not None and graph.name_of(source) == "softmax":
                return _cross_entropy(source, _picked(inner, reads_saved), reads_saved, None)
        return None
    if name == "mul":
        source = _logarithm(_only(node))
        target = (graph.saved(node, "other") if graph.inputs_of(node)[0] is not None else graph.saved(node, "self")) if reads_saved else None
        return None if source is None else _cross_entropy(source, target, reads_saved, None)
    if name == "add":
        return _binary(node, reads_saved)
    return None


def _logarithm(node: Any) -> Any:
    """A log-softmax, or the softmax behind a logarithm."""
    if node is None:
        return None
    if graph.name_of(node) == "log_softmax":
        return node
    if graph.name_of(node) != "log":
        return None
    inner = _through_shifts(_only(node))
    return inner if inner is not None and graph.name_of(inner) == "softmax" else None


def _through_shifts(node: Any) -> Any:
    """Behind an epsilon or a clamp."""
    for _ in range(8):
        if node is None or graph.name_of(node) not in _SHIFTS:
            return node
        node = _only(node)
    return node


def _cross_entropy(normalizer: Any, target: Optional[Tensor], reads_saved: bool, picked: Any) -> Formula:
    if not _is_over_classes(normalizer, reads_saved):
        return CUSTOM
    result = graph.saved(normalizer, "result") if reads_saved else None
    scores = graph.inputs_of(normalizer)[0]
    return Formula("cross-entropy", prediction=scores, target=target, shape=None if result is None else list(result.shape))


def _is_over_classes(normalizer: Any, reads_saved: bool) -> bool:
    """Not over the examples of the batch, which makes another loss of it."""
    dimension = getattr(normalizer, "_saved_dim", None) if reads_saved else None
    # A negative one is kept as an unsigned number.
    return not isinstance(dimension, int) or dimension != 0


def _picked(node: Any, reads_saved: bool) -> Optional[Tensor]:
    """The class ids by which elements are picked."""
    if not reads_saved:
        return None
    index = graph.saved(node, "index")
    if index is None:
        try:
            indices = getattr(node, "_saved_indices", None)
        except RuntimeError:
            return None
        given = [i for i in indices or () if isinstance(i, Tensor)]
        index = given[-1] if given else None
    if index is not None and index.dim() == 2 and index.shape[1] == 1:
        with aside():
            return index.squeeze(1)
    return index


def _binary(node: Any, reads_saved: bool) -> Optional[Formula]:
    """``y * log(p) + (1 - y) * log(1 - p)``."""
    sources = []
    target = None
    shape = None
    for child in graph.inputs_of(node):
        product = graph.through_views(child, parts=False)
        if product is None or graph.name_of(product) != "mul":
            return None
        log = _only(product)
        if log is None or graph.name_of(log) not in ("log", "log1p"):
            return None
        inner = _only(log)
        complement = False
        for _ in range(8):
            name = "" if inner is None else graph.name_of(inner)
            if name in ("rsub", "neg"):
                complement = True
            elif name not in _SHIFTS:
                break
            inner = _only(inner)
        if inner is None:
            return None
        sources.append((inner, complement))
        logged = graph.saved(log, "self") if reads_saved else None
        if logged is not None:
            shape = list(logged.shape)
        if not complement and reads_saved:
            target = graph.saved(product, "other" if graph.inputs_of(product)[0] is not None else "self")
    if len(sources) != 2 or sources[0][0] is not sources[1][0] or sources[0][1] == sources[1][1]:
        return None
    return Formula("bce", prediction=sources[0][0], target=target, shape=shape)


def is_real(value: Tensor) -> bool:
    """A value that a backward pass can start from."""
    return isinstance(value, Tensor) and value.dtype in (torch.float32, torch.float64, torch.float16, torch.bfloat16)
