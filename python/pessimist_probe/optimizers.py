"""Optimizers, schedulers of the learning rate, and scalers of gradients."""

import threading
import weakref
from typing import Any, Dict, List, Optional, Tuple

import torch
from torch.optim import lr_scheduler
from torch.optim.optimizer import Optimizer

from . import guard, site
from .byhand import find_leaves
from .loop import MOST_MOVES
from .probe import Probe
from .structure import WeakMap


class Optimizers:
    def __init__(self, probe: Probe) -> None:
        self._probe = probe
        self._numbers = WeakMap()
        self._sites = WeakMap()
        self._told: Dict[int, Any] = {}
        self._count = 0
        # By identity, for as long as they live: the keys of their moves.
        self.lean_keys: Dict[int, Any] = {}
        self._schedulers = WeakMap()
        self._scheduler_count = 0
        self._patched: set = set()
        # Steps so far that an optimizer began.
        self.begun = 0

    def constructed(self, optimizer: Any) -> None:
        self._sites.set(optimizer, site.here(optimizer))
        probe = self._probe
        self.number_of(optimizer)
        groups, strangers = self._groups(optimizer)
        if strangers == 0:
            self._tell(optimizer, groups)

    def number_of(self, optimizer: Any) -> int:
        number = self._numbers.get(optimizer)
        if number is None:
            number = self._count
            self._count += 1
            self._numbers.set(optimizer, number)
            self.lean_keys[id(optimizer)] = (("zero-grad", number), ("optimizer-step", number))
            weakref.finalize(optimizer, self.lean_keys.pop, id(optimizer), None).atexit = False
            loop = self._probe.loop
            loop.by_hand.check()
            loop.optimizers += 1
        return number

    def known_number(self, optimizer: Any) -> Optional[int]:
        return self._numbers.get(optimizer)

    def look(self, optimizer: Any) -> None:
        """Tells of an optimizer that is new or whose groups have changed."""
        number = self.number_of(optimizer)
        shape = _shape_of(optimizer)
        if self._told.get(number) != shape:
            self._tell(optimizer, self._groups(optimizer)[0])

    def _groups(self, optimizer: Any) -> Tuple[List[Dict[str, Any]], int]:
        networks = self._probe.networks
        number = self._numbers.get(optimizer)
        groups, all_strangers = [], 0
        for group in optimizer.param_groups:
            names, strangers = [], 0
            for parameter in group["params"]:
                note = networks.owner_of(parameter)
                if note is None:
                    strangers += 1
                else:
                    note.optimizers.add(number)
                    names.append(note.full_name)
            found = {
                "learningRate": _number(group.get("lr"), 0.0),
                "parameters": names,
                "weightDecay": _number(group.get("weight_decay"), 0.0),
                "momentum": _number(group.get("momentum", (group.get("betas") or (0.0,))[0] if "betas" in group else 0.0), 0.0),
            }
            if strangers:
                found["strangers"] = strangers
            groups.append(found)
            all_strangers += strangers
        return groups, all_strangers

    def _tell(self, optimizer: Any, groups: List[Dict[str, Any]]) -> None:
        number = self.number_of(optimizer)
        self._told[number] = _shape_of(optimizer)
        self._probe.emit(
            "optimizer-built",
            optimizer=number,
            type=type(optimizer).__name__,
            step=self._probe.step,
            groups=groups,
            maximize=True if any(g.get("maximize") for g in optimizer.param_groups) else None,
            site=self._sites.get(optimizer),
        )

    # Steps

    def before_step(self, optimizer: Any) -> int:
        probe = self._probe
        probe.training_begins()
        number = self.number_of(optimizer)
        if probe.records or number not in self._told:
            self.look(optimizer)
            probe.tell("before_step", number, optimizer)
        return number

    def after_step(self, optimizer: Any, number: Optional[int]) -> None:
        probe, loop = self._probe, self._probe.loop
        if number is None:
            number = self.number_of(optimizer)
        more: Dict[str, Any] = {}
        rate = _rate_of(optimizer)
        if rate is not None:
            more["learning_rate"] = rate
        if probe.measures:
            gradient = loop.gradient_norm()
            if gradient is not None:
                more["gradient"] = gradient
        loop.stepped += 1
        loop.add("optimizer-step", number, **more)
        if probe.records:
            probe.tell("after_step", number, optimizer)
        loop.end_turn(stepped=True)

    def skipped(self, optimizer: Any) -> None:
        """A scaler found gradients that are not finite."""
        probe, loop = self._probe, self._probe.loop
        number = self.number_of(optimizer)
        loop.add("optimizer-step", number, learning_rate=_rate_of(optimizer), skipped=True)
        loop.end_turn(stepped=False)

    # Schedulers

    def scheduler(self, scheduler: Any) -> int:
        number = self._schedulers.get(scheduler)
        if number is None:
            number = self._scheduler_count
            self._scheduler_count += 1
            self._schedulers.set(scheduler, number)
            optimizer = getattr(scheduler, "optimizer", None)
            length = None
            for name in ("total_steps", "T_max", "total_iters"):
                value = getattr(scheduler, name, None)
                if isinstance(value, int) and not isinstance(value, bool):
                    length = value
                    break
            self._probe.emit(
                "scheduler-built",
                scheduler=number,
                type=type(scheduler).__name__,
                optimizer=None if optimizer is None else self._numbers.get(optimizer),
                length=length,
                site=site.here(scheduler),
            )
        return number

    def scheduled(self, scheduler: Any) -> None:
        number, loop = self.scheduler(scheduler), self._probe.loop
        optimizer = getattr(scheduler, "optimizer", None)
        rate = None if optimizer is None else _rate_of(optimizer)
        if loop.lean:
            loop.order.append(("scheduler-step", number))
            loop.values.append(rate)
        else:
            loop.add("scheduler-step", number, learning_rate=rate)

    # Classes

    def patch(self, cls: type, root: type, hooks: Dict[str, Any]) -> None:
        """Hooks the methods of a class and of its ancestors, each once."""
        if cls in self._patched:
            return
        for owner in reversed(cls.__mro__):
            if owner in self._patched or not issubclass(owner, root):
                continue
            self._patched.add(owner)
            for name, (make, quick) in hooks.items():
                if callable(owner.__dict__.get(name)):
                    guard.Hook(owner, name, make, quick=quick)


def _shape_of(optimizer: Any) -> Any:
    return tuple((len(g["params"]), id(g["params"][0]) if g["params"] else 0, id(g["params"][-1]) if g["params"] else 0) for g in optimizer.param_groups)


def _rate_of(optimizer: Any) -> Optional[float]:
    try:
        return float(optimizer.param_groups[0]["lr"])
    except (KeyError, IndexError, TypeError, ValueError):
        return None


def _number(value: Any, default: float) -> float:
    try:
        return default if value is None else float(value)
    except (TypeError, ValueError):
        return default


def _quick_step(self: Any, *args: Any, **kwargs: Any) -> Any:
    """In a turn of which nothing is recorded only the order of its moves is kept."""
    loop: Any = "LOOP"
    try:
        if loop.lean:
            probe: Any = "PROBE"
            keys_of: Any = "KEYS"
            ident: Any = "IDENT"
            keys = keys_of(id(self))
            if keys is not None and not probe.in_step and not probe.in_backward and not probe.busy and ident() == probe.thread:
                original: Any = "ORIGINAL"
                optimizers: Any = "OPTIMIZERS"
                optimizers.begun += 1
                probe.in_step = True
                try:
                    result = original(self, *args, **kwargs)
                finally:
                    probe.in_step = False
                if loop.lean:
                    try:
                        loop.order.append(keys[1])
                        loop.values.append(self.param_groups[0]["lr"])
                        loop.end_lean()
                    except Exception as error:
                        fault: Any = "FAULT"
                        fault(error)
                else:
                    # A closure met something new.
                    probe.guarded(optimizers.after_step, self, keys[1][1])
                return result
        hook: Any = "HOOK"
        return hook(self, *args, **kwargs)
    except BaseException as error:
        hook = "STRIP"
        hook(error)
        raise


def _quick_zero(self: Any, *args: Any, **kwargs: Any) -> Any:
    loop: Any = "LOOP"
    try:
        if loop.lean:
            probe: Any = "PROBE"
            keys_of: Any = "KEYS"
            ident: Any = "IDENT"
            keys = keys_of(id(self))
            if keys is not None and not probe.busy and ident() == probe.thread and len(loop.order) < "MOST":
                original: Any = "ORIGINAL"
                loop.order.append(keys[0])
                loop.values.append(None)
                return original(self, *args, **kwargs)
        hook: Any = "HOOK"
        return hook(self, *args, **kwargs)
    except BaseException as error:
        hook = "STRIP"
        hook(error)
        raise


def install(probe: Probe) -> None:
    optimizers = Optimizers(probe)
    probe.optimizers = optimizers
    loop = probe.loop
    named = {"LOOP": loop, "PROBE": probe, "OPTIMIZERS": optimizers, "KEYS": optimizers.lean_keys.get, "IDENT": threading.get_ident, "FAULT": guard.fault, "MOST": MOST_MOVES}
    constructing = [0]

    def make_step(original: Any) -> Any:
        def step(self: Any, *args: Any, **kwargs: Any) -> Any:
            if probe.in_step or not probe.here or probe.in_backward:
                return original(self, *args, **kwargs)
            number = probe.guarded(optimizers.before_step, self)
            probe.in_step = True
            optimizers.begun += 1
            # A closure runs forward and backward passes in here, which count.
            try:
                result = original(self, *args, **kwargs)
            finally:
                probe.in_step = False
            probe.guarded(optimizers.after_step, self, number)
            return result

        return step

    def make_zero(original: Any) -> Any:
        def zero_grad(self: Any, *args: Any, **kwargs: Any) -> Any:
            if probe.here and not probe.in_backward and not zeroing[0]:
                zeroing[0] += 1
                try:
                    probe.guarded(zeroed, self)
                    return original(self, *args, **kwargs)
                finally:
                    zeroing[0] -= 1
            return original(self, *args, **kwargs)

        return zero_grad

    zeroing = [0]

    def zeroed(optimizer: Any) -> None:
        probe.loop.by_hand.check()
        probe.loop.cleared(optimizers.number_of(optimizer))

    steps = {"step": (make_step, (_quick_step, named)), "zero_grad": (make_zero, (_quick_zero, named))}

    def make_init(original: Any) -> Any:
        def init(self: Any, *args: Any, **kwargs: Any) -> None:
            original(self, *args, **kwargs)
            if probe.here:
                probe.guarded(optimizers.patch, type(self), Optimizer, steps)
                probe.guarded(optimizers.constructed, self)

        return init

    guard.Hook(Optimizer, "__init__", make_init)

    # Leaves without modules must be known before an optimizer is told that holds them.
    backward = probe.loop.before_backward

    def before_backward(tensors: List[Any], retained: bool) -> Any:
        if probe.loop.optimizers:
            find_leaves(probe, tensors)
        return backward(tensors, retained)

    probe.loop.before_backward = before_backward  # type: ignore[method-assign]

    def make_schedule(original: Any) -> Any:
        def step(self: Any, *args: Any, **kwargs: Any) -> Any:
            if constructing[0] or not probe.here:
                return original(self, *args, **kwargs)
            constructing[0] += 1
            try:
                result = original(self, *args, **kwargs)
            finally:
                constructing[0] -= 1
            if loop.lean:
                probe.guarded_quickly(optimizers.scheduled, self)
            else:
                probe.guarded(optimizers.scheduled, self)
            return result

        return step

    def make_scheduler(original: Any) -> Any:
        def init(self: Any, *args: Any, **kwargs: Any) -> None:
            if not probe.here:
                return original(self, *args, **kwargs)
            probe.guarded(optimizers.patch, type(self), object, {"step": (make_schedule, None)})
            constructing[0] += 1
            try:
                original(self, *args, **kwargs)
            finally:
                constructing[0] -= 1
            if not constructing[0]:
                probe.guarded(optimizers.scheduler, self)

        return init

    seen = set()
    for cls in vars(lr_scheduler).values():
        if isinstance(cls, type) and cls.__module__ == lr_scheduler.__name__ and "__init__" in cls.__dict__ and cls not in seen:
            if any(hasattr(base, "step") for base in cls.__mro__):
                seen.add(cls)
                guard.Hook(cls, "__init__", make_scheduler)

    def make_scaler(original: Any) -> Any:
        def step(self: Any, optimizer: Any, *args: Any, **kwargs: Any) -> Any:
            begun = optimizers.begun
            result = original(self, optimizer, *args, **kwargs)
            if probe.here and optimizers.begun == begun:
                probe.guarded(optimizers.skipped, optimizer)
            return result

        return step

    scalers = [getattr(getattr(torch, "amp", None), "GradScaler", None), getattr(torch.cuda.amp, "GradScaler", None)]
    for scaler in dict.fromkeys(s for s in scalers if s is not None):
        if "step" in scaler.__dict__:
            guard.Hook(scaler, "step", make_scaler)


