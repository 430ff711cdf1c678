"""Walks autograd's graph: which operations are behind a value, and what they are called. Never keeps a node alive."""

from __future__ import annotations

import itertools
import re
from typing import Any, Callable, Dict, Iterable, Iterator, List, Optional, Set

from torch import Tensor

MOST_NODES = 20_000

_KEY = "pessimist"
_marks = itertools.count(1)
_names: Dict[str, str] = {}

# Nodes that change neither a value nor make one: shape, layout, type, place.
_VIEWS = frozenset((
    "view", "unsafe_view", "reshape", "reshape_alias", "alias", "squeeze", "unsqueeze", "t", "transpose", "permute", "expand", "clone", "to_copy",
    "select", "slice", "contiguous", "view_as", "as_strided", "narrow", "copy_backwards", "unflatten", "lift_fresh", "lift",
))
_PARTS = frozenset(("select", "slice", "narrow"))
_IRREGULAR = {
    "MkldnnConvolution": "convolution", "ThnnConv2D": "convolution", "SlowConv2D": "convolution", "Mm": "mm", "LogSoftmax": "log_softmax",
    "NllLoss2D": "nll_loss", "NllLossNd": "nll_loss", "CudnnConvolution": "convolution", "SafeSoftmax": "softmax",
}


def name_of(node: Any) -> str:
    """The operation's name as an operator's: ``AddmmBackward0`` is ``addmm``; a function of the program keeps its own name."""
    name = node.name()
    known = _names.get(name)
    if known is None:
        if len(_names) > 4096:
            _names.clear()
        stem = re.sub(r"Backward\d*$", "", name)
        snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", stem).lower()
        known = _names[name] = _IRREGULAR.get(stem, snake)
    return known


def is_view(node: Any, parts: bool = True) -> bool:
    """Only shape, layout, type or place change; with ``parts`` also what takes some of the elements."""
    name = name_of(node)
    return name in _VIEWS and (parts or name not in _PARTS)


def through_views(node: Any, parts: bool = True) -> Any:
    """The node behind views and casts."""
    for _ in range(64):
        if node is None or not is_view(node, parts):
            return node
        following = node.next_functions
        if not following:
            return node
        node = following[0][0]
    return node


def inputs_of(node: Any) -> List[Any]:
    """What the operation was computed from, None for each input without a gradient."""
    return [child for child, _ in node.next_functions]


def maker_of(tensor: Tensor) -> Optional[str]:
    """What made a tensor, looking through views: ``softmax``, ``linear``; None for leaves and where no gradient was recorded."""
    node = through_views(tensor.grad_fn)
    return None if node is None or is_leaf(node) else operation_of(node)


def operation_of(node: Any) -> str:
    """As ``name_of``, with the parts of a linear layer taken together."""
    name = name_of(node)
    if name in ("mm", "addmm", "addmv", "baddbmm"):
        return "matmul" if name == "mm" else "linear"
    if name == "add":
        # A product and then its bias, which is how a linear layer treats more than two axes.
        children = inputs_of(node)
        if len(children) == 2 and any(c is not None and is_leaf(c) and c.variable.dim() == 1 for c in children):
            if any(c is not None and name_of(through_views(c, parts=False)) in ("mm", "bmm") for c in children if c is None or not is_leaf(c)):
                return "linear"
    return name


def is_leaf(node: Any) -> bool:
    """It accumulates the gradient of a leaf."""
    return hasattr(node, "variable")


def mark(tensor: Tensor) -> Optional[int]:
    """Puts a number on the operation that made the tensor, by which it is found again after the tensor is gone."""
    node = tensor.grad_fn
    if node is None:
        return None
    metadata = node.metadata
    number = metadata.get(_KEY)
    if number is None:
        number = metadata[_KEY] = next(_marks)
    return number


def behind(roots: Iterable[Tensor]) -> Iterator[Any]:
    """Nodes behind values, nearest first, at most ``MOST_NODES``."""
    queue = [t.grad_fn for t in roots if t.grad_fn is not None]
    seen: Set[Any] = set(queue)
    at = 0
    while at < len(queue) and at < MOST_NODES:
        node = queue[at]
        at += 1
        yield node
        for child, _ in node.next_functions:
            if child is not None and child not in seen:
                seen.add(child)
                queue.append(child)


def find(roots: Iterable[Tensor], wanted: Dict[int, str]) -> Set[int]:
    """Which of the marks (with the name of the node that bears each) are behind the roots."""
    left = dict(wanted)
    names = set(left.values())
    found: Set[int] = set()
    if not left:
        return found
    for node in behind(roots):
        if node.name() in names:
            number = node.metadata.get(_KEY)
            if number in left:
                found.add(number)
                del left[number]
                if not left:
                    break
    return found


def reaches(root: Tensor, is_parameter: Callable[[Tensor], bool]) -> bool:
    """A gradient flows from the value to a leaf of which the condition holds. Goes down first: the nearest leaf is enough."""
    if root.grad_fn is None:
        return root.requires_grad and is_parameter(root)
    stack = [root.grad_fn]
    seen: Set[Any] = {root.grad_fn}
    while stack and len(seen) <= MOST_NODES:
        node = stack.pop()
        variable = getattr(node, "variable", None)
        if variable is not None and is_parameter(variable):
            return True
        for child, _ in node.next_functions:
            if child is not None and child not in seen:
                seen.add(child)
                stack.append(child)
    return len(seen) > MOST_NODES


def size(root: Tensor) -> int:
    """Operations behind a value, counted up to ``MOST_NODES``."""
    return sum(1 for _ in behind([root]))


def saved(node: Any, name: str) -> Optional[Tensor]:
    """A tensor that the operation keeps for its backward pass; None when it keeps none, or when it is gone."""
    try:
        value = getattr(node, "_saved_" + name, None)
    except RuntimeError:
        return None
    return value if isinstance(value, Tensor) else None


def number(node: Any, name: str) -> Optional[float]:
    """A number that the operation keeps."""
    try:
        value = getattr(node, "_saved_" + name, None)
    except RuntimeError:
        return None
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
