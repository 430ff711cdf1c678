"""Another seed, or the same one again."""

from typing import Any

import torch


class Seed:
    """Seeds what the program does not, and shifts what it does: 0 is the program's own."""

    def __init__(self, shift: int) -> None:
        self._shift = shift

    def install(self) -> None:
        import random

        random.seed(self._shift)
        torch.manual_seed(self._shift)
        if self._shift == 0:
            return
        for owner, name in ((torch, "manual_seed"), (torch.random, "manual_seed"), (random, "seed")):
            self._wrap(owner, name)
        try:
            import numpy

            numpy.random.seed(self._shift)
            self._wrap(numpy.random, "seed")
        except ImportError:
            pass

    def _wrap(self, owner: Any, name: str) -> None:
        original, shift = getattr(owner, name), self._shift

        def seed(*args: Any, **kwargs: Any) -> Any:
            if args and isinstance(args[0], int):
                args = (args[0] + shift, *args[1:])
            kwargs = {k: v + shift if k == "seed" and isinstance(v, int) else v for k, v in kwargs.items()}
            return original(*args, **kwargs)

        setattr(owner, name, seed)
