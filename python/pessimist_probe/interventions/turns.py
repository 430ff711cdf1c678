"""
A closer look at the first step. The program's own loop goes on, on its frozen batch, but before each forward pass its weights are put where the look wants
them, and its random numbers start again: so it computes the same loss at other weights, whatever it is made of.
"""

from typing import Any, Dict, List, Optional, Sequence, Tuple

import torch

from .change import Change

# Relative: the same weights twice must come to the same loss.
_SAME = 1e-6


class Look(Change):
    """Weights at each turn: `place(turn)` puts them, `seen(turn, loss)` gets the loss there."""

    def __init__(self, intervention: Dict[str, Any]) -> None:
        super().__init__(intervention)
        self._trial: Any = None
        self._placed = -1
        self._random: Any = None
        self.parameters: List[Any] = []
        self.start: List[Any] = []
        self.gradient: Optional[List[Any]] = None
        self.losses: List[float] = []
        self.is_exact = True
        # The loss is one of torch's, and not what the program made of it.
        self.is_task = False

    def install(self, trial: Any) -> None:
        self._trial = trial

    def root(self, network: Any, args: Tuple[Any, ...], kwargs: Dict[str, Any]) -> Tuple[Tuple[Any, ...], Dict[str, Any]]:
        turn = self._trial.step
        if turn != self._placed:
            self._placed = turn
            if turn == 0:
                self._random = _random()
            else:
                if turn == 1:
                    self.begin()
                with torch.no_grad():
                    self.place(turn)
                _seed(self._random)
        return args, kwargs

    def backward(self, tensors: Sequence[Any]) -> Sequence[Any]:
        trial = self._trial
        call = trial.last_loss
        # The task's own loss, whatever sign or factor the program descends it with.
        self.is_task = call is not None and trial.has_one_loss
        loss = call.value if self.is_task else sum(t.sum() for t in tensors)
        self.is_exact = self.is_exact and loss.dtype == torch.float64
        if trial.step == 0 and not self.losses:
            self.parameters = [p for p in trial.parameters() if p.requires_grad and p.is_floating_point()]
            self.start = [p.detach().clone() for p in self.parameters]
            gradients = torch.autograd.grad(loss.sum(), self.parameters, retain_graph=True, allow_unused=True)
            self.gradient = [torch.zeros_like(p) if g is None else g for p, g in zip(self.parameters, gradients)]
        if len(self.losses) == trial.step:
            self.losses.append(float(loss.detach().double().sum()))
        if self.is_over(trial.step):
            self.tell()
            trial.finish()
        return tensors

    def put(self, direction: Sequence[Any], length: float) -> None:
        for parameter, start, part in zip(self.parameters, self.start, direction):
            parameter.copy_(start + length * part)

    def repeats(self, at: int) -> bool:
        """The loss at the first weights, once more, is what it was."""
        return abs(self.losses[at] - self.losses[0]) <= _SAME * max(abs(self.losses[0]), 1e-12)

    def emit(self, kind: str, **fields: Any) -> None:
        self._trial.emit(kind, **fields)

    def begin(self) -> None:
        """The program has taken its first step."""

    def place(self, turn: int) -> None:
        raise NotImplementedError

    def is_over(self, turn: int) -> bool:
        raise NotImplementedError

    def tell(self) -> None:
        raise NotImplementedError


def dot(a: Sequence[Any], b: Sequence[Any]) -> float:
    return float(sum(float((x.double() * y.double()).sum()) for x, y in zip(a, b)))


def _random() -> Any:
    return torch.random.get_rng_state(), torch.cuda.get_rng_state_all() if torch.cuda.is_available() and torch.cuda.is_initialized() else None


def _seed(state: Any) -> None:
    torch.random.set_rng_state(state[0])
    if state[1] is not None:
        torch.cuda.set_rng_state_all(state[1])
