"""The rate of every dropout."""

from typing import Any

import torch

from .change import Change
from .patch import wrap

_FUNCTIONS = ("dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "feature_alpha_dropout")


class SetDropout(Change):
    def install(self, trial: Any) -> None:
        value = self.intervention["value"]

        def make(original: Any) -> Any:
            def dropout(input: Any, p: float = 0.5, *args: Any, **kwargs: Any) -> Any:  # noqa: A002
                return original(input, value if p > 0 else p, *args, **kwargs)

            return dropout

        for name in _FUNCTIONS:
            wrap(torch.nn.functional, name, make)

        def make_recurrent(original: Any) -> Any:
            def forward(module: Any, *args: Any, **kwargs: Any) -> Any:
                if module.dropout > 0:
                    module.dropout = value
                return original(module, *args, **kwargs)

            return forward

        for kind in (torch.nn.LSTM, torch.nn.GRU, torch.nn.RNN):
            wrap(kind, "forward", make_recurrent)

        def make_attention(original: Any) -> Any:
            def attention(*args: Any, **kwargs: Any) -> Any:
                if kwargs.get("dropout_p", 0) > 0:
                    kwargs["dropout_p"] = value
                elif len(args) > 4 and args[4] > 0:
                    args = (*args[:4], value, *args[5:])
                return original(*args, **kwargs)

            return attention

        wrap(torch.nn.functional, "scaled_dot_product_attention", make_attention)
