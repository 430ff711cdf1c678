"""
The moves of the loop: backward passes, steps, epochs. They are held back until the turn ends: then it is known whether it is one to be
recorded, being new, sampled, or in another order than those before.
"""

import math
from typing import Any, Dict, List, Optional, Tuple

import torch

from . import site
from .byhand import ByHand
from .cost import Cost
from .observer import Site
from .probe import Probe

MOST_MOVES = 128
_MOST_ORDERS = 256
_MOST_EPOCHS = 200
_MOST_UNENDED = 2000
_LEAP = 10
# Backward passes without a step that one turn may have, as when gradients are accumulated.
_MOST_BACKWARDS = 64
# Losses told at once.
_MOST_FOLLOWED = 256
# Those of one turn that are measured.
_MEASURED_BACKWARDS = 8
# Turns of as many after which an optimizer that never stepped is taken for forgotten: from then on each backward pass is a turn.
_FORGOTTEN = 2

# Seconds that the hooks of a turn take in which nothing is recorded, about.
_LEAN = 4e-6

# Moves that are rare: their line is always looked up.
_RARE = ("scheduler-step", "train", "eval", "epoch")

item = torch._C._TensorBase.item


class Move:
    __slots__ = ("action", "step", "subject", "site", "more")

    def __init__(self, action: str, step: int, subject: Optional[int], site: Site) -> None:  # noqa: A002
        self.action, self.step, self.subject, self.site = action, step, subject, site
        self.more: Dict[str, Any] = {}


class Loop:
    def __init__(self, probe: Probe) -> None:
        self._probe = probe
        self._moves: List[Move] = []
        self._last_turn: List[Move] = []
        self._last_is_told = True
        self._orders: set = set()
        self.order: List[Tuple[str, Optional[int]]] = []
        # Of a lean turn: losses and learning rates beside the order of its moves. Hooks append to both.
        self.values: List[Optional[float]] = []
        # The loss of its last backward pass, and how far its gradients were clipped.
        self.loss: Optional[float] = None
        self.clipped: Any = None
        self._last_lean: Optional[Tuple[List[Any], List[Any], Any, int]] = None
        self._sites: Dict[Tuple[str, Optional[int]], Site] = {}
        self._epochs = 0
        self._new_epoch = False
        self._unended = 0
        self._lowest = math.inf
        # Above this a loss looks like one on its way to infinity.
        self.leap = math.inf
        # Backward passes of this turn.
        self.backwards = 0
        self._forgotten = 0
        # Steps that optimizers took.
        self.stepped = 0
        self.optimizers = 0
        # Losses of turns that are not told, of one backward pass each.
        self._followed: List[float] = []
        self._followed_from = 0
        self._backward_at: Site = None
        self.by_hand = ByHand(probe, self)
        self._turns_begun = False
        # Nothing of this turn will be recorded unless it turns out to be odd: only the order of its moves is kept.
        self.lean = False
        self._usual: List[Any] = []
        self._cost = Cost(probe.sampling)

    # Moves

    def add(self, action: str, subject: Optional[int] = None, at: Site = None, **more: Any) -> Move:
        probe = self._probe
        key = (action, subject)
        if at is None:
            if probe.records or action in _RARE or key not in self._sites:
                at = self._sites[key] = site.here()
            else:
                at = self._sites[key]
        else:
            self._sites[key] = at
        if self.values:
            self._expand()
        move = Move(action, probe.step, subject, at)
        if more:
            move.more = more
        self._moves.append(move)
        if len(self.order) < MOST_MOVES:
            self.order.append(key)
        if action == "epoch":
            self._epochs += 1
            self._new_epoch = self._new_epoch or self._epochs <= _MOST_EPOCHS
        if len(self._moves) >= MOST_MOVES:
            self._unended += len(self._moves)
            if self._unended < _MOST_UNENDED:
                self._tell(self._moves)
            self._moves = []
            # Whatever it is, it is no usual turn.
            self.leave_lean()
        return move

    def cleared(self, subject: Optional[int]) -> None:
        """Gradients are about to be cleared by a call."""
        discarded = self._probe.discarded.cleared()
        self.add("zero-grad", subject, **({} if discarded is None else {"discarded": discarded}))

    def _expand(self) -> None:
        """The moves of a lean turn, as records know them; their lines are those that they had before."""
        order, values = self.order, self.values
        step = self._probe.step
        last = None
        for key, value in zip(order[len(order) - len(values):], values):
            move = Move(key[0], step, key[1], self._sites.get(key))
            if key[0] == "backward":
                last = move
            if value is not None:
                move.more["loss" if key[0] == "backward" else "learning_rate"] = value
            self._moves.append(move)
        if last is not None and self.clipped is not None:
            last.more["clipped_to"] = float(self.clipped)
        self.values = []
        self.clipped = None

    def end_lean(self) -> None:
        """The end of a lean turn that stepped."""
        probe, sampling = self._probe, self._probe.sampling
        order = self.order
        turn = sampling.turn + 1
        # Programs with several optimizers have several orders that are usual.
        if turn >= sampling.wake or self._moves or probe.passes.pending or order != self._usual and tuple(order) not in self._orders:
            self.end_turn(True)
            return
        self._last_lean = (order, self.values, self.clipped, probe.step)
        if self.backwards == 1:
            self._follow(self.loss, probe.step)
        self.order, self.values, self.clipped, self.backwards = [], [], None, 0
        probe.step += 1
        sampling.turn = turn
        sampling.spent += _LEAN

    def _follow(self, loss: Optional[float], step: int) -> None:
        """The loss of a turn that is not told."""
        followed = self._followed
        if followed and (len(followed) >= _MOST_FOLLOWED or self._followed_from + len(followed) != step):
            self._tell_followed()
            followed = self._followed
        if loss is None:
            return
        if not followed:
            self._followed_from = step
        followed.append(loss)

    def _tell_followed(self) -> None:
        if self._followed:
            followed, self._followed = self._followed, []
            self._probe.emit("losses-followed", step=self._followed_from, values=followed, site=self._backward_at)

    def last(self, action: str) -> Optional[Move]:
        """The last move of this kind in the turn, to add what became known of it."""
        self._expand()
        for move in reversed(self._moves):
            if move.action == action:
                return move
        return None

    def clip(self, limit: Any, result: Any) -> None:
        """The gradients of the last backward pass were clipped; `result`: what they were before."""
        if limit is None:
            return
        if self.lean and not self._moves:
            self.clipped = limit
            return
        move = self.last("backward")
        if move is None:
            return
        move.more["clipped_to"] = float(limit)
        if self._probe.records and isinstance(result, torch.Tensor) and result.numel() == 1:
            move.more["clipped_from"] = float(item(result.detach()))

    def _tell(self, moves: List[Move]) -> None:
        for move in moves:
            if move.action == "backward":
                self._backward_at = move.site
            self._probe.emit("loop-event", action=move.action, step=move.step, subject=move.subject, site=move.site, **move.more)

    # Turns

    def leave_lean(self) -> None:
        """Something happens that may have to be recorded."""
        if self.lean:
            self.lean = False
            self._cost.run_ends(self._probe.turn)

    def begin_first(self) -> None:
        if not self._turns_begun:
            self._turns_begun = True
            self._probe.tell("turn_begin")

    def end_turn(self, stepped: bool) -> None:
        probe = self._probe
        if self.lean and not self._moves:
            self._cost.run_ends(probe.turn + 1)
        else:
            self._cost.turn_ends(stepped and probe.records and not self._new_epoch and probe.passes.evaluations_of_turn == 0)
        self._expand()
        self._last_lean = None
        self._usual = self.order
        order = tuple(self.order)
        is_new = len(self._orders) < _MOST_ORDERS and order not in self._orders
        if is_new:
            self._orders.add(order)
        self._last_turn, self._moves = self._moves, []
        self._last_is_told = is_new or self._new_epoch or probe.records
        if self._last_is_told:
            self._tell_followed()
            self._tell(self._last_turn)
        elif self.backwards == 1:
            self._follow(next((m.more.get("loss") for m in self._last_turn if m.action == "backward"), None), probe.step)
        self.order, self.values, self.clipped = [], [], None
        self._new_epoch = False
        self._unended = 0
        self.backwards = 0
        told = probe.records
        probe.tell("turn_end" if told else "unrecorded_end")
        if stepped:
            probe.step += 1
        probe.passes.next_turn()
        probe.sampling.next()
        probe.set_turn()
        if told:
            probe.wire.flush()
        probe.passes.watch(probe.records)
        self.lean = not probe.records and self.stepped > 8 and not probe.passes.pending
        self._cost.turn_begins()
        if probe.records:
            self._turns_begun = True
            probe.tell("turn_begin")

    def before_forward(self) -> None:
        """A network is called: a program that steps by hand, or forgets to, has turns as well."""
        self.begin_first()
        probe = self._probe
        if probe.in_step or self.backwards == 0:
            return
        if self.backwards > (0 if self.optimizers == 0 or self._forgotten >= _FORGOTTEN else _MOST_BACKWARDS):
            self._forgotten += self.stepped == 0
            self.end_turn(stepped=self.optimizers == 0 and self.by_hand.stepped())
        elif self.backwards == _MEASURED_BACKWARDS:
            # One turn is not to cost as much as many.
            probe.measures = probe.traces = False

    def finish(self, failed: bool) -> None:
        """The last turn is told in any case."""
        if self.optimizers == 0 and self.by_hand.stepped():
            self._probe.step += 1
        self._expand()
        if self._last_lean is not None:
            (order, values, clipped, step), moves = self._last_lean, self._moves
            self._moves, self.order, self.values, self.clipped = [], order, values, clipped
            self._expand()
            for move in self._moves:
                move.step = step
            self._last_turn, self._moves, self._last_is_told = self._moves, moves, False
        if not self._last_is_told and self._followed and self._last_turn and self._followed_from + len(self._followed) == self._last_turn[0].step + 1:
            # Its loss is told with its moves.
            self._followed.pop()
        self._tell_followed()
        if not self._last_is_told:
            self._tell(self._last_turn)
        self._tell(self._moves)
        self._last_is_told = True
        self._moves = []

    # Backward passes

    def before_backward(self, tensors: List[Any], retained: bool) -> Optional[Move]:
        probe = self._probe
        probe.training_begins()
        self.begin_first()
        if self.optimizers == 0:
            self.by_hand.before_backward(tensors)
        records = probe.records
        loss = tensors[0] if tensors else None
        value: Optional[float] = None
        if loss is not None and loss.numel() == 1 and (records or loss.device.type == "cpu") and not loss.is_complex():
            value = float(item(loss.detach()))
        at = site.here() if records else None
        move = self.add("backward", at=at)
        if value is not None:
            move.more["loss"] = value
        if retained:
            move.more["retained"] = True
        if records:
            before = self._gradient_before()
            if before is not None:
                move.more["gradient_before"] = before
        self.backwards += 1
        finite = value is None or math.isfinite(value)
        if records or not finite:
            probe.tell("before_backward", tensors)
        probe.passes.backward(tensors)
        if value is not None:
            self._judge(value)
        return move

    def after_backward(self, tensors: List[Any], move: Optional[Move]) -> None:
        probe = self._probe
        if probe.measures and move is not None:
            gradient = self.gradient_norm()
            if gradient is not None:
                move.more["gradient"] = gradient
        if probe.records:
            probe.tell("after_backward", tensors)
        if self.optimizers == 0:
            self.by_hand.after_backward(tensors)

    def differentiated(self, outputs: List[Any], inputs: List[Any], creates_graph: bool) -> None:
        """Gradients were asked for. With respect to parameters, and for good, that is a backward pass."""
        probe = self._probe
        if not creates_graph and inputs and all(t.is_leaf for t in inputs) and self._trains(inputs, outputs):
            self.before_backward(outputs, False)
            if self.optimizers == 0:
                self.by_hand.after_backward(outputs)
        else:
            probe.passes.differentiated(outputs)
            if probe.records:
                probe.tell("differentiated", outputs)

    def _trains(self, inputs: List[Any], outputs: List[Any]) -> bool:
        networks = self._probe.networks
        if any(n.root is not None for n in networks.all):
            return any(networks.find_parameter(t) is not None for t in inputs[:4])
        # Without modules: leaves that are floats of their own, and not data whose gradient is looked at once.
        return True

    def _judge(self, value: float) -> None:
        if not math.isfinite(value):
            return
        # A loss that leaps may be on its way to infinity: look closer while it is still finite.
        size = abs(value)
        if size > self.leap:
            self._probe.sampling.alarm()
        if size < self._lowest:
            self._lowest = size
            self.leap = _LEAP * (1 + size)

    def _gradient_before(self) -> Optional[float]:
        gradients = [p.grad for _, p in self._probe.networks.parameters() if p.grad is not None]
        if not gradients:
            return 0.0
        return norm(gradients) if self._probe.measures else None

    def gradient_norm(self) -> Optional[float]:
        """2-norm of all gradients of all networks together; None when there are none."""
        gradients = [p.grad for _, p in self._probe.networks.parameters() if p.grad is not None]
        return norm(gradients) if gradients else None


def norm(tensors: List[Any]) -> float:
    """2-norm of several tensors together, with one copy to the host."""
    with torch.no_grad():
        together = getattr(torch, "_foreach_norm", None)
        kind = tensors[0].dtype, tensors[0].device
        plain = kind[0] in (torch.float32, torch.float64) and all((t.dtype, t.device) == kind and t.layout == torch.strided for t in tensors)
        if together is not None and plain:
            return float(item(torch.linalg.vector_norm(torch.stack(together([t.detach() for t in tensors])).double())))
        norms = []
        for tensor in tensors:
            if tensor.layout != torch.strided:
                tensor = tensor.coalesce().values() if tensor.layout == torch.sparse_coo else tensor.to_dense()
            tensor = tensor.detach()
            if not tensor.is_floating_point() and not tensor.is_complex():
                tensor = tensor.float()
            norms.append(torch.linalg.vector_norm(tensor).double())
        if len({n.device for n in norms}) > 1:
            norms = [n.cpu() for n in norms]
        return float(item(torch.linalg.vector_norm(torch.stack(norms))))


def install(probe: Probe) -> None:
    loop = probe.loop = Loop(probe)
    probe.passes.before_forward = loop.before_forward
