"""Everything in float64."""

from typing import Any, Dict, Tuple

import torch

from .change import Change


def _wide(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return value.double() if value.is_floating_point() else value
    if isinstance(value, (list, tuple)) and type(value) in (list, tuple):
        return type(value)(_wide(v) for v in value)
    if type(value) is dict:
        return {k: _wide(v) for k, v in value.items()}
    return value


class UseFloat64(Change):
    def __init__(self, intervention: Dict[str, Any]) -> None:
        super().__init__(intervention)
        self._done: set = set()

    def root(self, network: Any, args: Tuple[Any, ...], kwargs: Dict[str, Any]) -> Tuple[Tuple[Any, ...], Dict[str, Any]]:
        if id(network) not in self._done:
            self._done.add(id(network))
            network.double()
        return _wide(args), _wide(kwargs)

    def loss(self, kind: str, input: Any, target: Any) -> Tuple[Any, Any]:  # noqa: A002
        return input, _wide(target)
