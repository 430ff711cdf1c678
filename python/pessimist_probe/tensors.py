"""Tensors in what functions are given and return."""

from typing import Any, Iterator

import torch


def tensors_in(value: Any, depth: int = 4) -> Iterator[Any]:
    """Tensors in arguments or results, in order."""
    if isinstance(value, torch.Tensor):
        yield value
    elif depth > 0:
        if isinstance(value, (list, tuple)):
            for item in value[:64]:
                yield from tensors_in(item, depth - 1)
        elif isinstance(value, dict):
            for item in list(value.values())[:64]:
                yield from tensors_in(item, depth - 1)
        elif hasattr(value, "__dataclass_fields__"):
            for item in list(vars(value).values())[:64]:
                yield from tensors_in(item, depth - 1)
