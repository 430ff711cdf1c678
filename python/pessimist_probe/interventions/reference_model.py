"""A network of two linear layers with ReLU, the task's standard loss, Adam with lr 1e-3, on the same batch."""

from typing import Any

import torch
from torch import nn

from .change import CannotBeMade, Change

_WIDTH = 128


class UseReferenceModel(Change):
    """Takes the place of the program at its first step."""

    _trial: Any = None

    def install(self, trial: Any) -> None:
        self._trial = trial

    def before_step(self, optimizer: Any) -> None:
        trial = self._trial
        call, inputs = trial.last_loss, trial.last_input
        if call is None or inputs is None or not inputs.is_floating_point() or inputs.dim() < 2 or call.input.dim() != 2:
            raise CannotBeMade("there is no batch of numbers and no loss of torch on a row for each example")
        if inputs.size(0) != call.input.size(0):
            raise CannotBeMade("inputs and predictions do not pair up")
        trial.is_replaced = True
        x = inputs.detach().float().reshape(inputs.size(0), -1)
        x = ((x - x.mean(0)) / (x.std(0) + 1e-6)).nan_to_num()
        torch.manual_seed(trial.seed)
        network = nn.Sequential(nn.Linear(x.size(1), _WIDTH), nn.ReLU(), nn.Linear(_WIDTH, call.input.size(1))).to(x.device)
        adam = torch.optim.Adam(network.parameters(), lr=1e-3)
        logits = call.kind in ("bce", "bce-with-logits")
        while True:
            output = network(x)
            if logits:
                loss = trial.functional("bce-with-logits")(output, call.target.float().reshape(output.shape))
            elif call.kind in ("cross-entropy", "nll"):
                loss = trial.functional("cross-entropy")(output, call.target)
            else:
                loss = trial.functional("mse")(output, call.target.float().reshape(output.shape))
            trial.tell(float(loss.detach()), trial.error("bce-with-logits" if logits else call.kind, output, call.target))
            adam.zero_grad()
            loss.backward()
            adam.step()
            trial.step += 1
