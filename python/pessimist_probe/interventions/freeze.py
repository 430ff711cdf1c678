"""
The first training batch, again and again. What a source of data returns (a loader's next batch, `torch.tensor`, an index into a tensor) is
remembered in the first training segment by place and count, and returned again in every later one. A segment ends with a step, and with a change of mode:
what an evaluation in between reads is its own. Noise that a network draws inside of itself stays noise.
"""

import sys
import threading
from typing import Any, Dict, Tuple

import torch
from torch import nn
from torch.utils.data import DataLoader, dataloader

from .. import guard
from .patch import wrap

_FACTORIES = (
    "tensor", "as_tensor", "from_numpy", "stack", "rand", "randn", "randint", "randperm", "normal", "rand_like", "randn_like", "randint_like",
    "bernoulli", "multinomial", "index_select", "gather", "take",
)
_METHODS = ("__getitem__", "index_select", "gather", "take")
_TORCH = __import__("os").path.dirname(torch.__file__) + "/"

Key = Tuple[Any, ...]


class Freeze:
    def __init__(self) -> None:
        self._table: Dict[Key, Any] = {}
        self._counts: Dict[Any, int] = {}
        self._is_recorded = False
        self._recorded_in = 0
        self._evaluates = False
        self._inside = False
        self._own: set = set()
        self._trial: Any = None
        self._thread = threading.get_ident()

    def install(self, trial: Any) -> None:
        self._trial = trial
        for name in _FACTORIES:
            wrap(torch, name, self._source)
        for name in _METHODS:
            wrap(torch.Tensor, name, self._method)
        for name in ("_SingleProcessDataLoaderIter", "_MultiProcessingDataLoaderIter", "_BaseDataLoaderIter"):
            kind = getattr(dataloader, name, None)
            if kind is not None and "__next__" in kind.__dict__:
                wrap(kind, "__next__", self._next)
        wrap(DataLoader, "__iter__", self._iter)
        wrap(nn.Module, "train", self._mode)
        self._schedulers()

    def next_turn(self) -> None:
        self._counts.clear()

    def backward(self) -> None:
        """The first segment is the one with a backward pass in it."""
        # Whatever part of it was put into evaluation mode, the program trains.
        self._evaluates = False
        if not self._is_recorded and self._table:
            self._is_recorded = True
            self._recorded_in = self._trial.step
            self._own = {p.data_ptr() for p in self._trial.parameters()}

    def _set_mode(self, evaluates: bool) -> None:
        if self._evaluates and not evaluates:
            self._counts.clear()
            if not self._is_recorded:
                self._table.clear()
        self._evaluates = evaluates

    @property
    def _at_work(self) -> bool:
        return not self._inside and not self._evaluates and torch.is_grad_enabled() and threading.get_ident() == self._thread and not self._trial._depth

    def _again(self, place: Any, fetch: Any) -> Any:
        count = self._counts[place] = self._counts.get(place, 0) + 1
        key = (place, count)
        if key in self._table:
            return _copy(self._table[key])
        self._inside = True
        try:
            value = fetch()
        finally:
            self._inside = False
        if not self._is_recorded or self._trial.step == self._recorded_in:
            if len(self._table) < 10_000:
                self._table[key] = _copy(value)
        return value

    def _source(self, original: Any) -> Any:
        def source(*args: Any, **kwargs: Any) -> Any:
            if not self._at_work:
                return original(*args, **kwargs)
            frame = sys._getframe(1)
            if frame.f_code.co_filename.startswith(_TORCH) or guard.is_ours(frame.f_code.co_filename):
                return original(*args, **kwargs)
            given = args[0] if args else None
            if _has_history(given) or isinstance(given, (list, tuple)) and any(_has_history(v) for v in given[:64]):
                return original(*args, **kwargs)
            return self._again((frame.f_code, frame.f_lasti), lambda: original(*args, **kwargs))

        return source

    def _method(self, original: Any) -> Any:
        def method(tensor: Any, *args: Any, **kwargs: Any) -> Any:
            if not self._at_work or _has_history(tensor) or tensor.dim() == 0:
                return original(tensor, *args, **kwargs)
            frame = sys._getframe(1)
            if frame.f_code.co_filename.startswith(_TORCH) or guard.is_ours(frame.f_code.co_filename) or tensor.data_ptr() in self._own:
                return original(tensor, *args, **kwargs)
            return self._again((frame.f_code, frame.f_lasti), lambda: original(tensor, *args, **kwargs))

        return method

    def _next(self, original: Any) -> Any:
        def next_batch(iterator: Any) -> Any:
            if not self._at_work:
                return original(iterator)
            # An epoch does not end while its batch is wanted again.
            return self._again(("loader", getattr(iterator, "_pessimist_loader", 0)), lambda: original(iterator))

        return next_batch

    def _iter(self, original: Any) -> Any:
        def iterate(loader: Any) -> Any:
            iterator = original(loader)
            try:
                iterator._pessimist_loader = id(loader)
            except AttributeError:
                pass
            return iterator

        return iterate

    def _mode(self, original: Any) -> Any:
        def train(module: Any, mode: bool = True) -> Any:
            if not self._inside:
                self._inside = True
                try:
                    # Of what trains, not of a copy or a part that is kept as it is.
                    if any(r is m for m in module.modules() for r in self._trial.roots):
                        self._set_mode(not mode)
                    return original(module, mode)
                finally:
                    self._inside = False
            return original(module, mode)

        return train

    @staticmethod
    def _schedulers() -> None:
        """A schedule that was made for fewer steps ends without an error."""

        def make(original: Any) -> Any:
            def step(scheduler: Any, *args: Any, **kwargs: Any) -> Any:
                total = getattr(scheduler, "total_steps", None)
                if isinstance(total, int) and scheduler.last_epoch + 1 >= total:
                    return None
                return original(scheduler, *args, **kwargs)

            return step

        for name in ("OneCycleLR", "LRScheduler", "_LRScheduler"):
            kind = getattr(torch.optim.lr_scheduler, name, None)
            if kind is not None and "step" in kind.__dict__:
                wrap(kind, "step", make)


def _has_history(value: Any) -> bool:
    return isinstance(value, torch.Tensor) and (value.requires_grad or value.grad_fn is not None)


def _copy(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return value.detach().clone() if value.grad_fn is None and not value.requires_grad else value
    if type(value) in (list, tuple):
        return type(value)([_copy(v) for v in value])
    if type(value) is dict:
        return {k: _copy(v) for k, v in value.items()}
    return value
