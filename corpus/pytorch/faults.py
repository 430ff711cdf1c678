"""Rules that plant one fault into a healthy program, by its syntax tree.

A rule takes a `Script` and gives the lines of the faulty one with the numbers of the lines that count as right, or None where it does not apply.
"""
from __future__ import annotations

import ast
import re
from typing import Callable, Dict, List, Match, NamedTuple, Optional, Tuple, Union

Planted = Optional[Tuple[List[str], List[int]]]

CROSS_ENTROPY = ("cross_entropy", "CrossEntropyLoss")
BINARY = ("binary_cross_entropy_with_logits", "BCEWithLogitsLoss")
REGRESSION = ("mse_loss", "MSELoss", "smooth_l1_loss", "SmoothL1Loss", "l1_loss", "L1Loss")


class Script:
    """A source with what the rules ask of it."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.lines = source.splitlines()
        self.tree = ast.parse(source)
        self.backwards = self.calls_of("backward")
        self.zero_grads = self.calls_of("zero_grad")
        self.steps = [n for n in self.calls_of("step") if "sch" not in self.lines[n - 1] and "cyclic" not in self.lines[n - 1] and "env." not in self.lines[n - 1]]

    def calls_of(self, method: str) -> List[int]:
        """Numbers of the lines that are nothing but a call `something.method(...)`."""
        pattern = re.compile(rf"^\s*[\w.]+\.{method}\([^)]*\)\s*$")
        return [n for n, line in enumerate(self.lines, 1) if pattern.match(line)]

    @property
    def loop(self) -> List[int]:
        """The lines of the loop's own calls: where a mistake in their order is as well told."""
        return sorted({*self.backwards, *self.zero_grads, *self.steps})

    def without(self, number: int) -> List[str]:
        return self.lines[:number - 1] + self.lines[number:]

    def replaced(self, number: int, line: str) -> List[str]:
        return self.lines[:number - 1] + [line] + self.lines[number:]

    def loss_calls(self, kinds: Tuple[str, ...]) -> List[ast.Call]:
        """Calls of a loss of one of the kinds, by its function or through a variable that holds its module, in lines before a backward pass."""
        holders = {re.sub(r"^self\.", "", name) for name, kind in re.findall(r"([\w.]+)\s*=\s*(?:\w+\.)*(\w+)\(", self.source) if kind in kinds}
        found = []
        for node in ast.walk(self.tree):
            if not isinstance(node, ast.Call) or len(node.args) < 2 or node.lineno != node.end_lineno:
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            followed = any(node.lineno <= n <= node.lineno + 8 for n in self.backwards)
            if (name in kinds or name in holders) and followed:
                found.append(node)
        return sorted(found, key=lambda node: node.lineno)

    def change(self, node: ast.expr, make: Callable[[str], str]) -> List[str]:
        """The lines with one expression, which is on a line of its own, rewritten."""
        line = self.lines[node.lineno - 1]
        # The columns of the syntax tree count bytes; the programs are ASCII where it matters.
        return self.replaced(node.lineno, line[:node.col_offset] + make(line[node.col_offset:node.end_col_offset]) + line[node.end_col_offset:])

    @property
    def optimizer(self) -> Optional[Tuple[int, str]]:
        """Line and network of the only optimizer that takes `network.parameters()`."""
        found = [(n, m.group(1)) for n, line in enumerate(self.lines, 1)
                 for m in [re.search(r"\b(?:Adam|AdamW|SGD|RMSprop|Adadelta|NAdam|Adagrad)\(([\w.]+)\.parameters\(\)", line)] if m]
        return found[0] if len(found) == 1 else None


def drop_zero_grad(s: Script) -> Planted:
    if len(s.zero_grads) != 1 or len(s.backwards) != 1:
        return None
    gone = s.zero_grads[0]
    return s.without(gone), [n - (n > gone) for n in s.loop if n != gone]


def zero_grad_after_backward(s: Script) -> Planted:
    if len(s.zero_grads) != 1 or len(s.backwards) != 1 or s.zero_grads[0] > s.backwards[0]:
        return None
    z, b = s.zero_grads[0], s.backwards[0]
    if len(s.lines[z - 1]) - len(s.lines[z - 1].lstrip()) != len(s.lines[b - 1]) - len(s.lines[b - 1].lstrip()):
        return None
    lines = s.lines[:z - 1] + s.lines[z:b] + [s.lines[z - 1]] + s.lines[b:]
    return lines, [b - 1, b, *s.steps]


def drop_step(s: Script) -> Planted:
    if len(s.steps) != 1 or len(s.backwards) != 1 or "closure" in s.source:
        return None
    gone = s.steps[0]
    return s.without(gone), [n - (n > gone) for n in s.loop if n != gone]


def flip_sign(s: Script) -> Planted:
    if len(s.backwards) != 1 or "closure" in s.source:
        return None
    n = s.backwards[0]
    return s.replaced(n, re.sub(r"([\w.]+)\.backward\(", r"(-\1).backward(", s.lines[n - 1])), [n, n + 1]


def on_first_argument(kinds: Tuple[str, ...], make: Callable[[str], str]) -> Callable[[Script], Planted]:
    def rule(s: Script) -> Planted:
        calls = s.loss_calls(kinds)
        return (s.change(calls[0].args[0], make), [calls[0].lineno]) if calls else None

    return rule


def on_target(kinds: Tuple[str, ...], make: Callable[[str], str]) -> Callable[[Script], Planted]:
    def rule(s: Script) -> Planted:
        calls = s.loss_calls(kinds)
        return (s.change(calls[0].args[1], make), [calls[0].lineno]) if calls else None

    return rule


def scale_rate(factor: float) -> Callable[[Script], Planted]:
    def rule(s: Script) -> Planted:
        if "max_lr" in s.source or "LBFGS" in s.source or len(s.steps) != 1:
            return None
        found = [(n, m) for n, line in enumerate(s.lines, 1) for m in [re.search(r"\b(?:lr|learning_rate)(?:: float)?\s*=\s*([0-9][0-9.e-]*)", line)] if m]
        if len(found) != 1:
            return None
        n, m = found[0]
        line = s.lines[n - 1]
        changed = s.replaced(n, line[:m.start(1)] + f"{float(m.group(1)) * factor:g}" + line[m.end(1):])
        return changed, sorted({n, *s.loop, *([s.optimizer[0]] if s.optimizer else [])})

    return rule


def before_optimizer(make: Callable[[str], str]) -> Callable[[Script], Planted]:
    def rule(s: Script) -> Planted:
        if s.optimizer is None or s.optimizer[1] == "self":
            return None
        n, network = s.optimizer
        line = s.lines[n - 1]
        indent = line[:len(line) - len(line.lstrip())]
        return s.lines[:n - 1] + [indent + make(network)] + s.lines[n - 1:], [n]

    return rule


def optimizer_of_head(s: Script) -> Planted:
    if s.optimizer is None:
        return None
    n, network = s.optimizer
    return s.replaced(n, s.lines[n - 1].replace(f"{network}.parameters()", f"list({network}.parameters())[-2:]")), [n]


def acts_by_mode(s: Script) -> bool:
    return bool(re.search(r"Dropout|BatchNorm|F\.dropout|dropout=0\.[1-9]", s.source))


def near(s: Script, number: int) -> List[int]:
    """A line and the pass that follows it: where a missing change of mode is told."""
    return list(range(number, min(number + 8, len(s.lines)) + 1))


def never_eval(s: Script) -> Planted:
    n = s.calls_of("eval")
    return (s.replaced(n[0], re.sub(r"\S.*", "pass", s.lines[n[0] - 1])), near(s, n[0])) if len(n) == 1 and acts_by_mode(s) else None


def never_train_again(s: Script) -> Planted:
    n, e = s.calls_of("train"), s.calls_of("eval")
    if len(n) != 1 or len(e) != 1 or not acts_by_mode(s):
        return None
    return s.replaced(n[0], re.sub(r"\S.*", "pass", s.lines[n[0] - 1])), [e[0], *near(s, n[0])]


def textual(pattern: str, replacement: Union[str, Callable[[Match[str]], str]], count: int = 1) -> Callable[[Script], Planted]:
    """Rewrites what matches in the first line (0: in all lines) that hold the pattern."""
    def rule(s: Script) -> Planted:
        where = [n for n, line in enumerate(s.lines, 1) if re.search(pattern, line)][:count or None]
        if not where:
            return None
        return [re.sub(pattern, replacement, line) if n in where else line for n, line in enumerate(s.lines, 1)], where

    return rule


def last_width(s: Script) -> Planted:
    where = [(n, m) for n, line in enumerate(s.lines, 1) for m in re.finditer(r"nn\.Linear\((\d+), ", line)]
    if not where:
        return None
    n, m = where[-1]
    line = s.lines[n - 1]
    return s.replaced(n, line[:m.start(1)] + str(int(m.group(1)) + 1) + line[m.end(1):]), [n]


class Fault(NamedTuple):
    """A rule, the codes of which one must be named, and those that are then true as well."""
    plant: Callable[[Script], Planted]
    cause: List[str]
    also: List[str]
    definite: bool = False


DIVERGES = ["PES403", "PES401", "PES301", "PES506", "PES507", "PES701", "PES702", "PES611", "PES607"]
LEARNS_NOTHING = ["PES607", "PES611"]

FAULTS: Dict[str, Fault] = {
    "drop-zero-grad": Fault(drop_zero_grad, ["PES404"], DIVERGES),
    "zero-grad-after-backward": Fault(zero_grad_after_backward, ["PES404", "PES510"], LEARNS_NOTHING),
    "drop-step": Fault(drop_step, ["PES510"], LEARNS_NOTHING),
    "flip-sign": Fault(flip_sign, ["PES308"], DIVERGES),
    "softmax": Fault(on_first_argument(CROSS_ENTROPY, lambda x: f"torch.softmax({x}, dim=1)"), ["PES302"], LEARNS_NOTHING),
    "sigmoid": Fault(on_first_argument(BINARY, lambda x: f"torch.sigmoid({x})"), ["PES304"], LEARNS_NOTHING),
    "softmax-axis": Fault(on_first_argument(CROSS_ENTROPY, lambda x: f"torch.log_softmax({x}, dim=0)"), ["PES307"], LEARNS_NOTHING),
    "detach": Fault(on_first_argument(CROSS_ENTROPY + BINARY + REGRESSION, lambda x: f"{x}.detach().requires_grad_()"), ["PES309", "PES405"], ["PES208", *LEARNS_NOTHING]),
    "argmax": Fault(on_first_argument(CROSS_ENTROPY, lambda x: f"torch.nn.functional.one_hot({x}.argmax(1), {x}.size(1)).float().requires_grad_()"),
                    ["PES309", "PES405"], ["PES208", *LEARNS_NOTHING]),
    "permuted-labels": Fault(on_target(CROSS_ENTROPY + REGRESSION, lambda t: f"{t}[torch.randperm(len({t}))]"), ["PES107"], LEARNS_NOTHING),
    "broadcast": Fault(on_target(REGRESSION, lambda t: f"{t}.flatten()"), ["PES306"], LEARNS_NOTHING),
    "rate-up": Fault(scale_rate(1e3), ["PES501"], DIVERGES),
    "rate-down": Fault(scale_rate(1e-3), ["PES502"], LEARNS_NOTHING),
    "zero-init": Fault(before_optimizer(lambda net: f"for p in {net}.parameters(): torch.nn.init.zeros_(p)"), ["PES209"], LEARNS_NOTHING),
    "freeze": Fault(before_optimizer(lambda net: f"for p in list({net}.parameters())[:-2]: p.requires_grad_(False)"), ["PES509"], LEARNS_NOTHING),
    "only-head": Fault(optimizer_of_head, ["PES503"], LEARNS_NOTHING),
    "never-eval": Fault(never_eval, ["PES601"], []),
    "never-train": Fault(never_train_again, ["PES602"], [], definite=True),
    "dropout": Fault(textual(r"nn\.Dropout\([0-9.p=]+\)", "nn.Dropout(0.95)", 0), ["PES211"], LEARNS_NOTHING),
    "no-activation": Fault(textual(r"nn\.(?:ReLU|Tanh|GELU|LeakyReLU|SiLU|ELU)\([^()]*\)", "nn.Identity()", 0), ["PES201"], LEARNS_NOTHING),
    "raw-scale": Fault(textual(r"/ 16(?:\.0)?\b", "* 16", 0), ["PES101"], DIVERGES),
    "kept-graph": Fault(textual(r"\+= loss\.item\(\)(?=$| \* \w)", "+= loss"), ["PES315"], ["PES801"], definite=True),
    "double": Fault(textual(r"\.float\(\)|dtype=torch\.float32", lambda m: ".double()" if m.group(0).startswith(".") else "dtype=torch.float64"), ["PES216"], []),
    "wrong-width": Fault(last_width, ["PES215"], []),
}
