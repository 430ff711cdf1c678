"""What calls of torch are called in the records: the operator's name, the axis it works along, the numbers it was given."""

from __future__ import annotations

import inspect
import math
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

import torch
import torch.overrides
from torch import Tensor

from .facts import aside, is_plain

_MOST_TENSORS = 64
_MOST_WRAPPED = 1 << 20

# What Python writes for an operator.
_DUNDERS = {
    "__rsub__": "rsub", "__rdiv__": "reciprocal", "__rtruediv__": "reciprocal", "__truediv__": "div", "__div__": "div", "__idiv__": "div",
    "__itruediv__": "div", "__floordiv__": "floor_divide", "__rfloordiv__": "floor_divide", "__ifloordiv__": "floor_divide", "__matmul__": "matmul",
    "__rmatmul__": "matmul", "__imatmul__": "matmul", "__radd__": "add", "__rmul__": "mul", "__mod__": "remainder", "__imod__": "remainder",
    "__rmod__": "remainder", "__ipow__": "pow", "__invert__": "bitwise_not", "__and__": "bitwise_and", "__or__": "bitwise_or",
    "__xor__": "bitwise_xor", "__reversed__": "flip", "__array__": "numpy", "__float__": "item", "__int__": "item", "__bool__": "item",
    "__index__": "item", "__complex__": "item", "__format__": "item", "__contains__": "eq",
}
_IN_PLACE_DUNDERS = frozenset(("__iadd__", "__isub__", "__imul__", "__idiv__", "__itruediv__", "__ifloordiv__", "__imod__", "__ipow__", "__iand__", "__ior__"))
_READS = frozenset(("item", "tolist", "numpy", "equal", "allclose"))
_IGNORED = frozenset((
    "__repr__", "__str__", "__len__", "__hash__", "__dir__", "__deepcopy__", "__reduce_ex__", "__setstate__", "__iter__", "size", "dim", "numel", "nelement", "ndimension",
    "stride", "storage", "untyped_storage", "storage_offset", "storage_type", "data_ptr", "element_size", "get_device", "is_contiguous",
    "is_floating_point", "is_complex", "is_signed", "is_same_size", "is_pinned", "is_set_to", "is_shared", "requires_grad_", "retain_grad",
    "register_hook", "backward", "has_names", "is_tensor", "is_nonzero", "is_conj", "is_neg", "is_inference", "_record_function_enter",
    "_record_function_enter_new", "_record_function_exit", "result_type", "can_cast", "is_distributed", "_is_view", "_version", "share_memory_", "set_",
    "_has_compatible_shallow_copy_type", "_is_zerotensor", "type_as_name", "broadcast_shapes", "get_default_dtype", "empty", "empty_like", "new_empty", "empty_strided", "manual_seed", "_make_subclass",
))
_PROPERTIES = {"data": "detach", "T": "numpy_t", "mT": "numpy_t", "H": "numpy_t", "mH": "numpy_t"}
_RENAMED = {"cross_entropy": "cross_entropy_loss", "nll_loss_nd": "nll_loss", "absolute": "abs", "negative": "neg", "concat": "cat", "concatenate": "cat", "divide": "div", "multiply": "mul", "subtract": "sub", "true_divide": "div", "_pack_padded_sequence": "pack_padded_sequence"}

# Arguments that say nothing about the values.
_SILENT = frozenset((
    "dim", "dim0", "dim1", "axis", "dtype", "layout", "device", "pin_memory", "non_blocking", "copy", "memory_format", "keepdim", "cudnn_enabled", "implicit",
    "out", "inplace", "_stacklevel", "size_average", "reduce", "generator", "requires_grad", "size", "shape", "sparse", "keepdims",
))
_RENAMED_ARGUMENTS = {"other": "scalar", "value": "scalar", "training": "train", "negative_slope": "slope"}

# Where testing signatures leave an argument out.
_SIGNATURES: Dict[str, Tuple[Tuple[str, Any], ...]] = {
    name: tuple(arguments)
    for names, arguments in (
        (("max", "min", "argmax", "argmin", "any", "all", "sum", "mean", "prod", "std", "var", "norm_", "logsumexp", "median", "amax", "amin", "nansum", "std_mean", "var_mean", "count_nonzero"), (("input", None), ("dim", None), ("keepdim", None))),
        (("add", "sub"), (("input", None), ("other", None), ("alpha", None))),
        (("softmax", "log_softmax"), (("input", None), ("dim", None), ("dtype", None))),
        (("cumsum", "cumprod", "sort", "unsqueeze", "argsort"), (("input", None), ("dim", None))),
        (("topk",), (("input", None), ("k", None), ("dim", -1))),
    )
    for name in names
}
_LSTM = ("input", "hx", "params", "has_biases", "num_layers", "dropout", "train", "bidirectional", "batch_first")
_RECURRENT = frozenset(("lstm", "gru", "rnn_tanh", "rnn_relu"))


class Plan(NamedTuple):
    """What is known of a function before it is called."""

    name: str
    in_place: bool
    arguments: Tuple[Tuple[str, Any], ...]
    reads: bool
    property: bool


_plans: Dict[Any, Optional[Plan]] = {}
_testing: Optional[Dict[Any, Callable[..., Any]]] = None


def plan_of(func: Any) -> Optional[Plan]:
    """How calls of a function are recorded; None for those that are no operations."""
    name = getattr(func, "__name__", "")
    if name == "__get__" or name == "__set__":
        known = _PROPERTIES.get(getattr(getattr(func, "__self__", None), "__name__", "")) if name == "__get__" else None
        return None if known is None else Plan(known, False, (), False, True)
    try:
        return _plans[func]
    except KeyError:
        pass
    except TypeError:
        return None
    plan = _plans[func] = _plan(func, name)
    return plan


def _plan(func: Any, name: str) -> Optional[Plan]:
    if not name or name in _IGNORED:
        return None
    in_place = name in _IN_PLACE_DUNDERS or name.endswith("_") and not name.endswith("__")
    stem = _DUNDERS.get(name)
    if stem is None:
        stem = name[:-1] if in_place and not name.startswith("__") else name
        if stem.startswith("__") and stem.endswith("__"):
            stem = stem[3:-2] if name in _IN_PLACE_DUNDERS else stem[2:-2]
    stem = _RENAMED.get(stem, stem)
    return Plan(stem, in_place, _arguments_of(func, stem), stem in _READS, False)


def _arguments_of(func: Any, stem: str) -> Tuple[Tuple[str, Any], ...]:
    global _testing
    if inspect.isfunction(func):
        return _signature(func)
    if stem in _RECURRENT:
        return tuple((n, None) for n in _LSTM)
    known = _SIGNATURES.get(stem)
    if known is not None:
        return known
    if _testing is None:
        _testing = torch.overrides.get_testing_overrides()
    like = _testing.get(func)
    if like is None:
        like = _testing.get(getattr(torch, stem, None)) if stem else None
    return () if like is None else _signature(like)


def _signature(func: Callable[..., Any]) -> Tuple[Tuple[str, Any], ...]:
    try:
        parameters = inspect.signature(func).parameters.values()
    except (TypeError, ValueError):
        return ()
    return tuple(
        (p.name, None if p.default is inspect.Parameter.empty else p.default)
        for p in parameters
        if p.kind in (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    )


def bind(plan: Plan, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Dict[str, Any]:
    """Arguments by name, defaults where none was given."""
    bound = {name: default for name, default in plan.arguments[len(args):]}
    for (name, _), value in zip(plan.arguments, args):
        bound[name] = value
    bound.update(kwargs)
    return bound


def tensors_in(args: Sequence[Any], kwargs: Mapping[str, Any]) -> List[Tensor]:
    """Tensors among arguments, in lists and tuples too, in order."""
    found: List[Tensor] = []
    _collect(args, found, 0)
    for name, value in kwargs.items():
        if name != "out":
            _collect((value,), found, 0)
    return found


def outputs_in(result: Any) -> List[Tensor]:
    """Tensors in a result."""
    found: List[Tensor] = []
    _collect((result,), found, 0)
    return found


def _collect(values: Any, found: List[Tensor], depth: int) -> None:
    for value in values:
        if isinstance(value, Tensor):
            if len(found) < _MOST_TENSORS:
                found.append(value)
        elif isinstance(value, (list, tuple)) and depth < 3 and len(value) <= 4096:
            _collect(value, found, depth + 1)


def dimension_of(plan: Plan, bound: Mapping[str, Any], inputs: Sequence[Tensor]) -> Optional[int]:
    """The axis that the operation works along, counted from the front; None for none, several or all."""
    dimension = bound.get("dim")
    if dimension is None:
        dimension = bound.get("axis")
    if isinstance(dimension, (list, tuple)):
        if len(dimension) != 1:
            return None
        dimension = dimension[0]
    if not inputs:
        return None
    rank = inputs[0].dim()
    if dimension is None and plan.name in ("softmax", "log_softmax", "softmin"):
        # What torch takes where the program does not say.
        return 0 if rank in (0, 1, 3) else 1
    if isinstance(dimension, bool) or not isinstance(dimension, int):
        return None
    if plan.name in ("unsqueeze", "stack"):
        rank += 1
    return dimension + rank if dimension < 0 else dimension


def settings_of(bound: Mapping[str, Any]) -> Dict[str, float]:
    """Numbers and flags that were given."""
    settings: Dict[str, float] = {}
    for name, value in bound.items():
        if name in _SILENT:
            continue
        if isinstance(value, (bool, int, float)):
            settings[_RENAMED_ARGUMENTS.get(name, name)] = float(value) if isinstance(value, float) or abs(value) > 1 << 53 else int(value)
    return settings


def index_name(index: Any) -> str:
    """What ``tensor[index]`` is."""
    parts = index if isinstance(index, tuple) else (index,)
    if any(isinstance(p, (Tensor, list, range)) or hasattr(p, "__array__") and getattr(p, "ndim", 0) > 0 for p in parts):
        return "index"
    whole = [p for p in parts if not (p is Ellipsis or isinstance(p, slice) and p == slice(None))]
    if whole and all(p is None for p in whole):
        return "unsqueeze"
    if len(whole) == 1 and isinstance(whole[0], int):
        return "select"
    return "slice" if whole else "alias"


_RANGES = {torch.uint8: (0, 255), torch.int8: (-128, 127), torch.int16: (-32768, 32767), torch.int32: (-(1 << 31), (1 << 31) - 1)}


def wrapped(plan: Plan, inputs: Sequence[Tensor], settings: Mapping[str, float], outputs: Sequence[Tensor]) -> Optional[float]:
    """Share of elements of an arithmetic on whole numbers whose exact result does not fit the type; None for what is no such arithmetic."""
    if len(outputs) != 1 or plan.in_place or not 0 < len(inputs) <= 2 or not 0 < outputs[0].numel() <= _MOST_WRAPPED:
        return None
    limits = _RANGES.get(outputs[0].dtype)
    if limits is None or not all(is_plain(t) for t in inputs):
        return None
    name = plan.name
    if name not in ("add", "sub", "rsub", "mul", "neg", "square", "pow", "to", "type", "byte", "char", "short", "int"):
        return None
    casts = name in ("to", "type", "byte", "char", "short", "int")
    with aside():
        a = inputs[0].detach().double()
        alpha = settings.get("alpha", 1)
        b: Any
        if len(inputs) == 2:
            b = inputs[1].detach().double()
        elif name in ("add", "sub", "rsub", "mul"):
            b = settings.get("scalar")
        else:
            b = settings.get("exponent")
        if b is None and not casts and name not in ("neg", "square"):
            return None
        if name == "add":
            exact = a + b * alpha
        elif name == "sub":
            exact = a - b * alpha
        elif name == "rsub":
            exact = b - a * alpha
        elif name == "mul":
            exact = a * b
        elif name == "neg":
            exact = -a
        elif name == "pow":
            exact = a.pow(b)
        elif name == "square":
            exact = a * a
        else:
            exact = a.trunc()
        fits = (exact >= limits[0]) & (exact <= limits[1])
        share = 1 - float(fits.sum()) / exact.numel()
    return share if math.isfinite(share) else None
