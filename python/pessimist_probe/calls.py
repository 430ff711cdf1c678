"""Hooks of what a forward pass is made of: calls of modules, dropout, batch norm; and of what an evaluation begins with."""

import sys
import threading
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from . import guard, site
from .passes import Passes
from .probe import Probe

_DROPOUTS = ("dropout", "alpha_dropout", "dropout1d", "dropout2d", "dropout3d", "feature_alpha_dropout")


def _is_tracing() -> bool:
    return torch._C._get_tracing_state() is not None


def _quick_call(*args: Any, **kwargs: Any) -> Any:
    """Modules inside of passes that are not measured, of which only is known that they run; and passes of an evaluation that are only counted."""
    passes: Any = "PASSES"
    try:
        running = passes.running
        probe: Any = "PROBE"
        ident: Any = "IDENT"
        counted = passes.counted
        if running:
            if passes.looks and not passes.current.measures:
                self = args[0]
                known: Any = "KNOWN"
                note = known(self)
                recurrent: Any = "RECURRENT"
                if note is not None and not isinstance(self, recurrent) and not probe.busy and ident() == probe.thread:
                    within: Any = "ORIGINAL"
                    running.append(note)
                    depth = len(running)
                    try:
                        output = within(*args, **kwargs)
                    except BaseException as error:
                        passes.fail_inside(depth, self, error)
                        raise
                    del running[depth - 1:]
                    passes.current.told += 1
                    return output
        elif counted is not None and counted.left and args:
            self = args[0]
            gradients: Any = "GRADIENTS"
            if self is counted.module() and self.training is counted.training and not gradients() and not probe.busy and ident() == probe.thread:
                original: Any = "ORIGINAL"
                calls = passes.calls
                counted.left -= 1
                counted.last[2] += 1
                passes.evaluations += 1
                passes.evaluations_of_turn += 1
                calls.off()
                try:
                    return original(*args, **kwargs)
                finally:
                    if passes.is_armed:
                        calls.on()
        hook: Any = "HOOK"
        return hook(*args, **kwargs)
    except BaseException as error:
        hook = "STRIP"
        hook(error)
        raise


def install(probe: Probe) -> None:
    passes = probe.passes
    ident = threading.get_ident
    running = passes.running

    def make_call(original: Any) -> Any:
        def call(self: Any, *args: Any, **kwargs: Any) -> Any:
            if running:
                if not passes.looks or probe.busy or ident() != probe.thread:
                    return original(self, *args, **kwargs)
                probe.guarded_quickly(passes.enter, self)
                depth = len(running)
                try:
                    output = original(self, *args, **kwargs)
                except BaseException as error:
                    passes.fail_inside(depth, self, error)
                    raise
                del running[depth:]
                current = passes.current
                if current is not None and current.measures:
                    probe.guarded(passes.leave, self, args, output)
                else:
                    probe.guarded_quickly(passes.leave, self, args, output)
                return output
            if not probe.here or probe.in_backward or _is_tracing():
                return original(self, *args, **kwargs)
            current = probe.guarded(passes.begin, self, args, kwargs)
            if not running:
                running.append(None)
            if not passes.looks:
                # What runs inside is not looked at, and so that it costs nothing either.
                passes.calls.off()
            try:
                output = original(self, *args, **kwargs)
            except BaseException as error:
                if passes.is_armed:
                    passes.calls.on()
                del running[1:]
                probe.guarded(passes.fail, current, self, error)
                running.clear()
                raise
            if passes.is_armed:
                passes.calls.on()
            del running[1:]
            probe.guarded(passes.end, current, self, args, kwargs, output)
            running.clear()
            return output

        return call

    named = {"PASSES": passes, "PROBE": probe, "IDENT": ident, "GRADIENTS": torch.is_grad_enabled, "KNOWN": probe.networks.find, "RECURRENT": nn.RNNBase}
    passes.calls = guard.Hook(nn.Module, "__call__", make_call, quick=(_quick_call, named))
    passes.hooks.append(passes.calls)

    def make_dropout(original: Any) -> Any:
        def dropout(input: Any, p: float = 0.5, training: bool = original.__defaults__[1], *args: Any, **kwargs: Any) -> Any:  # noqa: A002
            if passes.looks and not probe.busy and ident() == probe.thread and isinstance(p, (int, float)) and p > 0:
                probe.guarded(passes.mode, False, training)
            return original(input, p, training, *args, **kwargs)

        return dropout

    for name in _DROPOUTS:
        if hasattr(functional, name):
            passes.hooks.append(guard.Hook(functional, name, make_dropout))

    def make_norm(original: Any) -> Any:
        def batch_norm(*args: Any, **kwargs: Any) -> Any:
            if passes.looks and not probe.busy and ident() == probe.thread:
                probe.guarded(passes.mode, True, kwargs.get("training", args[5] if len(args) > 5 else False))
            return original(*args, **kwargs)

        return batch_norm

    passes.hooks.append(guard.Hook(functional, "batch_norm", make_norm))

    # An evaluation announces itself.
    for owner in (torch.no_grad, getattr(torch, "inference_mode", None)):
        if owner is not None:
            guard.Hook(owner, "__enter__", _make_enter(probe, passes))


def _make_enter(probe: Probe, passes: Passes) -> Any:
    def make(original: Any) -> Any:
        def enter(self: Any) -> Any:
            if not passes.is_armed and probe.here and not probe.in_step and not probe.in_backward:
                frame = site.user_frame(sys._getframe(1))
                passes.arm(None if frame is None else (frame.f_code, frame.f_lineno))
            return original(self)

        return enter

    return make
