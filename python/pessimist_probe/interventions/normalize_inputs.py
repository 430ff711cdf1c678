"""Inputs of mean 0 and standard deviation 1 over the batch: by channel for pictures, by column else."""

from typing import Any, Dict, Tuple

import torch

from .change import Change, first_tensor


class NormalizeInputs(Change):
    def root(self, network: Any, args: Tuple[Any, ...], kwargs: Dict[str, Any]) -> Tuple[Tuple[Any, ...], Dict[str, Any]]:
        return first_tensor(args, kwargs, _normal) if self.intervention.get("on", True) else (args, kwargs)


def _normal(x: Any) -> Any:
    with torch.no_grad():
        dims = tuple(d for d in range(x.dim()) if d != 1) if x.dim() > 2 else (0,)
        if x.dim() < 2 or x.size(0) < 2:
            return x
        return (x - x.mean(dims, keepdim=True)) / (x.std(dims, keepdim=True) + 1e-6)
