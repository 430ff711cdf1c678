"""Compilers read the source of what they compile: while they do, torch is as it was."""

from typing import Any

import torch

from . import guard
from .probe import Probe


def install(probe: Probe) -> None:
    def make_script(original: Any) -> Any:
        def script(*args: Any, **kwargs: Any) -> Any:
            if not probe.active:
                return original(*args, **kwargs)
            again = guard.without_hooks()
            was, probe.busy = probe.busy, True
            try:
                return original(*args, **kwargs)
            finally:
                probe.busy = was
                again()

        return script

    for name in ("script", "trace", "trace_module", "freeze"):
        function = getattr(torch.jit, name, None)
        if function is not None:
            guard.Hook(torch.jit, name, make_script)

    compile_ = getattr(torch, "compile", None)
    if compile_ is None:
        return

    def make_compile(original: Any) -> Any:
        def compile_it(*args: Any, **kwargs: Any) -> Any:
            if probe.here:
                probe.guarded(withdraw)
            return original(*args, **kwargs)

        return compile_it

    def withdraw() -> None:
        # What is compiled would have our hooks in it.
        for hook in list(guard.Hook.all):
            if hook.owner is torch.nn.functional or hook.owner is torch.nn.Module and hook.name == "__call__":
                hook.give_up()
        tracer = getattr(probe, "tracer", None)
        if tracer is not None:
            tracer.give_up()
        probe.unobserved.append("what happens inside of networks, since the program compiles them")

    guard.Hook(torch, "compile", make_compile)
