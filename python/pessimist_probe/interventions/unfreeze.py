"""Every parameter requires a gradient, and is optimized."""

from typing import Any, Dict, Tuple

from .optimize_all import OptimizeAll


class Unfreeze(OptimizeAll):
    _unfrozen = False

    def root(self, network: Any, args: Tuple[Any, ...], kwargs: Dict[str, Any]) -> Tuple[Tuple[Any, ...], Dict[str, Any]]:
        for parameter in network.parameters():
            if not parameter.requires_grad and parameter.is_floating_point():
                parameter.requires_grad_(True)
                self._unfrozen = True
        return args, kwargs

    def finish(self) -> None:
        if not self._unfrozen:
            super().finish()
