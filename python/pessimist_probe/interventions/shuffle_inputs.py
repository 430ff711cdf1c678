"""Each step deals the inputs to the targets anew."""

from typing import Any, Dict, Tuple

import torch

from .change import Change, first_tensor


class ShuffleInputs(Change):
    def __init__(self, intervention: Dict[str, Any]) -> None:
        super().__init__(intervention)
        self._random = torch.Generator().manual_seed(1)

    def root(self, network: Any, args: Tuple[Any, ...], kwargs: Dict[str, Any]) -> Tuple[Tuple[Any, ...], Dict[str, Any]]:
        return first_tensor(args, kwargs, lambda x: x[torch.randperm(x.size(0), generator=self._random).to(x.device)] if x.dim() > 0 else x)
