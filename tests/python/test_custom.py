"""Backward passes of hand-written functions, seen in passing."""

import unittest
from typing import Any, Dict, List

from support import run

# Each of them between two layers, in one program: `forward(x)` and `backward(x, g)` as expressions.
FUNCTIONS = {
    "right": ("torch.tanh(x)", "g * (1 - torch.tanh(x) ** 2)"),
    "forgets": ("torch.tanh(x)", "1 - torch.tanh(x) ** 2"),
    "turned": ("torch.exp(-x * x)", "g * 2 * x * torch.exp(-x * x)"),
    "mistaken": ("x * torch.sigmoid(x)", "g * torch.sigmoid(x)"),
    "kinked": ("x.clamp(-1, 1)", "g * ((x > -1) & (x < 1))"),
    "cut": ("torch.exp(x)", "g * torch.exp(x.clamp(max=1.5))"),
    "straight_through": ("torch.sign(x)", "g"),
    "rounded": ("torch.round(3 * x) / 3", "g * (x.abs() < 1)"),
    "reversed": ("x.clone()", "-g"),
    "scaled": ("torch.tanh(x)", "0.5 * g * (1 - torch.tanh(x) ** 2)"),
    "mixed": ("x - x.mean(1, keepdim=True)", "g"),
}

PROGRAM = """
import torch
from torch import nn
torch.manual_seed(0)
"""

ONE = """
class {name}(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return {forward}

    @staticmethod
    def backward(ctx, g):
        x, = ctx.saved_tensors
        return {backward}
"""

LOOP = """
functions = [{names}]
net = nn.ModuleList(nn.Linear(8, 64) for _ in functions)
optimizer = torch.optim.SGD(net.parameters(), 0.01)
for i in range(3):
    x = torch.randn(64, 8)
    loss = sum((f.apply(layer(x)) ** 2).mean() + f.apply(layer(x)).mean() for f, layer in zip(functions, net))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
assert "apply" not in vars(torch.autograd.Function) or torch.__version__ >= "2"
"""


class CustomTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        bodies = "".join(ONE.format(name=n, forward=f, backward=b) for n, (f, b) in FUNCTIONS.items())
        result = run(PROGRAM + bodies + LOOP.format(names=", ".join(FUNCTIONS)))
        assert result.code == 0, result.err
        cls.faults = result.of("program-ended")[0]["faults"]
        cls.compared: Dict[str, List[Any]] = {n: result.of("gradient-compared", function=n) for n in FUNCTIONS}

    def test_the_derivative_is_right(self) -> None:
        self.assertEqual(self.faults, [])
        for name in ("right", "kinked"):
            self.assertTrue(self.compared[name], name)
            self.assertTrue(all(c["wrong"] < 0.05 for c in self.compared[name]), name)

    def test_one_that_forgets_what_comes_in(self) -> None:
        calls = self.compared["forgets"]
        self.assertTrue(calls and all(c["wrong"] > 0.9 and c["ignoresIncoming"] for c in calls))

    def test_one_with_a_mistake(self) -> None:
        calls = self.compared["mistaken"]
        self.assertTrue(calls and all(c["wrong"] > 0.5 and not c["ignoresIncoming"] for c in calls))
        self.assertEqual(calls[0]["site"]["function"], "backward")

    def test_one_with_the_wrong_sign(self) -> None:
        calls = self.compared["turned"]
        self.assertTrue(calls and all(c["wrong"] > 0.9 and not c["ignoresIncoming"] for c in calls))

    def test_one_that_is_cut_at_the_extremes_differs_at_few(self) -> None:
        self.assertTrue(all(c["wrong"] < 0.5 for c in self.compared["cut"]))

    def test_what_is_meant_to_differ_is_left_out(self) -> None:
        for name in ("straight_through", "rounded", "reversed", "scaled", "mixed"):
            self.assertEqual(self.compared[name], [], name)
