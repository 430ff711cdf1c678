"""The outputs of layers in measured passes: scale, units that are never active, units at the end of their range."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Mapping, NamedTuple, Optional, Set, Tuple

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from . import context, facts, guard
from .method import Method
from .observer import Observer

if TYPE_CHECKING:
    from .probe import Probe

_MOST_ELEMENTS = 1 << 22
_MOST_UNITS = 1 << 16
_MOST_MODULES = 512
_WINDOW = 16
# Measured passes of a network after which it is known which functions it calls.
_LEARNING = 8


class Kind(NamedTuple):
    """An activation function."""

    is_rectifier: bool = False
    low: Optional[float] = None
    high: Optional[float] = None


KINDS: Mapping[str, Kind] = {
    "relu": Kind(True),
    "relu6": Kind(True),
    "sigmoid": Kind(False, 0.0, 1.0),
    "tanh": Kind(False, -1.0, 1.0),
    "hardtanh": Kind(False, -1.0, 1.0),
    "hardsigmoid": Kind(False, 0.0, 1.0),
}
_LAYERS: Mapping[type, str] = {nn.ReLU: "relu", nn.ReLU6: "relu6", nn.Sigmoid: "sigmoid", nn.Tanh: "tanh", nn.Hardtanh: "hardtanh", nn.Hardsigmoid: "hardsigmoid"}

# Units of what follows are features on the last axis, or channels on axis 1.
_FIRST_AXIS = (nn.modules.conv._ConvNd, nn.modules.batchnorm._BatchNorm, nn.GroupNorm)
_LAST_AXIS = (nn.Linear, nn.Embedding, nn.LayerNorm, nn.Bilinear)


class _History:
    """
    Which units were active, and which were not saturated, in any example of the last sampled batches: between one and two windows of them, so
    that a unit that died late is told too.
    """

    def __init__(self, units: int) -> None:
        self._active = [torch.zeros(units, dtype=torch.bool), torch.zeros(units, dtype=torch.bool)]
        self._free = [torch.zeros(units, dtype=torch.bool), torch.zeros(units, dtype=torch.bool)]
        self._batches = [0, 0]

    @property
    def batches(self) -> int:
        return sum(self._batches)

    def add(self, active: Optional[Tensor], free: Optional[Tensor]) -> None:
        if self._batches[0] >= _WINDOW:
            self._active = [torch.zeros_like(self._active[0]), self._active[0]]
            self._free = [torch.zeros_like(self._free[0]), self._free[0]]
            self._batches = [0, self._batches[0]]
        self._batches[0] += 1
        if active is not None:
            self._active[0] |= active.to("cpu")
        if free is not None:
            self._free[0] |= free.to("cpu")

    @property
    def never_active(self) -> int:
        return int((~(self._active[0] | self._active[1])).sum())

    @property
    def always_saturated(self) -> int:
        return int((~(self._free[0] | self._free[1])).sum())


class Activations(Observer):
    """Measures layers while a measured pass runs; told when it is known what the pass is for."""

    def __init__(self, probe: "Probe") -> None:
        self._probe = probe
        self._histories: Dict[Tuple[int, str, str, int], _History] = {}
        self._measured: List[Dict[str, Any]] = []
        self._pass: Any = None
        self._last_axis = True
        # Functions are looked at only while a measured pass runs; after the first passes of a network, those that it was seen to call.
        self.hooks: List[Any] = []
        self._calls: Dict[int, Set[Any]] = {}
        self._passes: Dict[int, int] = {}

    @property
    def is_measuring(self) -> bool:
        return self._pass is not None

    def _watch(self, model: Optional[int]) -> None:
        if model is None:
            for hook in self.hooks:
                hook.off()
            return
        passes = self._passes[model] = self._passes.get(model, 0) + 1
        for hook in self.hooks if passes <= _LEARNING else self._calls.get(model, ()):
            hook.on()

    def called(self, hook: Any) -> None:
        """The network that runs calls this function."""
        if self._pass is not None:
            self._calls.setdefault(self._pass.model, set()).add(hook)

    def forward_begin(self, model: int, module: Any, args: Any, kwargs: Any) -> None:
        self._measured = []
        pass_ = context.current_pass(self._probe)
        self._pass = pass_ if pass_ is not None and getattr(pass_, "measures", False) else None
        self._watch(None if self._pass is None else model)

    def module_end(self, model: int, path: str, module: Any, args: Any, output: Any) -> None:
        if self._pass is None:
            return
        if isinstance(module, _FIRST_AXIS):
            self._last_axis = False
        elif isinstance(module, _LAST_AXIS):
            self._last_axis = True
        if isinstance(output, (list, tuple)):
            output = next((o for o in output if isinstance(o, Tensor)), None)
        name = _LAYERS.get(type(module))
        if any(True for _ in module.children()) or not isinstance(output, Tensor):
            return
        if name is not None:
            self._measure(model, path, type(module).__name__, KINDS[name], output)
        else:
            self._measure(model, path, type(module).__name__, None, output)

    def function(self, name: str, output: Any) -> None:
        """An activation function ran."""
        pass_ = self._pass
        if pass_ is None or not isinstance(output, Tensor) or not self._probe.passes.running:
            return
        note = self._probe.passes.module
        if note is not None and note.is_leaf and note.type in {t.__name__ for t in _LAYERS}:
            return
        self._measure(pass_.model, "" if note is None else note.path, name, KINDS[name], output)

    def forward_end(self, model: int, module: Any, args: Any, kwargs: Any, output: Any) -> None:
        pass_, measured = self._pass, self._measured
        self._pass, self._measured = None, []
        self._watch(None)
        # A network that is a single layer has no modules inside.
        if pass_ is not None and not measured and isinstance(output, Tensor):
            self._pass, self._measured = pass_, []
            self.module_end(model, "", module, args, output)
            self._pass, measured, self._measured = None, self._measured, []
        if pass_ is None or not measured:
            return
        step = self._probe.step

        def tell(phase: str) -> None:
            self._probe.emit("activations-measured", step=step, model=model, phase=phase, modules=measured)

        context.when_known(pass_, tell)

    def turn_end(self) -> None:
        # A pass that failed.
        self._pass = None
        self._watch(None)

    def _measure(self, model: int, name: str, type_: str, kind: Optional[Kind], output: Tensor) -> None:
        count = output.numel()
        if not output.is_floating_point() or not 0 < count <= _MOST_ELEMENTS or output.dim() < 1 or not facts.is_plain(output) or len(self._measured) >= _MOST_MODULES:
            return
        with facts.aside():
            values = output.detach()
            axis = 0 if values.dim() < 2 else values.dim() - 1 if self._last_axis else 1
            units = values.shape[axis]
            if units > _MOST_UNITS:
                return
            values = values.float() if values.dtype not in (torch.float32, torch.float64) else values
            numbers = self._numbers(values, count)
            measure: Dict[str, Any] = {
                "name": name,
                "type": type_,
                "mean": numbers[0],
                "std": numbers[1],
                "maxAbs": numbers[2],
                "zeros": numbers[3] / count,
                "nonFinite": int(numbers[4]),
                "units": units,
            }
            if kind is not None:
                self._judge(measure, kind, values, axis, (model, name, type_, units))
            self._measured.append(measure)

    @staticmethod
    def _numbers(values: Tensor, count: int) -> List[float]:
        std, mean = facts.std_mean(values)
        low, high = torch.aminmax(values)
        nonzero = torch.count_nonzero(values)
        numbers = torch.stack((mean, std, low.double(), high.double(), nonzero.double())).tolist()
        if all(math.isfinite(n) for n in numbers):
            return [numbers[0], numbers[1], max(abs(numbers[2]), abs(numbers[3])), count - numbers[4], 0]
        finite = values[torch.isfinite(values)].double()
        if finite.numel() == 0:
            return [0.0, 0.0, 0.0, 0.0, count]
        return [float(finite.mean()), float(finite.std(unbiased=False)), float(finite.abs().max()), float((finite == 0).sum()), count - finite.numel()]

    def _judge(self, measure: Dict[str, Any], kind: Kind, values: Tensor, axis: int, key: Tuple[int, str, str, int]) -> None:
        history = self._histories.get(key)
        if history is None:
            history = self._histories[key] = _History(measure["units"])
        others = [d for d in range(values.dim()) if d != axis]
        active = (values > 0) if kind.is_rectifier else None
        free = None
        if kind.low is not None and kind.high is not None:
            margin = 0.01 * (kind.high - kind.low)
            inside = (values > kind.low + margin) & (values < kind.high - margin)
            measure["saturated"] = 1 - float(inside.double().mean())
            free = inside
        history.add(_any(active, others), _any(free, others))
        if kind.is_rectifier:
            measure["neverActive"] = history.never_active
        if free is not None:
            measure["saturatedUnits"] = history.always_saturated
        measure["batches"] = history.batches


def _any(flags: Optional[Tensor], axes: List[int]) -> Optional[Tensor]:
    if flags is None:
        return None
    for axis in sorted(axes, reverse=True):
        flags = flags.any(axis)
    return flags


def install(probe: "Probe") -> None:
    activations = Activations(probe)
    probe.add(activations)

    def hook(kind: str, put: Callable[[Callable[..., Any]], Any]) -> None:
        own: List[Any] = []

        def make(original: Callable[..., Any]) -> Callable[..., Any]:
            def activation(*args: Any, **kwargs: Any) -> Any:
                output = original(*args, **kwargs)
                if activations.is_measuring and probe.here:
                    activations.called(own[0])
                    probe.guarded(activations.function, kind, output)
                return output

            return activation

        own.append(put(make))
        activations.hooks.append(own[0])

    # The functional forms of the first three lead to these.
    for kind in ("relu", "sigmoid", "tanh"):
        for name in (kind, kind + "_"):
            hook(kind, lambda make, name=name: guard.Hook(torch, name, make, on=False))  # type: ignore[misc]
            hook(kind, lambda make, name=name: Method(name, make))  # type: ignore[misc]
    for kind in ("relu6", "hardtanh", "hardsigmoid"):
        hook(kind, lambda make, kind=kind: guard.Hook(functional, kind, make, on=False))  # type: ignore[misc]
