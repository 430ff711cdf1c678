"""Starts the probe: waits for `import torch`, records how the program ends."""

import atexit
import importlib
import json
import os
import sys
import time
from typing import Any, Dict, Optional, Sequence

from . import copies, exceptions, guard
from .probe import probe

# In the order in which they are installed, and told of events.
MODULES = (
    "structure",
    "passes",
    "calls",
    "loop",
    "moves",
    "jit",
    "optimizers",
    "loaders",
    "batches",
    "facts",
    "tracing",
    "discarded",
    "custom",
    "warned",
    "losses",
    "formula",
    "parameters",
    "activations",
    "nonfinite",
    "memory",
    "metrics",
)


class _TorchFinder:
    """Sees `import torch`, lets the others find it, and installs the probe when the import is complete."""

    def find_spec(self, name: str, path: Optional[Sequence[str]] = None, target: Any = None) -> Any:
        if name != "torch":
            return None
        for finder in list(sys.meta_path):
            if finder is self or not hasattr(finder, "find_spec"):
                continue
            spec = finder.find_spec(name, path, target)
            if spec is None:
                continue
            loader = spec.loader
            if loader is not None and hasattr(loader, "exec_module"):
                execute = loader.exec_module

                def exec_module(module: Any) -> None:
                    # The instance's own attribute goes again: the loader is as it was.
                    del loader.__dict__["exec_module"]
                    execute(module)
                    if self in sys.meta_path:
                        sys.meta_path.remove(self)
                    try:
                        install()
                    except Exception as error:
                        guard.fault(error)

                loader.exec_module = guard.transparent(exec_module)
            return spec
        return None


def start() -> None:
    address = os.environ.get("PESSIMIST_PROBE", "")
    try:
        options: Dict[str, Any] = json.loads(os.environ.get("PESSIMIST_PROBE_OPTIONS") or "{}")
    except ValueError:
        options = {}
    probe.start(address, options)
    # Its children are told from it.
    os.environ.setdefault("PESSIMIST_PROBE_FIRST", str(os.getpid()))
    if options.get("copy"):
        copies.start(str(options["copy"]))
    exceptions.start(probe)
    atexit.register(_finish)
    sys.meta_path.insert(0, _TorchFinder())  # type: ignore[arg-type]


def _finish() -> None:
    try:
        probe.finish()
    except KeyboardInterrupt:
        # The user is in a hurry, and the program is at its end.
        pass


def install() -> None:
    """Torch is there."""
    start = time.thread_time()
    # A trial changes the program, and tells what became of it by itself.
    for name in ("copies", "interventions") if probe.options.get("trial") else ("copies", *MODULES):
        full = "pessimist_probe." + name
        try:
            # Not before: some of them import torch.
            install_one = getattr(importlib.import_module(full), "install", None)
            if install_one is not None:
                install_one(probe)
        except ModuleNotFoundError as error:
            if error.name != full:
                guard.fault(error)
        except Exception as error:
            guard.fault(error)
            probe.unobserved.append("%s: %s" % (name, error))
    # Functions of torch are heard while modules are.
    functional = sys.modules.get("torch.nn.functional")
    passes = getattr(probe, "passes", None)
    if passes is not None:
        passes.hooks += [h for h in guard.Hook.all if h.owner is functional and h.is_on and h not in passes.hooks]
    probe.program_started()
    guard.add_time(start)
