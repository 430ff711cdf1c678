"""Programs that change their parameters themselves: `p -= lr * p.grad`, `p.data.sub_(...)`. A change between backward passes is a step."""

import linecache
import math
import re
import sys
import weakref
from types import FrameType
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Tuple

import torch

from . import graph, site
from .observer import Site
from .probe import Probe
from .structure import revived

if TYPE_CHECKING:
    from .loop import Loop

_MOST_COPIED = 8
_MOST_ELEMENTS = 65_536
_MOST_LINES = 200
_SURE = 3
_MOST_TENSORS = 2000

_update = re.compile(r"-=|\+=|\.sub_\(|\.add_\(|\.copy_\(|\.data\b.*=|=.*\.grad\b|addcdiv_")
_clear = re.compile(r"\.grad\b.*zero_\(|\.grad\s*=\s*None|zero_grad|\.grad\.fill_")


class ByHand:
    def __init__(self, probe: Probe, loop: "Loop") -> None:
        self._probe = probe
        self._loop = loop
        self._before: List[Tuple["weakref.ref[Any]", Any, Optional[Any], int]] = []
        self._versions: List[Tuple["weakref.ref[Any]", int]] = []
        self._waits = False
        self._steps = 0
        self._stepped_this_turn = False
        self._had_gradients = False
        self._update_site: Site = None
        self._clear_site: Site = None
        self._told = False
        self._rate: Optional[float] = None
        self._looked = 0
        # New tensors took the places of parameters.
        self._replaced = False

    # Told by the loop

    def before_backward(self, tensors: List[Any]) -> None:
        loop, probe = self._loop, self._probe
        self._replaced = find_leaves(probe, tensors) or self._replaced
        stepped = self.stepped()
        # Without modules nothing is heard of the forward pass: the turn began after the last backward pass.
        if loop.backwards and (stepped or not any(n.root is not None for n in probe.networks.all)):
            loop.end_turn(stepped)

    def after_backward(self, tensors: List[Any]) -> None:
        """Remembers what the parameters look like."""
        if self._loop.stepped:
            return
        if self._update_site is None and self._looked < 4:
            self._looked += 1
            self._find_lines(site.user_frame(sys._getframe(1)))
        self._before, self._versions = [], []
        self._waits = True
        if self._probe.records:
            self._probe.tell("before_step", 0, None)
        if self._steps >= _SURE and not self._probe.records:
            return
        parameters = [p for _, p in self._probe.networks.parameters() if p.requires_grad]
        self._had_gradients = any(p.grad is not None for p in parameters)
        self._versions = [(weakref.ref(p), p._version) for p in parameters]
        candidates = [p for p in parameters if 0 < p.numel() <= _MOST_ELEMENTS and p.layout == torch.strided]
        with torch.no_grad():
            for parameter in sorted(candidates, key=_size)[:_MOST_COPIED]:
                gradient = None if parameter.grad is None or self._rate is not None else parameter.grad.detach().clone()
                self._before.append((weakref.ref(parameter), parameter.detach().clone(), gradient, parameter._version))

    def check(self) -> None:
        """Something else happens in the loop: a step by hand came before it."""
        if self._loop.optimizers == 0:
            self._detect()

    def stepped(self) -> bool:
        """Whether the parameters were changed since the last backward pass; asked when the turn ends."""
        self._detect()
        stepped, self._stepped_this_turn = self._stepped_this_turn, False
        return stepped

    def _detect(self) -> None:
        if not self._waits or self._loop.stepped:
            return
        self._waits = False
        if self._versions or self._before or self._replaced:
            if not self._changed():
                return
        elif self._steps < _SURE:
            return
        self._steps += 1
        self._stepped_this_turn = True
        loop = self._loop
        if not self._told:
            self._told = True
            self._tell()
        if self._probe.records:
            self._probe.tell("after_step", 0, None)
        more: Dict[str, Any] = {}
        if self._rate is not None:
            more["learning_rate"] = self._rate
        loop.add("optimizer-step", 0, self._update_site or site.here(), **more)
        if self._had_gradients and self._versions and not any(p.grad is not None and bool(p.grad.any()) for _, p in self._probe.networks.parameters()):
            if loop.last("zero-grad") is None:
                loop.add("zero-grad", 0, self._clear_site or site.here())
        self._before, self._versions = [], []

    def _changed(self) -> bool:
        changed, self._replaced = self._replaced, False
        for reference, version in self._versions:
            tensor = revived(reference())
            if tensor is not None and tensor._version != version:
                changed = True
                break
        with torch.no_grad():
            for reference, copy, gradient, _ in self._before:
                tensor = revived(reference())
                if tensor is None or tensor.shape != copy.shape or tensor.device != copy.device:
                    continue
                if changed and (self._rate is not None or gradient is None):
                    continue
                difference = copy.double() - tensor.detach().double()
                if bool((difference != 0).any()):
                    changed = True
                    if self._rate is None and gradient is not None:
                        self._rate = _ratio(difference, gradient.double())
        return changed

    def _tell(self) -> None:
        names = []
        for note, tensor in self._probe.networks.parameters():
            if tensor.requires_grad:
                note.optimizers.add(0)
                names.append(note.full_name)
        self._probe.emit(
            "optimizer-built",
            optimizer=0,
            type="hand-written",
            step=self._probe.step,
            groups=[{"learningRate": math.nan if self._rate is None else self._rate, "parameters": names}],
            site=self._update_site or site.here(),
        )

    def _find_lines(self, frame: Optional[FrameType]) -> None:
        """The line that changes the parameters: the first after the backward pass that looks like it."""
        if frame is None:
            return
        code = frame.f_code
        changed = ""
        for line in range(frame.f_lineno + 1, frame.f_lineno + _MOST_LINES):
            text = linecache.getline(code.co_filename, line)
            if not text or re.match(r"(def|class)\b", text):
                break
            text = text.split("#", 1)[0]
            found = {"file": site.shown(code.co_filename), "line": line, "function": code.co_name}
            if self._clear_site is None and _clear.search(text):
                self._clear_site = found
            elif _update.search(text) and ("grad" in text or ".data" in text or "lr" in text):
                # A running mean of gradients, a velocity, is changed first; the line that then uses it changes the parameters.
                if self._update_site is None or changed and re.search(r"\b%s\b" % re.escape(changed), text.lstrip()[len(changed) :]) and not text.lstrip().startswith(changed):
                    target = re.match(r"\s*([A-Za-z_]\w*)", text)
                    changed = "" if target is None else target.group(1)
                    self._update_site = found


def find_leaves(probe: Probe, roots: List[Any]) -> bool:
    """Leaves with gradients that belong to no module are a network. True when they took the place of others of it."""
    if any(n.root is not None for n in probe.networks.all) or not (probe.records or probe.turn < 4):
        return False
    leaves = []
    for root in roots:
        if root.grad_fn is None:
            continue
        for node in graph.behind([root]):
            variable = getattr(node, "variable", None)
            if variable is not None and not any(variable is known for known in leaves):
                leaves.append(variable)
    unknown = [leaf for leaf in leaves if probe.networks.find_parameter(leaf) is None][:_MOST_TENSORS]
    if not unknown:
        return False
    names = _names_of(unknown, site.user_frame(sys._getframe(1)))
    count = len(probe.networks.parameters())
    named = []
    for leaf in unknown:
        name = names.get(id(leaf))
        if name is None:
            name = "parameter %d" % count
            count += 1
        named.append((name, leaf))
    return probe.networks.take_tensors(named)


def _names_of(tensors: List[Any], frame: Optional[FrameType]) -> Dict[int, str]:
    wanted = {id(t) for t in tensors}
    names: Dict[int, str] = {}

    def look(name: str, value: Any, depth: int) -> None:
        if id(value) in wanted:
            names.setdefault(id(value), name)
        elif depth > 0 and type(value) in (list, tuple):
            for i, item in enumerate(value[:256]):
                look("%s.%d" % (name, i), item, depth - 1)
        elif depth > 0 and type(value) is dict:
            for key, item in list(value.items())[:256]:
                look("%s.%s" % (name, key), item, depth - 1)

    for _ in range(6):
        if frame is None:
            break
        variables = dict(frame.f_locals)
        owner = variables.pop("self", None)
        for name, value in list(variables.items()):
            if not name.startswith("__") and isinstance(value, torch.Tensor):
                look(name, value, 0)
        for name, value in list(variables.items()):
            if not name.startswith("__"):
                look(name, value, 2)
        if owner is not None and hasattr(owner, "__dict__"):
            for name, value in list(vars(owner).items()):
                look(name, value, 2)
        if frame.f_locals is not frame.f_globals:
            variables = {**frame.f_globals, **variables}
        for name, value in list(variables.items()):
            if not name.startswith("__"):
                look(name, value, 2)
                if hasattr(value, "__dict__") and not isinstance(value, type) and type(value).__module__ in ("__main__", frame.f_globals.get("__name__")):
                    for inner, item in list(vars(value).items()):
                        look("%s.%s" % (name, inner), item, 2)
        if len(names) == len(wanted):
            break
        frame = frame.f_back
    return names


def _size(tensor: Any) -> int:
    return tensor.numel()


def _ratio(difference: Any, gradient: Any) -> Optional[float]:
    """The learning rate, when the change is a multiple of the gradient."""
    if difference.shape != gradient.shape:
        return None
    rate = difference / gradient
    rate = rate[torch.isfinite(rate) & (gradient.abs() > 1e-3 * gradient.abs().max())]
    if rate.numel() == 0:
        return None
    median = float(rate.median())
    if not math.isfinite(median) or median == 0 or float((rate - median).abs().max()) > 0.02 * abs(median):
        return None
    return float("%.2g" % median)
