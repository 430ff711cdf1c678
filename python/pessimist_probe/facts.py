"""What tensors look like: shapes, moments, hashes, probabilities. Pure functions, which compute on the tensor's own device and copy once."""

from __future__ import annotations

import ctypes
import hashlib
import math
from typing import Any, Dict, List, Optional, Sequence, Tuple

import torch
from torch import Tensor

Facts = Dict[str, Any]

# Elements above which statistics are not worth a copy.
MOST_ELEMENTS = 1 << 24
MOST_PREDICTIONS = 1 << 22
MOST_EXAMPLES = 256
MOST_CHANNELS = 256
MOST_LABELS = 1 << 22
MOST_CLASSES = 10_000

# Elements up to which plain Python is faster than kernels.
_FEW = 48
_TOLERANCE = 1e-3
_MOST_HASHED = 1 << 20
MOST_MATCHED = 1 << 20

_NAMES = {dtype: str(dtype)[len("torch."):] for dtype in vars(torch).values() if isinstance(dtype, torch.dtype)}
_INTEGERS = frozenset((torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.bool))
# Inside of vmap and the like a tensor stands for many.
_is_transformed = getattr(getattr(torch._C, "_functorch", None), "is_functorch_wrapped_tensor", None)
_DisableTorchFunction = torch._C.DisableTorchFunction


class aside:  # noqa: N801
    """Computations of the probe's own: no graph, and no subclass of tensors sees them."""

    __slots__ = ("_grad", "_disabled")

    def __enter__(self) -> None:
        self._disabled = _DisableTorchFunction()
        self._disabled.__enter__()
        self._grad = torch.is_grad_enabled()
        torch._C._set_grad_enabled(False)

    def __exit__(self, *error: Any) -> None:
        torch._C._set_grad_enabled(self._grad)
        self._disabled.__exit__(*error)


def dtype_name(dtype: torch.dtype) -> str:
    """PyTorch's name without the package, e.g. ``float32``."""
    return _NAMES.get(dtype) or str(dtype).rpartition(".")[2]


def device_name(device: torch.device) -> Optional[str]:
    """None for the processor, else e.g. ``cuda:0``."""
    return None if device.type == "cpu" else str(device)


def is_plain(tensor: Tensor) -> bool:
    """Its elements lie in memory and are real numbers."""
    return (
        tensor.layout == torch.strided
        and tensor.device.type != "meta"
        and not tensor.is_complex()
        and not tensor.is_quantized
        and not getattr(tensor, "is_nested", False)
        and not (_is_transformed is not None and _is_transformed(tensor))
    )


def node_of(tensor: Tensor) -> Any:
    """Its node in autograd's graph; None for a leaf, and where autograd refuses to tell (a view made without gradients whose base was changed since)."""
    try:
        return tensor.grad_fn
    except RuntimeError:
        return None


def is_leaf(tensor: Tensor) -> bool:
    """No operation made it; false where autograd refuses to tell."""
    try:
        return tensor.is_leaf
    except RuntimeError:
        return False


def tensor_facts(
    tensor: Tensor, statistics: bool = False, role: Optional[str] = None, id: Optional[int] = None, hash: bool = False
) -> Facts:
    """A ``TensorFacts`` as it goes over the wire: shape and type, and with ``statistics`` what one look at the values tells."""
    facts: Facts = {"shape": list(tensor.shape), "dType": dtype_name(tensor.dtype)}
    device = device_name(tensor.device)
    if device is not None:
        facts["device"] = device
    if id is not None:
        facts["id"] = id
    if tensor.requires_grad:
        facts["requiresGrad"] = True
        facts["leaf"] = is_leaf(tensor)
    if role is not None:
        facts["role"] = role
    if statistics:
        facts.update(moments(tensor))
    if hash:
        digest = content_hash(tensor)
        if digest is not None:
            facts["hash"] = digest
    return facts


def moments(tensor: Tensor) -> Facts:
    """Minimum, maximum, mean, population standard deviation (of finite elements), and counts; empty where there is nothing to measure."""
    count = tensor.numel()
    if count == 0 or count > MOST_ELEMENTS or not is_plain(tensor):
        return {}
    with aside():
        values = tensor.detach()
        if count <= _FEW and values.device.type == "cpu":
            return _moments_of([float(v) for v in values.reshape(-1).tolist()])
        if values.dtype != torch.float64:
            values = values.double() if count <= 1 << 20 or values.dtype in _INTEGERS else values.float()
        low, high = torch.aminmax(values)
        whole = (values == values.floor()).sum()
        std, mean = std_mean(values)
        numbers = torch.stack((low.double(), high.double(), mean.double(), std.double(), torch.count_nonzero(values).double(), whole.double())).tolist()
        if math.isfinite(numbers[0]) and math.isfinite(numbers[1]) and math.isfinite(numbers[2]) and math.isfinite(numbers[3]):
            return {
                "min": numbers[0],
                "max": numbers[1],
                "mean": numbers[2],
                "std": numbers[3],
                "nonFinite": 0,
                "zeros": 1 - numbers[4] / count,
                "whole": numbers[5] / count,
            }
        return _moments_of_finite(values.double())


def std_mean(values: Tensor) -> Tuple[Tensor, Tensor]:
    """Population standard deviation and mean in float64, in two passes: several times as fast as torch's own, which takes one."""
    values = values.reshape(-1).double()
    # Around the first value: what is constant has no deviation at all, and a large mean does not eat it.
    differences = values - values[0]
    mean = differences.mean()
    differences -= mean
    return (torch.dot(differences, differences) / values.numel()).sqrt(), values[0] + mean


def _moments_of(values: List[float]) -> Facts:
    finite = [v for v in values if math.isfinite(v)]
    facts: Facts = {"nonFinite": len(values) - len(finite)}
    facts["zeros"] = sum(v == 0 for v in finite) / len(values)
    facts["whole"] = sum(v == math.floor(v) for v in finite) / len(values)
    if finite:
        # Around the first value, so that a large mean does not eat the deviation.
        origin = finite[0]
        mean = sum(v - origin for v in finite) / len(finite)
        facts.update(min=min(finite), max=max(finite), mean=origin + mean)
        facts["std"] = math.sqrt(sum((v - origin - mean) ** 2 for v in finite) / len(finite)) if abs(mean) < 1e150 else math.inf
    return facts


def _moments_of_finite(values: Tensor) -> Facts:
    count = values.numel()
    finite = values[torch.isfinite(values)]
    left = finite.numel()
    facts: Facts = {"nonFinite": count - left, "zeros": 0.0, "whole": 0.0}
    if left > 0:
        std, mean = torch.std_mean(finite, unbiased=False)
        numbers = torch.stack((finite.min(), finite.max(), mean, std, (finite == 0).sum().double(), (finite == finite.floor()).sum().double())).tolist()
        facts.update(zip(("min", "max", "mean", "std"), numbers[:4]))
        facts["zeros"] = numbers[4] / count
        facts["whole"] = numbers[5] / count
    return facts


def non_finite(tensor: Tensor) -> int:
    """NaN and infinite elements."""
    if not tensor.is_floating_point() or tensor.numel() == 0 or not is_plain(tensor):
        return 0
    with aside():
        return int(tensor.numel() - int(torch.isfinite(tensor.detach()).sum()))


def all_finite(tensor: Tensor) -> bool:
    """No element is NaN or infinite; true where that cannot be."""
    if not tensor.is_floating_point() or tensor.numel() == 0 or not is_plain(tensor):
        return True
    with aside():
        return bool(torch.isfinite(tensor.detach()).all())


def is_mask(tensor: Tensor) -> bool:
    """No element is NaN or positive infinity."""
    with aside():
        values = tensor.detach()
        return not bool((values.isnan() | (values == math.inf)).any())


def _buffer(tensor: Tensor) -> Optional[Tuple[memoryview, Tensor]]:
    """The bytes of a tensor on the processor, and what keeps them alive."""
    if tensor.numel() == 0 or tensor.numel() > MOST_ELEMENTS or not is_plain(tensor):
        return None
    with aside():
        here = tensor.detach().to("cpu").contiguous()
        size = here.numel() * here.element_size()
        return memoryview((ctypes.c_char * size).from_address(here.data_ptr())).cast("B"), here


def _digest(view: memoryview) -> str:
    if len(view) > _MOST_HASHED:
        # Both ends and every so many bytes between: equal contents stay equal.
        whole = hashlib.blake2b(digest_size=8)
        stride = len(view) // 64
        piece = _MOST_HASHED // 64
        for start in range(0, len(view), stride):
            whole.update(view[start:start + piece])
        whole.update(view[-piece:])
        return whole.hexdigest()
    return hashlib.blake2b(view, digest_size=8).hexdigest()


def content_hash(tensor: Tensor) -> Optional[str]:
    """16 hexadecimal digits, the same for the same elements in the same order; None for what has no elements in memory."""
    found = _buffer(tensor)
    if found is None:
        return None
    view, _keep = found
    return _digest(view)


def row_hashes(tensor: Tensor, most: int = MOST_EXAMPLES) -> List[str]:
    """A hash of each of the first examples (dimension 0)."""
    if tensor.dim() == 0 or tensor.shape[0] == 0:
        return []
    with aside():
        found = _buffer(tensor.detach()[:most])
    if found is None:
        return []
    view, keep = found
    rows = keep.shape[0]
    width = len(view) // rows
    return [_digest(view[i * width:(i + 1) * width]) for i in range(rows)]


def label_facts(target: Tensor, most: int = MOST_EXAMPLES) -> Tuple[Dict[str, int], List[int]]:
    """Examples of each class, and the classes in the order of the batch; both empty when the target holds no class ids."""
    if target.is_floating_point() or target.dtype == torch.bool or target.dim() > 2 or not 0 < target.numel() <= MOST_LABELS or not is_plain(target):
        return {}, []
    with aside():
        here = target.detach().to("cpu", torch.int64)
        classes, counts = torch.unique(here, return_counts=True)
        if classes.numel() > MOST_CLASSES:
            return {}, []
        labels = {str(c): n for c, n in zip(classes.tolist(), counts.tolist())}
        return labels, here[:most].tolist() if here.dim() == 1 else []


def channel_moments(tensor: Tensor) -> Tuple[List[float], List[float]]:
    """Mean and standard deviation of each channel (dimension 1 of [N, C, …]) or column (of [N, D])."""
    if tensor.dim() < 2 or not 0 < tensor.shape[1] <= MOST_CHANNELS or not 0 < tensor.numel() <= MOST_PREDICTIONS:
        return [], []
    if not tensor.is_floating_point() or not is_plain(tensor):
        return [], []
    with aside():
        others = [d for d in range(tensor.dim()) if d != 1]
        values = tensor.detach().double()
        first = values[(slice(1), slice(None)) + (slice(1),) * (values.dim() - 2)]
        values = values - first
        mean = values.mean(others, keepdim=True)
        both = torch.stack(((first + mean).reshape(-1), (values - mean).square().mean(others).sqrt())).tolist()
        return both[0], both[1]


def target_match(inputs: Sequence[Optional[Tensor]], target: Tensor) -> Optional[Facts]:
    """A ``TargetMatch``, as it goes over the wire: where the target stands among the inputs, value by value."""
    if not 0 < target.numel() <= MOST_MATCHED or not is_plain(target) or target.dtype == torch.bool:
        return None
    with aside():
        known = target.detach()
        for number, given in enumerate(inputs):
            if given is None or not 0 < given.numel() <= MOST_MATCHED or not is_plain(given) or given.device != known.device or given.requires_grad:
                continue
            if number > 0 and given.data_ptr() == known.data_ptr():
                # A network that computes its own loss is handed the target.
                continue
            found = _ahead(given.detach(), known) if given.dtype in _INTEGERS else _elements(given.detach(), known)
            if found is not None:
                found["input"] = number
                return found
    return None


def _ahead(given: Tensor, target: Tensor) -> Optional[Facts]:
    """Ids [N, T] that are the target themselves, or one position later."""
    if given.dim() != 2 or target.dtype not in _INTEGERS or target.numel() != given.numel() or given.numel() < 64 or min(given.shape) < 2:
        return None
    wanted = target.reshape(given.shape)
    if int(wanted.min()) < 0:
        return None
    for dimension in (1, 0):
        length = given.shape[dimension] - 1
        if torch.equal(given.narrow(dimension, 1, length), given.narrow(dimension, 0, length)):
            return None
    if torch.equal(wanted, given):
        return {"ahead": 0, "dimension": 1}
    for dimension in (1, 0):
        length = given.shape[dimension] - 1
        if length >= 3 and torch.equal(wanted.narrow(dimension, 0, length), given.narrow(dimension, 1, length)):
            return {"ahead": 1, "dimension": dimension}
    return None


def _elements(given: Tensor, target: Tensor) -> Optional[Facts]:
    """Elements of an example that are its only target, or a class id in another unit."""
    count = target.numel()
    if given.dim() < 2 or given.shape[0] != count or count < 4 or given.numel() // count < 2:
        return None
    wanted = target.reshape(count, 1)
    if bool((wanted == wanted[:1]).all()):
        return None
    flat = given.reshape(count, -1)
    if target.is_floating_point() and not bool((wanted == wanted.floor()).all()):
        same = (flat == wanted.to(flat.dtype)).all(0)
    else:
        # A class id as a column may have been normalized since: a straight line.
        x, y = flat.double(), wanted.double()
        x, y = x - x.mean(0), y - y.mean()
        spread = x.square().sum(0)
        unexplained = 1 - (x * y).sum(0).square() / (spread * y.square().sum()).clamp_min(1e-300)
        same = (spread > 0) & (unexplained < 1e-9)
        if bool(same.any()) and not _stands_out(flat, wanted):
            return None
    found = same.nonzero().reshape(-1)[:8].tolist()
    return {"elements": found} if found else None


def _stands_out(flat: Tensor, classes: Tensor) -> bool:
    """Most columns take more values than there are classes. Where all are of one kind, such as bits, the task may be to remember one of them."""
    count = int(torch.unique(classes).numel())
    looked = flat[:, :64]
    return 2 * sum(int(torch.unique(column).numel()) > count for column in looked.t()) >= looked.shape[1]


def prediction_facts(prediction: Tensor) -> Optional[Facts]:
    """A ``PredictionFacts``, as it goes over the wire, of [N, K, …]: probabilities, log-probabilities, or neither."""
    count = prediction.numel()
    if not prediction.is_floating_point() or not 0 < count <= MOST_PREDICTIONS or not is_plain(prediction):
        return None
    with aside():
        x = prediction.detach().double()
        n = x.shape[0] if x.dim() > 0 else 1
        k = x.shape[1] if x.dim() > 1 else 1
        x = x.reshape(n, k, -1)
        nonnegative = x >= 0
        zero = torch.zeros((), dtype=torch.float64, device=x.device)
        rows = logs = columns = constant = zero
        if k > 1:
            rows = (nonnegative.all(1) & ((x.sum(1) - 1).abs() <= _TOLERANCE)).double().mean()
            logs = ((x.exp().sum(1) - 1).abs() <= _TOLERANCE).double().mean()
        if n > 1:
            columns = (nonnegative.all(0) & ((x.sum(0) - 1).abs() <= _TOLERANCE)).double().mean()
            constant = (x == x[:1]).reshape(n, -1).all(1).double().mean()
        numbers = torch.stack((rows, columns, nonnegative.double().mean(), (nonnegative & (x <= 1)).double().mean(), logs, constant)).tolist()
        names = ("rowsSumToOne", "columnsSumToOne", "nonnegative", "inUnitInterval", "rowsLogSumToOne", "constant")
        return dict(zip(names, numbers))


def value_of(tensor: Tensor) -> float:
    """A loss as a number: its value, or the mean of its elements."""
    with aside():
        values = tensor.detach()
        if values.numel() == 0:
            return math.nan
        return float(values) if values.numel() == 1 else float(values.double().mean())


def install(probe: Any) -> None:
    # From 2.0 on this turns modes off as well; before, the trace steps aside by itself.
    probe.aside = _DisableTorchFunction
