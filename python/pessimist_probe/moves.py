"""Hooks of what a loop does beside its optimizers: backward passes, modes, zeroing and clipping of gradients."""

import threading
from typing import Any

import torch
from torch import nn

from . import guard
from .loop import MOST_MOVES, Loop, item
from .probe import Probe
from .tensors import tensors_in

_BACKWARD = ("backward", None)


def _quick_backward(*args: Any, **kwargs: Any) -> Any:
    """In a turn of which nothing is recorded only the value of the loss is read."""
    loop: Any = "LOOP"
    try:
        if loop.lean and len(args) > 2 and not args[2] and len(loop.order) < "MOST":
            probe: Any = "PROBE"
            ident: Any = "IDENT"
            tensor: Any = "TENSOR"
            loss = args[0]
            if type(loss) is tensor and not probe.in_backward and not probe.busy and ident() == probe.thread:
                read: Any = "ITEM"
                value = read(loss) if loss.is_cpu and loss.numel() == 1 else None
                # Everything that is not small, NaN too, goes the other way.
                if value is None or type(value) is float and -loop.leap < value < loop.leap:
                    loop.backwards += 1
                    loop.loss = value
                    loop.order.append("KEY")
                    loop.values.append(value)
                    original: Any = "ORIGINAL"
                    probe.in_backward = True
                    try:
                        return original(*args, **kwargs)
                    finally:
                        probe.in_backward = False
        hook: Any = "HOOK"
        return hook(*args, **kwargs)
    except BaseException as error:
        hook = "STRIP"
        hook(error)
        raise


def install(probe: Probe) -> None:
    loop = probe.loop
    _hook_backward(probe, loop)
    _hook_modules(probe, loop)
    _hook_clipping(probe, loop)


def _hook_backward(probe: Probe, loop: Loop) -> None:
    def make_backward(original: Any) -> Any:
        def backward(*args: Any, **kwargs: Any) -> Any:
            if probe.in_backward or not probe.here:
                return original(*args, **kwargs)
            probe.in_backward = True
            try:
                given = args[0] if args else kwargs.get("tensors")
                tensors = list(tensors_in(given))
                retained = bool(kwargs.get("retain_graph", args[2] if len(args) > 2 else None))
                move = probe.guarded(loop.before_backward, tensors, retained)
                result = original(*args, **kwargs)
                probe.guarded(loop.after_backward, tensors, move)
                return result
            finally:
                probe.in_backward = False

        return backward

    named = {"LOOP": loop, "PROBE": probe, "IDENT": threading.get_ident, "TENSOR": torch.Tensor, "ITEM": item, "KEY": _BACKWARD, "MOST": MOST_MOVES}
    guard.Hook(torch.autograd, "backward", make_backward, quick=(_quick_backward, named))

    def make_grad(original: Any) -> Any:
        def grad(*args: Any, **kwargs: Any) -> Any:
            if probe.in_backward or not probe.here:
                return original(*args, **kwargs)
            outputs = list(tensors_in(args[0] if args else kwargs.get("outputs")))
            inputs = list(tensors_in(args[1] if len(args) > 1 else kwargs.get("inputs")))
            creates = bool(kwargs.get("create_graph", args[4] if len(args) > 4 else False))
            # Before: the graph is freed by it.
            probe.guarded(loop.differentiated, outputs, inputs, creates)
            probe.in_backward = True
            try:
                return original(*args, **kwargs)
            finally:
                probe.in_backward = False

        return grad

    guard.Hook(torch.autograd, "grad", make_grad)


def _hook_modules(probe: Probe, loop: Loop) -> None:
    def make_train(original: Any) -> Any:
        def train(self: Any, *args: Any, **kwargs: Any) -> Any:
            if not probe.here:
                return original(self, *args, **kwargs)
            # Of the modules inside nothing is to be heard.
            hook.off()
            try:
                result = original(self, *args, **kwargs)
            finally:
                hook.on()
            probe.guarded(moded, self, bool(kwargs.get("mode", args[0] if args else True)))
            return result

        return train

    def moded(module: Any, training: bool) -> None:
        network = probe.networks.if_root(module)
        if network is not None:
            loop.by_hand.check()
            loop.add("train" if training else "eval", network.number)
        if not training:
            probe.passes.arm()

    hook = guard.Hook(nn.Module, "train", make_train)

    def make_zero(original: Any) -> Any:
        def zero_grad(self: Any, *args: Any, **kwargs: Any) -> Any:
            if probe.here:
                if loop.lean:
                    probe.guarded_quickly(zeroed, self)
                else:
                    probe.guarded(zeroed, self)
            return original(self, *args, **kwargs)

        return zero_grad

    def zeroed(module: Any) -> None:
        note = probe.networks.find(module)
        number = None if note is None else note.network.number
        if loop.lean:
            loop.order.append(("zero-grad", number))
            loop.values.append(None)
            return
        loop.by_hand.check()
        loop.cleared(number)

    guard.Hook(nn.Module, "zero_grad", make_zero)


def _hook_clipping(probe: Probe, loop: Loop) -> None:
    def make_clip(by_norm: bool) -> Any:
        def make(original: Any) -> Any:
            def clip(*args: Any, **kwargs: Any) -> Any:
                if not probe.here:
                    return original(*args, **kwargs)
                was, probe.in_step = probe.in_step, True
                try:
                    result = original(*args, **kwargs)
                finally:
                    probe.in_step = was
                limit = args[1] if len(args) > 1 else kwargs.get("max_norm" if by_norm else "clip_value")
                if loop.lean:
                    probe.guarded_quickly(loop.clip, limit, result)
                else:
                    probe.guarded(loop.clip, limit, result)
                return result

            return clip

        return make

    for owner in (nn.utils.clip_grad, nn.utils):
        for name, by_norm in (("clip_grad_norm_", True), ("clip_grad_value_", False)):
            function = getattr(owner, name, None)
            # The package's name is the same function, unless it had to be replaced.
            if function is not None and not any(h.is_for(function) for h in guard.Hook.all):
                guard.Hook(owner, name, make_clip(by_norm))
