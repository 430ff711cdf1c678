"""Warnings that torch itself raises name the innermost line of Python: where that is a hook of ours, the program's line takes its place."""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING, Any

from . import guard
from .method import Swap

if TYPE_CHECKING:
    from .probe import Probe


def _show(real: Any) -> Any:
    def show(message: Any) -> None:
        if message.filename != guard.TRANSPARENT:
            real(message)
            return
        frame: Any = sys._getframe(1)
        ours = frame
        from .tracing import caller

        frame = caller(frame)[0]
        if frame is None:
            real(message)
            return
        # As if it had been raised there: said once for that line, and by the filters for that module.
        ours.f_globals.pop("__warningregistry__", None)
        names = frame.f_globals
        warnings.warn_explicit(
            message.message,
            message.category,
            frame.f_code.co_filename,
            frame.f_lineno,
            names.get("__name__") or "<unknown>",
            names.setdefault("__warningregistry__", {}),
            names,
            message.source,
        )

    return show


def install(probe: "Probe") -> None:
    if hasattr(warnings, "_showwarnmsg"):
        Swap(warnings, "_showwarnmsg", _show(warnings._showwarnmsg)).on()  # type: ignore[attr-defined]
