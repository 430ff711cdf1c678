"""Memory at the end of measured turns, and what keeps it: results of an early turn that are still there, graphs that grow."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Sequence

import torch
from torch import Tensor

from . import context, graph
from .observer import Observer

if TYPE_CHECKING:
    from .probe import Probe

# Turns after which the results of the first ones should be gone.
_SETTLED = 8


def resident() -> int:
    """Bytes of the process that lie in memory; 0 where nobody tells."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0


def capacity() -> Optional[int]:
    """Bytes that the machine has."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, AttributeError):
        return None


class Memory(Observer):
    """Measures memory, and what of an early turn is still there."""

    def __init__(self, probe: "Probe") -> None:
        self._probe = probe
        self._first_nodes = self._nodes = 0
        self._graph_site: Any = None

    def before_backward(self, tensors: Sequence[Any]) -> None:
        if not self._probe.measures:
            return
        root = next((t for t in tensors if isinstance(t, Tensor) and t.grad_fn is not None), None)
        if root is None:
            return
        self._graph_site = self._probe.site()
        self._nodes = graph.size(root)
        if self._first_nodes == 0 and self._probe.turn > 1:
            self._first_nodes = self._nodes

    def turn_end(self) -> None:
        if not self._probe.measures:
            return
        device = next((t.device for _, t in context.parameters(self._probe) if t.device.type == "cuda"), None)
        record: Dict[str, Any] = {"resident": resident(), "capacity": capacity(), "holders": self._holders() or None}
        if device is not None:
            record["allocated"] = torch.cuda.memory_allocated(device)
            record["peak"] = torch.cuda.max_memory_allocated(device)
            record["capacity"] = torch.cuda.get_device_properties(device).total_memory
        self._probe.emit("memory-measured", step=self._probe.step, **record)

    def _holders(self) -> List[Dict[str, Any]]:
        if self._probe.turn < _SETTLED:
            return []
        leaks = getattr(getattr(self._probe, "tracer", None), "leaks", None)
        holders: List[Dict[str, Any]] = [] if leaks is None else leaks.alive()
        if self._first_nodes > 0 and self._nodes > 2 * self._first_nodes:
            holders.insert(0, {"what": "operations in the graph behind the loss", "count": self._nodes, "bytes": 0, "site": self._graph_site})
        return holders


def install(probe: "Probe") -> None:
    probe.add(Memory(probe))
