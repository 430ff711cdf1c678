"""Operations that trials leave out or turn: where they are called, and what they made."""

from typing import Any, Callable, Dict, List, Optional

import torch

from .. import site
from .patch import wrap

_NAMES = ("softmax", "log_softmax", "sigmoid", "tanh", "relu", "leaky_relu", "softplus", "detach")
_VIEWS = ("View", "Reshape", "Squeeze", "Unsqueeze", "TBackward", "Transpose", "Permute", "Alias", "Clone", "ToCopy", "Slice", "Select")


class Call:
    """`run` computes the operation, along another dimension if told."""

    def __init__(self, name: str, input: Any, dim: Optional[int], at: Any, run: Callable[..., Any]) -> None:  # noqa: A002
        self.name, self.input, self.dim, self.site, self.run = name, input, dim, at, run
        self.result: Any = None


class Operations:
    def __init__(self) -> None:
        self._made: Dict[Any, Call] = {}
        self._interceptors: Dict[str, List[Callable[[Call], bool]]] = {}
        self.calls: List[Call] = []
        self._inside = False

    def knows(self, name: str) -> bool:
        return name in _NAMES

    def intercept(self, name: str, interceptor: Callable[[Call], bool]) -> None:
        self._interceptors.setdefault(name, []).append(interceptor)

    def next_turn(self) -> None:
        self._made.clear()
        self.calls.clear()

    def maker_of(self, tensor: Any) -> Optional[Call]:
        """The operation among those followed that made a tensor; views are looked through."""
        node = getattr(tensor, "grad_fn", None)
        for _ in range(16):
            if node is None:
                return None
            if node in self._made:
                return self._made[node]
            if not any(v in type(node).__name__ for v in _VIEWS):
                return None
            node = node.next_functions[0][0] if node.next_functions else None
        return None

    def install(self) -> None:
        for name in _NAMES:
            for owner in (torch.nn.functional, torch, torch.Tensor):
                wrap(owner, name, self._maker(name))

    def _maker(self, name: str) -> Callable[[Any], Any]:
        takes_dim = name in ("softmax", "log_softmax")

        def make(original: Any) -> Any:
            def operation(*args: Any, **kwargs: Any) -> Any:
                if self._inside:
                    return original(*args, **kwargs)
                given = args[0] if args else kwargs.get("input")
                if not isinstance(given, torch.Tensor) or not given.requires_grad or not torch.is_grad_enabled():
                    return original(*args, **kwargs)
                dim = kwargs.get("dim", args[1] if len(args) > 1 else None) if takes_dim else None

                def run(dim: Optional[int] = None) -> Any:
                    if dim is None:
                        return original(*args, **kwargs)
                    others = {k: v for k, v in kwargs.items() if k not in ("dim", "input")}
                    return original(given, dim, *args[2:], **others)

                call = Call(name, given, dim, site.here(), run)
                self._inside = True
                try:
                    for interceptor in self._interceptors.get(name, ()):
                        if interceptor(call):
                            return call.result
                    result = original(*args, **kwargs)
                finally:
                    self._inside = False
                self.calls.append(call)
                if result.grad_fn is not None:
                    self._made[result.grad_fn] = call
                return result

            return operation

        return make
