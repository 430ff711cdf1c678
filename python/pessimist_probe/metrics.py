"""Metrics as the program reports them: printed, written to TensorBoard, shown at a progress bar; and answers that are counted right."""

from __future__ import annotations

import builtins
import math
import os
import re
import sys
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from torch import Tensor

from . import context, guard, sources
from .method import Method
from .observer import Observer
from .place import Place
from .site import files

if TYPE_CHECKING:
    from .probe import Probe

_MOST_REPORTS = 4000
_LONGEST = 600

_WORDS = r"loss|acc|accuracy|error|err|mse|mae|rmse|nll|bce|f1|auc|auroc|precision|recall|iou|miou|dice|bleu|rouge|ppl|perplexity|r2|score|top1|top5|top-1|top-5|map|ndcg|reward|correct"
_NUMBER = r"[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|nan|inf)"
_METRIC = re.compile(r"(?<![A-Za-z])((?:[A-Za-z][A-Za-z0-9_./@-]*[ _]){0,2}[A-Za-z0-9_./@-]*?(?:" + _WORDS + r")[A-Za-z0-9_./@-]*(?: ?\([A-Za-z0-9 %]{1,16}\))?)['\"]?\s*(?:[:=]|is|of|->)?\s*(?:tensor\()?(" + _NUMBER + r")(?![\w])(?:/(\d+))?\)?\s*(%?)", re.IGNORECASE)
_LONG = re.compile(r"(accuracy|loss|error)(?: on| of)( [A-Za-z0-9 -]{1,60})[:=]\s*(" + _NUMBER + r")\s*(%?)", re.IGNORECASE)
_EPOCH = re.compile(r"epoch\s*[:=#\[(]*\s*(\d+)", re.IGNORECASE)
_SPLITS = (
    ("validation", re.compile(r"(?<![a-z])(?:val|valid|validation|dev|heldout|held-out|eval|evaluation)(?![a-z])", re.IGNORECASE)),
    ("test", re.compile(r"(?<![a-z])(?:test|testing)(?![a-z])", re.IGNORECASE)),
    ("train", re.compile(r"(?<![a-z])(?:train|training|trn)(?![a-z])", re.IGNORECASE)),
)


class Reported(NamedTuple):
    """A metric in a text."""

    name: str
    value: float
    split: Optional[str]
    epoch: Optional[int]
    percent: bool

    # Where it is printed as a fraction, as 9832/10000.
    counted: Optional[float] = None
    divided_by: Optional[int] = None

    # Behind the point.
    digits: int = 0


def parse(text: str) -> List[Reported]:
    """Metrics in a line that a program prints: ``Epoch 3 | train loss: 0.31 | val acc 91.2%``."""
    found: List[Reported] = []
    if len(text) > _LONGEST or not any(c.isdigit() for c in text) and "nan" not in text:
        return found
    epoch = _EPOCH.search(text)
    for match in _LONG.finditer(text):
        found.append(Reported(match.group(1), float(match.group(3)), split_of(match.group(2)), None, match.group(4) == "%"))
    for match in _METRIC.finditer(text):
        name = " ".join(match.group(1).split()).strip("-_. ")
        value = float(match.group(2))
        digits = len(match.group(2).partition(".")[2])
        of = int(match.group(3)) if match.group(3) else None
        if of is not None and (digits > 0 or of == 0):
            continue
        split = split_of(text[:match.end(1)])
        found.append(Reported(name, value if of is None else value / of, split, None if epoch is None else int(epoch.group(1)), match.group(4) == "%", value if of is not None else None, of, digits))
    return found


def split_of(text: str) -> Optional[str]:
    """The split that the last word for one names; None when none is named."""
    best, at = None, -1
    for name, pattern in _SPLITS:
        for match in pattern.finditer(text.replace("_", " ").replace("/", " ")):
            if match.start() > at:
                best, at = name, match.start()
    return best


def plain(args: Sequence[Any]) -> str:
    """The text of what is printed, as far as it can be had without calling code of the program."""
    parts: List[str] = []
    for value in args:
        if isinstance(value, str):
            parts.append(str.__str__(value))
        elif isinstance(value, (bool, int, float)):
            parts.append(repr(value) if type(value) in (bool, int, float) else format(float(value), "g"))
        elif isinstance(value, Tensor) and value.numel() == 1 and value.device.type == "cpu":
            parts.append(repr(float(value.detach())))
        elif type(value).__module__ == "numpy" and getattr(value, "ndim", None) == 0:
            parts.append(repr(float(value)))
        else:
            parts.append(";")
        if len(parts) > 64:
            break
    return " ".join(parts)


class Metrics(Observer):
    """Tells metrics where they come by."""

    def __init__(self, probe: "Probe") -> None:
        self._probe = probe
        self._reports = 0
        self._examples = 0
        self._batches = 0
        self._evaluates = False
        self._step = -1
        self._model = 0
        self._again = 0
        self._last: Any = None
        self._looked: Dict[str, bool] = {}
        self._shares: Dict[str, bool] = {}
        self._read: Dict[Any, float] = {}
        self.hooks: List[Any] = []

    # Text.

    def printed(self, args: Sequence[Any]) -> None:
        """The program prints something."""
        if self._reports >= _MOST_REPORTS or not self._probe.trains:
            return
        found = parse(plain(args))
        if found:
            site = self._probe.site()
            for report in found:
                self.report(report.name, report.value, report.split, report.epoch, site, report.counted, report.divided_by, report.percent, report.digits)

    def report(
        self, name: str, value: float, split: Optional[str], epoch: Optional[int], site: Any,
        counted: Optional[float] = None, divided_by: Optional[int] = None, percent: bool = False, digits: int = 12,
    ) -> None:
        """A metric came by."""
        if self._reports >= _MOST_REPORTS:
            return
        self._reports += 1
        held_out = split != "train" and self._batches > 0 and self._is_complete
        if held_out and counted is None and re.search("acc|correct", name, re.IGNORECASE):
            counted, divided_by = self._division(value, percent, digits)
        extra: Dict[str, Any] = {}
        if not percent and 1 < value < math.inf and re.search("acc", name, re.IGNORECASE) and site is not None:
            # Above 1 it is percent, or wrong; what counts it may stand in another file than what prints it.
            file = os.path.abspath(site["file"])
            if self._shares.setdefault(file, not any(sources.speaks_of_percent(f) for f in [file, *files()])):
                extra = {"is_share": True, "divisions": sources.find([file], sources.DIVIDING) or None}
        self._probe.emit(
            "metric-reported",
            name=name,
            value=value,
            step=self._probe.step,
            epoch=epoch,
            split=split,
            counted=counted,
            divided_by=divided_by,
            examples=self._examples if held_out else None,
            batches=self._batches if held_out else None,
            site=site,
            **extra,
        )

    def scalar(self, name: Any, value: Any, site: Any) -> None:
        """A named value that is no text: of TensorBoard, of a progress bar."""
        if isinstance(value, Tensor):
            value = float(value.detach()) if value.numel() == 1 and value.device.type == "cpu" else None
        elif isinstance(value, str):
            try:
                value = float(value.strip(" %"))
            except ValueError:
                return
        if not isinstance(name, str) or not re.search(_WORDS, name, re.IGNORECASE) or value is None:
            return
        try:
            number = float(value)
        except (TypeError, ValueError):
            return
        self.report(name, number, split_of(name), None, site)

    # What was evaluated since the last training step.

    def forward_begin(self, model: int, module: Any, args: Any, kwargs: Any) -> None:
        pass_ = context.current_pass(self._probe)
        if pass_ is None:
            return
        evaluates = not pass_.gradients_on or not pass_.training
        if evaluates and not self._evaluates or self._step != self._probe.step:
            self._examples = self._batches = self._again = 0
            self._last, self._model = None, model
            self._read.clear()
        self._step = self._probe.step
        if evaluates != self._evaluates:
            self._evaluates = evaluates
            for hook in self.hooks:
                hook.on() if evaluates else hook.off()
        if evaluates and pass_.examples:
            # Of a batch that goes through twice, or through several networks, each example counts once.
            handed = getattr(getattr(self._probe, "loaders", None), "handed", None)
            first = next((a for a in args if isinstance(a, Tensor)), None)
            batch = (None if first is None else Place(first)) if handed is None else (handed.loader, handed.epoch, handed.index)
            same = self._last.holds(batch.address) if isinstance(batch, Place) and isinstance(self._last, Place) else batch == self._last
            if model != self._model or batch is not None and same:
                self._again += 1
                return
            self._last = batch
            self._examples += pass_.examples
            self._batches += 1

    def left_out(self) -> None:
        """What is read out is no count of right answers any more."""
        self._evaluates = False
        for hook in self.hooks:
            hook.off()

    @property
    def _is_complete(self) -> bool:
        """No evaluated batch was left out."""
        return self._step == self._probe.step and self._batches + self._again == self._probe.passes.evaluations_of_turn

    def read(self, value: Any) -> None:
        """A number was read out of a tensor while evaluating: right answers, perhaps."""
        if self._step != self._probe.step:
            self.left_out()
            return
        if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= self._examples and value == int(value):
            site = self._probe.site()
            if site is not None and len(self._read) < 64:
                key = (site["file"], site["line"])
                self._read[key] = self._read.get(key, 0) + value

    def _division(self, value: float, percent: bool, digits: int) -> Tuple[Optional[float], Optional[int]]:
        """Which count, divided by which number, gives what is reported; none where nothing gives it."""
        if not math.isfinite(value) or value <= 0:
            return None, None
        scales = (100.0, 1.0) if percent or value > 1.5 else (1.0, 100.0)
        divisors = [self._examples, self._batches]
        for examples, size, batches in self._sizes():
            divisors += [examples, self._batches * size, batches]
        for divisor in dict.fromkeys(d for d in divisors if d > 0):
            for counted in self._read.values():
                for scale in scales:
                    if counted > 0 and abs(counted / divisor * scale - value) <= 0.51 * 10.0 ** -min(digits, 12) + 1e-9:
                        return counted, divisor
        return None, None

    def _sizes(self) -> List[Tuple[int, int, int]]:
        """Examples, batch size and batches of the loaders that are there."""
        found = []
        loaders = getattr(self._probe, "loaders", None)
        for loader in [] if loaders is None else list(loaders._numbers.keys()):
            try:
                found.append((len(loader.dataset), int(loader.batch_size or 0), len(loader)))
            except TypeError:
                continue
        return found

    def turn_begin(self) -> None:
        if self._probe.turn < 64 or self._probe.records:
            self._look_for_writers()

    # Numbers that are read out.

    def item(self, tensor: Tensor, value: Any) -> None:
        """The accuracy of a batch: the sum or mean of answers that equal labels, read out while a trace is open."""
        trace = getattr(getattr(self._probe, "tracer", None), "open", None)
        if trace is None or not isinstance(value, (int, float)) or self._probe.passes.running:
            return
        reduction = trace.maker_of(trace.ids.known(tensor))
        if reduction is None or reduction["operation"] not in ("sum", "mean", "count_nonzero") or not reduction["inputs"]:
            return
        comparison = trace.maker_of(reduction["inputs"][0].get("id"), reduction["index"])
        while comparison is not None and comparison["operation"] in ("float", "to", "view", "double", "long", "type", "int"):
            comparison = trace.maker_of(comparison["inputs"][0].get("id"), comparison["index"])
        if comparison is None or comparison["operation"] != "eq" or not comparison["outputs"]:
            return
        answers = math.prod(comparison["outputs"][0]["shape"])
        if answers == 0 or self._reports >= _MOST_REPORTS:
            return
        self._reports += 1
        mean = reduction["operation"] == "mean"
        self._probe.emit(
            "metric-reported",
            name="accuracy",
            value=float(value) if mean else value / answers,
            step=self._probe.step,
            counted=value * answers if mean else value,
            divided_by=answers if mean else None,
            examples=answers,
            batches=1,
            site=self._probe.site(),
        )

    def _look_for_writers(self) -> None:
        """Libraries that are there once the program has imported them."""
        for module, owner, name, make in self._writers():
            if module in self._looked or module not in sys.modules:
                continue
            self._looked[module] = True
            found = getattr(sys.modules[module], owner, None)
            if found is not None and name in getattr(found, "__dict__", {}):
                guard.Hook(found, name, make)

    def _writers(self) -> Iterator[Tuple[str, str, str, Callable[[Callable[..., Any]], Callable[..., Any]]]]:
        probe = self._probe

        def add_scalar(original: Callable[..., Any]) -> Callable[..., Any]:
            def hook(*args: Any, **kwargs: Any) -> Any:
                if probe.here and probe.trains:
                    tag = kwargs.get("tag", args[1] if len(args) > 1 else None)
                    value = kwargs.get("scalar_value", args[2] if len(args) > 2 else None)
                    probe.guarded(self.scalar, tag, value, probe.site())
                return original(*args, **kwargs)

            return hook

        def set_postfix(original: Callable[..., Any]) -> Callable[..., Any]:
            def hook(*args: Any, **kwargs: Any) -> Any:
                if probe.here and probe.trains and probe.records:
                    shown = dict(args[1]) if len(args) > 1 and isinstance(args[1], dict) else {}
                    shown.update(kwargs)
                    site = probe.site()
                    for name, value in list(shown.items())[:16]:
                        probe.guarded(self.scalar, name, value, site)
                return original(*args, **kwargs)

            return hook

        yield "torch.utils.tensorboard.writer", "SummaryWriter", "add_scalar", add_scalar
        yield "tensorboardX.writer", "SummaryWriter", "add_scalar", add_scalar
        yield "tqdm.std", "tqdm", "set_postfix", set_postfix


def install(probe: "Probe") -> None:
    metrics = Metrics(probe)
    probe.metrics = metrics  # type: ignore[attr-defined]
    probe.add(metrics)

    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        def print(*args: Any, **kwargs: Any) -> None:  # noqa: A001
            if probe.here and kwargs.get("file") in (None, sys.stdout, sys.stderr):
                probe.guarded(metrics.printed, args)
            original(*args, **kwargs)

        return print

    guard.Hook(builtins, "print", make)

    def make_read(original: Callable[..., Any]) -> Callable[..., Any]:
        def read(self: Any) -> Any:
            value = original(self)
            if probe.here and not probe.passes.running:
                probe.guarded(metrics.read, value)
            return value

        return read

    for name in ("item", "__int__", "__float__"):
        metrics.hooks.append(Method(name, make_read))
