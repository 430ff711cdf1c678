"""The program's own network in a plain loop: the task's standard loss, Adam with lr 1e-3, gradients cleared before every step."""

from typing import Any

import torch

from .change import CannotBeMade, Change


def fits(trial: Any) -> bool:
    """The network's output is what the loss is about, row by row."""
    call = trial.last_loss
    if call is None or trial.last_root is None or len(trial.roots) != 1 or call.kind not in ("cross-entropy", "nll", "bce", "bce-with-logits", "mse"):
        return False
    output = trial.last_root[3]
    return isinstance(output, torch.Tensor) and output.shape == call.input.shape


class UseReferenceLoop(Change):
    """Takes the place of the program's loop at its first step."""

    _trial: Any = None

    def install(self, trial: Any) -> None:
        self._trial = trial

    def before_step(self, optimizer: Any) -> None:
        trial = self._trial
        if not fits(trial):
            raise CannotBeMade("the network's output is not what a loss of torch is called with")
        call = trial.last_loss
        network, args, kwargs, _ = trial.last_root
        trial.is_replaced = True
        parameters = [p for p in network.parameters() if p.requires_grad]
        adam = torch.optim.Adam(parameters, lr=1e-3)
        plain = trial.functional(call.kind)
        while True:
            output = network(*args, **kwargs)
            loss = plain(output, call.target, **call.plain_settings())
            trial.tell(float(loss.detach()), trial.error(call.kind, output, call.target))
            for parameter in parameters:
                parameter.grad = None
            loss.backward()
            adam.step()
            trial.step += 1
