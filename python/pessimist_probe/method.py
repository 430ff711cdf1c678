"""Hooks that `guard.Hook` has no form for: methods that tensors inherit, and functions that are put in the place of others as they are."""

from __future__ import annotations

from typing import Any, Callable

from torch import Tensor

from . import guard


class Method:
    """Puts a function before a method that tensors inherit; for the rest like `guard.Hook`."""

    def __init__(self, name: str, make: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
        self.owner, self.name = Tensor, name
        self._function = self.original = getattr(Tensor, name)
        self._hook = guard.transparent(make(self.original))
        self.is_on = False
        guard.Hook.all.append(self)  # type: ignore[arg-type]

    def on(self) -> None:
        if not self.is_on and self.name not in Tensor.__dict__:
            setattr(Tensor, self.name, self._hook)
            self.is_on = True

    def give_up(self) -> None:
        """As its like."""
        self.off()

    def is_for(self, function: Any) -> bool:
        return False

    def off(self) -> None:
        if self.is_on:
            delattr(Tensor, self.name)
            self.is_on = False


class Swap:
    """Puts one function in the place of another, with nothing between."""

    def __init__(self, owner: Any, name: str, replacement: Callable[..., Any]) -> None:
        self.owner, self.name = owner, name
        self._function = self.original = getattr(owner, name)
        self._replacement = replacement
        self.is_on = False
        guard.Hook.all.append(self)  # type: ignore[arg-type]

    def on(self) -> None:
        if not self.is_on and getattr(self.owner, self.name) is self._function:
            setattr(self.owner, self.name, self._replacement)
            self.is_on = True

    def give_up(self) -> None:
        """As its like."""
        self.off()

    def is_for(self, function: Any) -> bool:
        return False

    def off(self) -> None:
        if self.is_on and getattr(self.owner, self.name) is self._replacement:
            setattr(self.owner, self.name, self._function)
        self.is_on = False
