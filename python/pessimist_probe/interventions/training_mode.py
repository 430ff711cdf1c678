"""Batch normalization by the statistics of the batch, dropout on."""

from typing import Any, Dict, Tuple

from .change import Change


class UseTrainingMode(Change):
    def root(self, network: Any, args: Tuple[Any, ...], kwargs: Dict[str, Any]) -> Tuple[Tuple[Any, ...], Dict[str, Any]]:
        network.train()
        return args, kwargs
