"""
Hand-written backward passes. What goes into and comes out of an element-wise `autograd.Function` is seen in traced turns, and so are the gradients
that come in and go out: sorted by input, thousands of elements show the slope of the forward pass, without calling it again.
"""

import dis
from typing import Any, Dict, List, Optional, Tuple

import torch

from . import facts, guard, site
from .observer import Observer
from .probe import Probe

_MOST_CALLS = 2
_FEWEST = 256
_MOST = 20_000
_POINTS = 2_000
# Of the largest slope: below it a slope is a kink, a plateau or rounding.
_FLAT = 0.05
_APART = 0.1
# Two slopes next to each other that differ by more are no smooth function of the element.
_ROUGH = 0.1


class Custom(Observer):
    def __init__(self, probe: Probe) -> None:
        self._probe = probe
        self._calls: Dict[Any, int] = {}
        self._own = vars(torch.autograd.Function).get("apply")
        self._original = self._own or vars(torch._C._FunctionBase)["apply"]
        self._is_on = False

    def turn_begin(self) -> None:
        self.switch(self._probe.traces)

    def turn_end(self) -> None:
        self.switch(False)

    def program_end(self) -> None:
        self.switch(False)

    def switch(self, on: bool) -> None:
        if on == self._is_on:
            return
        self._is_on = on
        if on:
            torch.autograd.Function.apply = self._hook()  # type: ignore[method-assign]
        elif self._own is not None:
            torch.autograd.Function.apply = self._own  # type: ignore[method-assign]
        else:
            del torch.autograd.Function.apply

    def _hook(self) -> Any:
        probe, original, called = self._probe, self._original, self._called

        def apply(cls: Any, *args: Any, **kwargs: Any) -> Any:
            result = original.__get__(None, cls)(*args, **kwargs)
            if probe.here and not cls.__module__.startswith("torch."):
                probe.guarded(called, cls, args, result)
            return result

        return classmethod(guard.transparent(apply))

    def _called(self, cls: Any, args: Tuple[Any, ...], result: Any) -> None:
        tensors = [a for a in args if isinstance(a, torch.Tensor)]
        count = self._calls.get(cls, 0)
        if count >= _MOST_CALLS or len(tensors) != 1 or not isinstance(result, torch.Tensor):
            return
        (given,) = tensors
        if result.grad_fn is None or result.shape != given.shape or given.numel() < _FEWEST or not (facts.is_plain(given) and given.is_floating_point()):
            return
        self._calls[cls] = count + 1
        # Evenly, where there are many.
        every = -(-given.numel() // _MOST)
        with torch.no_grad(), facts.aside():
            x, y = (t.detach().reshape(-1)[::every].double() for t in (given, result))
        probe = self._probe

        def seen(gradients: Any, incoming: Any) -> None:
            if probe.here:
                probe.guarded(self._compare, cls, every, x, y, gradients, incoming)

        result.grad_fn.register_hook(seen)

    def _compare(self, cls: Any, every: int, x: Any, y: Any, gradients: Any, incoming: Any) -> None:
        if len(gradients) != 1 or len(incoming) != 1 or gradients[0] is None or incoming[0] is None:
            return
        with torch.no_grad(), facts.aside():
            out, into = (t.detach().reshape(-1)[::every].double() for t in (gradients[0], incoming[0]))
            if out.shape != x.shape or into.shape != x.shape or bool((x == y).all()):
                # What changes nothing is there to change the gradient.
                return
            found = compare(x, y, out, into)
        if found is not None:
            self._probe.emit("gradient-compared", step=self._probe.step, function=cls.__name__, site=_site(cls), **found)


def compare(x: Any, y: Any, out: Any, into: Any) -> Optional[Dict[str, Any]]:
    """
    The slope of y by x, by differences between neighbours, against `out / into`. None where y is no smooth function of each element of x, is flat, or
    the two differ by one positive factor only. All of one dimension, in float64.
    """
    finite = torch.isfinite(x) & torch.isfinite(y) & torch.isfinite(out) & torch.isfinite(into)
    if int(finite.sum()) < _FEWEST:
        return None
    x, order = x[finite].sort()
    y, out, into = y[finite][order], out[finite][order], into[finite][order]
    # Neighbours near enough for a slope and far enough for float32.
    spread = float(x[int(0.9 * len(x))] - x[int(0.1 * len(x))])
    reach = 2e-3 * spread
    if not reach > 0:
        return None
    middle = torch.arange(len(x), device=x.device)
    low, high = torch.searchsorted(x, x - reach, right=True) - 1, torch.searchsorted(x, x + reach)
    inside = (low >= 0) & (high < len(x)) & (into.abs() > 1e-3 * into.abs().mean())
    middle, low, high = middle[inside], low[inside], high[inside]
    near = (x[high] - x[low]) < 10 * reach
    some = slice(None, None, max(1, int(near.sum()) // _POINTS))
    middle, low, high = middle[near][some], low[near][some], high[near][some]
    if len(middle) < 64:
        return None
    left, right = (y[middle] - y[low]) / (x[middle] - x[low]), (y[high] - y[middle]) / (x[high] - x[middle])
    slope = (y[high] - y[low]) / (x[high] - x[low])
    steepest = float(slope.abs().max())
    steep = slope.abs() > _FLAT * steepest
    smooth = steep & ((left - right).abs() <= _ROUGH * slope.abs())
    if steepest == 0 or int(smooth.sum()) < 64 or int(smooth.sum()) < 0.8 * int(steep.sum()):
        return None
    given = out[middle][smooth] / into[middle][smooth]
    slope, at = slope[smooth], x[middle][smooth]
    factor = given / slope
    wrong = (factor - 1).abs() > _APART
    share = float(wrong.double().mean())
    median = float(factor.median())
    if share > 0.5 and median > 0 and float(((factor - median).abs() <= _APART * abs(median)).double().mean()) > 0.9:
        return None
    # A backward pass that forgets what comes in gives the slope itself.
    alone = float(((out[middle][smooth] - slope).abs() <= _APART * slope.abs()).double().mean())
    worst = int((factor - 1).abs().argmax())
    return {
        "points": int(len(slope)), "wrong": round(share, 4), "ignores_incoming": alone > 0.9 and share > 0.5, "element": float(at[worst]), "slope": float(slope[worst]),
        "gradient": float(given[worst]),
    }


def _site(cls: Any) -> Optional[Dict[str, Any]]:
    """The line where the backward pass returns, or begins."""
    code = getattr(getattr(cls, "backward", None), "__code__", None)
    if code is None:
        return None
    lines: List[int] = [line for _, line in dis.findlinestarts(code) if line is not None]
    return {"file": site.shown(code.co_filename), "line": max(lines, default=code.co_firstlineno), "function": code.co_name}


def install(probe: Probe) -> None:
    custom = Custom(probe)
    probe.add(custom)
    custom.switch(probe.traces)
