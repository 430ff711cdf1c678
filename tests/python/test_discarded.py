"""Gradients that are cleared before anybody used them, and those that somebody used otherwise."""

import unittest

from support import run_all

LOOP = """
import copy, torch
from torch import nn
torch.manual_seed(0)
x, y = torch.randn(64, 4), torch.randn(64, 1)
net = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
optimizer = torch.optim.SGD(net.parameters(), 0.05)

def run(loss):
    loss.backward()

for i in range(12):
    gradients = []
    for part in (0, 32):
        xs, ys = x[part:part + 32], y[part:part + 32]
        loss = nn.functional.mse_loss(net(xs), ys)
        optimizer.zero_grad()
        run(loss)
        {after}
    optimizer.step()
"""

PROGRAMS = {
    "lost": LOOP.replace("{after}", "pass"),
    # The worst weights nearby, before the second pass.
    "sam": LOOP.replace("{after}", "any(p.data.add_(1e-3) is None for p in net.parameters()) if part == 0 else None"),
    "tasks": LOOP.replace("{after}", "gradients.append([p.grad.clone() for p in net.parameters()])"),
    "lbfgs": """
import torch
from torch import nn
torch.manual_seed(0)
x, y = torch.randn(64, 4), torch.randn(64, 1)
net = nn.Linear(4, 1)
optimizer = torch.optim.LBFGS(net.parameters(), 0.5, max_iter=4)

def closure():
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(net(x), y)
    loss.backward()
    return loss

for i in range(12):
    optimizer.step(closure)
""",
}


class DiscardedTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.results = run_all(PROGRAMS)

    def said(self, name: str) -> set:
        return {r["discarded"] for r in self.results[name].of("loop-event", action="zero-grad") if "discarded" in r}

    def test_what_nobody_used_is_discarded(self) -> None:
        self.assertEqual(self.said("lost"), {True})

    def test_what_moved_the_parameters_was_used(self) -> None:
        self.assertEqual(self.said("sam"), {False})

    def test_what_was_read_was_used(self) -> None:
        self.assertEqual(self.said("tasks"), {False})

    def test_closures_of_an_optimizer_are_its_own_affair(self) -> None:
        self.assertEqual(self.said("lbfgs"), set())
