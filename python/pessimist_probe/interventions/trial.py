"""The course of a trial: turns, losses, and what the tool is told."""

import atexit
import inspect
import math
import os
import threading
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

import torch
from torch import nn

from .. import copies, guard, site
from .change import CannotBeMade, Change, make
from .look import look, suspect
from .measure import Measures, digest, first_non_finite
from .operations import Operations
from .patch import spare, wrap

_LOSSES = {
    "cross_entropy": "cross-entropy",
    "nll_loss": "nll",
    "binary_cross_entropy": "bce",
    "binary_cross_entropy_with_logits": "bce-with-logits",
    "mse_loss": "mse",
    "l1_loss": "l1",
    "smooth_l1_loss": "smooth-l1",
    "huber_loss": "huber",
    "kl_div": "kl-div",
}
_ASK_EVERY = 10
# These take the place of the program's loop, so that it needs no optimizer.
_REPLACING = ("UseReferenceModel", "UseReferenceLoop")
# Backward passes without a step that one turn may have, as when gradients are accumulated.
_MOST_BACKWARDS = 64


class LossCall:
    def __init__(self, kind: str, original: Callable[..., Any], input: Any, target: Any, settings: Dict[str, Any], value: Any) -> None:  # noqa: A002
        self.kind, self.original, self.input, self.target, self.settings, self.value = kind, original, input, target, settings, value
        self.site = site.here()

    @property
    def reduction(self) -> str:
        return str(self.settings.get("reduction", "mean"))

    def again(self, input: Any, **settings: Any) -> Any:  # noqa: A002
        return self.original(input, self.target, **{**self.settings, **settings})

    def plain_settings(self) -> Dict[str, Any]:
        """What the program asks of its loss, averaged over the batch."""
        return {k: v for k, v in self.settings.items() if k in ("weight", "ignore_index", "label_smoothing", "pos_weight")}

    def mean(self) -> float:
        """The value, over the mean of the targets."""
        value = float(self.value.detach().double().mean())
        if self.reduction == "sum":
            count = self.target.numel() if self.kind in ("cross-entropy", "nll") and not self.target.is_floating_point() else self.input.numel()
            return value / max(count, 1)
        return value


class Trial:
    def __init__(self, probe: Any, options: Any) -> None:
        self._probe = probe
        steps = options.get("steps")
        self._steps = 1 << 60 if steps is None else int(steps)
        self.seed = int(options.get("seed") or 0)
        self._asks = bool(options.get("ask"))
        # Whose optimizers begin a turn, rather than follow in one.
        self._leaders: List[Any] = []
        self._turn_leader: Any = None
        self._detailed = bool(options.get("detailed"))
        self._changes: List[Change] = []
        self._refused: List[str] = []
        self.freeze: Any = None
        self.operations = Operations()
        self.step = 0
        self.last_loss: Optional[LossCall] = None
        self.last_input: Any = None
        self.roots: List[Any] = []
        self.optimizers: List[Any] = []
        self.has_optimizer = False
        # Something else trains in the place of the program.
        self.is_replaced = False
        self.zeroed: List[str] = []
        self.last_root: Any = None
        self.first: Dict[str, Any] = {}
        self.measures: Optional[Measures] = None
        self._functions: Dict[str, Callable[..., Any]] = {}
        self._losses: List[LossCall] = []
        self._totals: List[float] = []
        self._depth = 0
        self._in_loss = self._in_step = self._in_backward = False
        self._looked = self._over = False
        self._thread = threading.get_ident()

    def change(self, intervention: Dict[str, Any]) -> None:
        try:
            made = make(intervention)
            made.install(self)
            self._changes.append(made)
        except CannotBeMade as refusal:
            self._refused.append(str(refusal))

    def parameters(self) -> List[Any]:
        found: Dict[int, Any] = {}
        for root in self.roots:
            for parameter in root.parameters():
                found[id(parameter)] = parameter
        return list(found.values())

    @property
    def has_one_loss(self) -> bool:
        return len(self._losses) == 1

    def functional(self, kind: str) -> Callable[..., Any]:
        """A loss of torch as it was."""
        return self._functions[kind]

    # What the program does

    def install(self) -> None:
        self.operations.install()
        for name, kind in _LOSSES.items():
            if not hasattr(nn.functional, name):
                continue
            self._functions[kind] = getattr(nn.functional, name)
            wrap(nn.functional, name, self._loss(kind))
        wrap(nn.Module, "__call__", self._call)
        wrap(torch.autograd, "backward", self._backward)
        for owner in (nn.Module, torch.optim.Optimizer):
            wrap(owner, "zero_grad", self._zero)
        wrap(torch.optim.Optimizer, "__init__", self._optimizer)
        atexit.register(self.finish, False)
        for name in ("script", "trace", "freeze"):
            spare(torch.jit, name)

    @property
    def _here(self) -> bool:
        return not self._over and not self.is_replaced and threading.get_ident() == self._thread

    def _call(self, original: Any) -> Any:
        networks: Dict[int, bool] = {}

        def is_network(module: Any) -> bool:
            known = networks.get(id(module))
            if known is None:
                known = networks[id(module)] = any(True for _ in module.parameters())
            return known

        def call(module: Any, *args: Any, **kwargs: Any) -> Any:
            if self._depth or not self._here or not torch.is_grad_enabled() or not is_network(module):
                return original(module, *args, **kwargs)
            self._depth += 1
            try:
                if not any(module is r for r in self.roots):
                    self.roots.append(module)
                for change in self._changes:
                    args, kwargs = change.root(module, args, kwargs)
                output = original(module, *args, **kwargs)
                tensors = [t for t in (*args, *kwargs.values()) if isinstance(t, torch.Tensor) and t.grad_fn is None]
                if tensors:
                    self.last_input = tensors[0]
                self.last_root = (module, args, kwargs, output)
                return output
            finally:
                self._depth -= 1

        return call

    def _loss(self, kind: str) -> Callable[[Any], Any]:
        def make_one(original: Any) -> Any:
            signature = inspect.signature(original)

            def loss(*args: Any, **kwargs: Any) -> Any:
                if self._in_loss or not self._here or not torch.is_grad_enabled():
                    return original(*args, **kwargs)
                self._in_loss = True
                try:
                    given = dict(signature.bind(*args, **kwargs).arguments)
                    input, target = given.pop("input"), given.pop("target")  # noqa: A001
                    for change in self._changes:
                        input, target = change.loss(kind, input, target)  # noqa: A001
                    value = original(input, target, **given)
                    if isinstance(value, torch.Tensor) and value.requires_grad:
                        self.last_loss = LossCall(kind, original, input, target, given, value)
                        self._losses.append(self.last_loss)
                    return value
                finally:
                    self._in_loss = False

            return loss

        return make_one

    def _backward(self, original: Any) -> Any:
        def backward(*args: Any, **kwargs: Any) -> Any:
            if not self._here or self._in_backward:
                return original(*args, **kwargs)
            given = args[0] if args else kwargs.pop("tensors")
            tensors: Sequence[Any] = [given] if isinstance(given, torch.Tensor) else list(given)
            if self._totals and (not self.has_optimizer or len(self._totals) >= _MOST_BACKWARDS):
                # A program that steps by hand, or forgets to, has turns as well.
                self._before_step(None)
                self._after_step(None)
            self._probe.training_begins()
            if self.step > 0 and not self._totals and any(_holds_gradient(p) for p in self.parameters()):
                self.zeroed.append("before backward: no")
            self._totals.append(float(sum(float(t.detach().double().sum()) for t in tensors)))
            self.first.setdefault("backward", site.here())
            if self.freeze is not None:
                self.freeze.backward()
            for change in self._changes:
                tensors = change.backward(tensors)
            self._in_backward = True
            try:
                original(tensors[0] if len(tensors) == 1 else tuple(tensors), *args[1:], **kwargs)
            finally:
                self._in_backward = False

        return backward

    def _zero(self, original: Any) -> Any:
        def zero_grad(*args: Any, **kwargs: Any) -> Any:
            if self._totals:
                self.first.setdefault("zero", site.here())
            return original(*args, **kwargs)

        return zero_grad

    def _optimizer(self, original: Any) -> Any:
        stepped: set = set()

        def make_step(step: Any) -> Any:
            def call(optimizer: Any, *args: Any, **kwargs: Any) -> Any:
                if self._in_step or not self._here:
                    return step(optimizer, *args, **kwargs)
                if self._follows(optimizer):
                    return self._following_step(step, optimizer, args, kwargs)
                self._in_step = True
                try:
                    closure = args[0] if args else kwargs.get("closure")
                    if closure is None:
                        self._before_step(optimizer)
                    result = step(optimizer, *args, **kwargs)
                    if closure is not None:
                        # Only now is there a loss: it is that of the first call.
                        self._before_step(optimizer)
                    self._after_step(optimizer)
                    return result
                finally:
                    self._in_step = False

            return call

        def init(optimizer: Any, *args: Any, **kwargs: Any) -> Any:
            result = original(optimizer, *args, **kwargs)
            self.has_optimizer = True
            kind = type(optimizer)
            if kind not in stepped and "step" in kind.__dict__:
                stepped.add(kind)
                wrap(kind, "step", make_step)
            return result

        return init

    # Turns

    def _follows(self, optimizer: Any) -> bool:
        """Several optimizers may step after one backward pass: that is one turn."""
        return not self._totals and self._turn_leader is not None and optimizer is not self._turn_leader

    def _following_step(self, step: Any, optimizer: Any, args: Any, kwargs: Any) -> Any:
        self._in_step = True
        try:
            if not any(optimizer is o for o in self.optimizers):
                self.optimizers.append(optimizer)
            for change in self._changes:
                if type(change).__name__ not in _REPLACING:
                    change.before_step(optimizer)
            result = step(optimizer, *args, **kwargs)
            for change in self._changes:
                change.after_step(optimizer)
            return result
        except CannotBeMade as refusal:
            self._refused.append(str(refusal))
            self.finish()
        finally:
            self._in_step = False

    def _before_step(self, optimizer: Any) -> None:
        self._turn_leader = optimizer
        for known in (self.optimizers, self._leaders):
            if optimizer is not None and not any(optimizer is o for o in known):
                known.append(optimizer)
        self.first.setdefault("step", site.here())
        if self._totals and not any(_holds_gradient(p) for p in self.parameters()) and self.step == 0:
            self.zeroed.append("before step: yes")
        try:
            if self.step == 0:
                self.emit("trial-looked", **look(self, optimizer))
            for change in self._changes:
                if optimizer is not None or type(change).__name__ in _REPLACING:
                    change.before_step(optimizer)
        except CannotBeMade as refusal:
            self._refused.append(str(refusal))
            self.finish()
        if self.step == 1:
            self._suspect()
        self.tell(self._loss_value(), self._error_now())
        if self._detailed:
            if self.measures is None:
                self.measures = Measures(self.roots)
            self.measures.before_step(self.step)

    def _after_step(self, optimizer: Any) -> None:
        if self.measures is not None:
            self.measures.after_step(self.step)
        for change in self._changes:
            if optimizer is not None:
                change.after_step(optimizer)
        self.step += 1
        self._losses.clear()
        self._totals.clear()
        self.operations.next_turn()
        if self.freeze is not None:
            self.freeze.next_turn()

    def _loss_value(self) -> float:
        """The task's own loss where torch's was called once for each backward pass, else what was descended."""
        if self._losses and len(self._losses) == len(self._totals):
            return sum(c.mean() for c in self._losses) / len(self._losses)
        return sum(self._totals) / max(len(self._totals), 1)

    def _error_now(self) -> Optional[float]:
        if self.step % _ASK_EVERY and self.step < self._steps:
            return None
        errors = [e for e in (self.error(c.kind, c.input, c.target) for c in self._losses) if e is not None]
        return sum(errors) / len(errors) if errors else None

    @staticmethod
    def error(kind: str, prediction: Any, target: Any) -> Optional[float]:
        """Share of wrong examples; None where there are no classes."""
        with torch.no_grad():
            if kind in ("cross-entropy", "nll") and prediction.dim() >= 2 and not target.is_floating_point():
                wrong = prediction.argmax(1) != target
            elif kind in ("bce", "bce-with-logits") and prediction.numel() == target.numel():
                wrong = (prediction > (0.5 if kind == "bce" else 0)).reshape(-1) != (target > 0.5).reshape(-1)
            else:
                return None
            return float(wrong.double().mean())

    def tell(self, loss: float, error: Optional[float]) -> None:
        """One more loss; the end when there are enough of them."""
        fields: Dict[str, Any] = {}
        if self.step < 4 or self.step % 50 == 0:
            fields["hash"] = self._hash()
        self.emit("trial-stepped", step=self.step, loss=loss, total=self._totals[0] if self._totals else None, error=error, **fields)
        asks = self._asks and self.step > 0 and self.step % _ASK_EVERY == 0
        if self.step >= self._steps or not math.isfinite(loss) or asks and not self._probe.wire.go_on():
            self.finish()

    def _hash(self) -> Optional[str]:
        tensors = [self.last_input] if self.last_input is not None else []
        tensors += [c.target for c in self._losses if isinstance(c.target, torch.Tensor)]
        return digest(tensors) if tensors else None

    def _suspect(self) -> None:
        if not self._looked:
            self._looked = True
            self.emit("trial-suspected", suspicions=suspect(self))

    def finish(self, leave: bool = True) -> None:
        """The last words; then the process ends as it is: nothing of what the program does at its end belongs to a trial."""
        if self._over:
            return
        self._over = True
        self._suspect()
        refused = list(self._refused)
        for change in self._changes:
            try:
                change.finish()
            except CannotBeMade as refusal:
                refused.append(str(refusal))
        last: Dict[str, Any] = {}
        try:
            with torch.no_grad():
                last = self._last_words()
        except Exception as error:
            guard.fault(error)
        self.emit(
            "trial-ended",
            refused=sorted(set(refused)),
            # A program that ends by itself has no batch in its hands any more.
            hash=self._hash() if self._totals else None,
            optimizers=len(self._leaders),
            died=None if self._probe.died is None else ("%s: %s" % (type(self._probe.died).__name__, self._probe.died))[:500],
            faults=guard.faults,
            **copies.fields(),
            **last,
        )
        if leave:
            self._probe.wire.close()
            os._exit(0)

    def _last_words(self) -> Dict[str, Any]:
        words: Dict[str, Any] = {}
        if self.measures is not None:
            words.update(self.measures.finish())
        if not self._losses and self._totals and not math.isfinite(self._totals[0]) or any(not math.isfinite(c.mean()) for c in self._losses):
            words["non_finite"] = first_non_finite(self)
            return words
        call = self.last_loss
        if call is None:
            return words
        words["error"] = self.error(call.kind, call.input, call.target)
        if call.kind != "kl-div":
            each = call.again(call.input, reduction="none")
            if each.dim() > 0 and each.size(0) <= 4096:
                words["sample_losses"] = each.reshape(each.size(0), -1).double().mean(1).tolist()
        if self.last_root is not None and len(self.roots) == 1 and call.input is self.last_root[3]:
            module, args, kwargs, _ = self.last_root
            modes = [(m, m.training) for m in module.modules()]
            module.eval()
            value = call.again(module(*args, **kwargs))
            words["evaluation_loss"] = LossCall(call.kind, call.original, call.input, call.target, call.settings, value).mean()
            for one, training in modes:
                one.training = training
        return words

    def emit(self, kind: str, **fields: Any) -> None:
        self._probe.training_begins()
        self._probe.wire.emit(kind, **fields)
        if kind != "trial-stepped":
            self._probe.wire.flush()


def _holds_gradient(parameter: Any) -> bool:
    return parameter.grad is not None and bool((parameter.grad != 0).any())


Arguments = Tuple[Any, ...]
