"""Every weight drawn again as the class of its layer does by default."""

from typing import Any, Dict, Tuple

import torch

from .change import CannotBeMade, Change


class UseDefaultInitialization(Change):
    def __init__(self, intervention: Dict[str, Any]) -> None:
        super().__init__(intervention)
        self._done: set = set()
        self._made = False

    def root(self, network: Any, args: Tuple[Any, ...], kwargs: Dict[str, Any]) -> Tuple[Tuple[Any, ...], Dict[str, Any]]:
        if id(network) not in self._done:
            self._done.add(id(network))
            state = torch.random.get_rng_state()
            torch.manual_seed(0)
            for module in network.modules():
                # A subclass in the program may draw them in its own way.
                reset = getattr(module, "reset_parameters", None)
                if reset is not None and type(module).__module__.startswith("torch."):
                    reset()
                    self._made = True
            torch.random.set_rng_state(state)
        return args, kwargs

    def finish(self) -> None:
        if not self._made:
            raise CannotBeMade("no layer has a default initialization")
