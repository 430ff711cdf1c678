"""Losses written out by hand are recognized, and others are not taken for them."""

import os
import sys
import unittest

import torch
from torch import nn
from torch.nn import functional

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "python"))

from pessimist_probe import formula, graph  # noqa: E402


class Formulas(unittest.TestCase):
    def setUp(self) -> None:
        torch.manual_seed(0)
        self.net, self.single = nn.Linear(4, 3), nn.Linear(4, 1)
        x = torch.randn(5, 4)
        self.out, self.y = self.net(x), torch.randn(5, 3)
        self.p, self.logp = self.out.softmax(1), self.out.log_softmax(1)
        self.labels = torch.tensor([0, 2, 1, 1, 0])
        self.hot = functional.one_hot(self.labels, 3).float()
        self.s, self.b = torch.sigmoid(self.single(x)), (torch.rand(5, 1) > 0.5).float()

    def kind(self, loss: torch.Tensor) -> str:
        return formula.of(loss).kind

    def test_squared_errors(self) -> None:
        out, y = self.out, self.y
        for loss in (((out - y) ** 2).mean(), (y - out).pow(2).sum() / 5, torch.mean(torch.square(out - y)), 0.5 * ((out - y) ** 2).mean(), ((out - y) ** 2).sum(1).mean()):
            self.assertEqual(self.kind(loss), "mse")
        d = out - y
        self.assertEqual(self.kind((d * d).mean()), "mse")
        self.assertEqual(self.kind((out - y).abs().mean()), "l1")

    def test_cross_entropy(self) -> None:
        p, logp, y, hot = self.p, self.logp, self.labels, self.hot
        rows = torch.arange(5)
        for loss in (
            -logp.gather(1, y[:, None]).mean(),
            -logp[range(5), y].mean(),
            -torch.log(p[rows, y]).mean(),
            (-torch.log(p[rows, y] + 1e-9)).mean(),
            -(hot * logp).sum(1).mean(),
            -(torch.log(p.clamp(min=1e-7)) * hot).sum() / 5,
        ):
            found = formula.of(loss)
            self.assertEqual(found.kind, "cross-entropy")
            self.assertEqual(graph.operation_of(found.prediction), "linear")
        self.assertEqual(formula.of(-logp[range(5), y].mean()).target.tolist(), y.tolist())

    def test_binary_cross_entropy(self) -> None:
        s, b = self.s, self.b
        found = formula.of(-(b * torch.log(s) + (1 - b) * torch.log(1 - s)).mean())
        self.assertEqual((found.kind, graph.operation_of(found.prediction)), ("bce", "sigmoid"))
        self.assertEqual(self.kind(-torch.mean(b * torch.log(s + 1e-7) + (1 - b) * torch.log(1 - s + 1e-7))), "bce")

    def test_a_penalty_is_no_part_of_the_loss(self) -> None:
        penalty = 1e-3 * sum((w**2).sum() for w in self.net.parameters())
        data = ((self.out - self.y) ** 2).mean()
        found = formula.of(data + penalty)
        self.assertEqual((found.kind, found.has_penalty), ("mse", True))
        self.assertAlmostEqual(found.value, data.item(), places=6)

    def test_what_only_looks_alike_is_custom(self) -> None:
        advantage = torch.randn(5)
        picked = self.logp.gather(1, self.labels[:, None]).squeeze(1)
        for loss in (
            self.out.mean(),
            -(picked * advantage).mean(),
            ((self.out - self.single(torch.ones(5, 4))) ** 2).mean(),
            -(self.p * self.logp).sum(1).mean(),
            self.logp[range(5), self.labels].mean(),
            -((self.out - self.y) ** 2).mean(),
            ((self.out - self.y) ** 4).mean(),
        ):
            self.assertEqual(self.kind(loss), "custom")


class Graphs(unittest.TestCase):
    def test_marks_are_found_behind_a_value(self) -> None:
        w = torch.ones(3, requires_grad=True)
        a, b = (w * 2).sum(), (w * 3).sum()
        marks = {graph.mark(t): t.grad_fn.name() for t in (a, b)}
        number = graph.mark(a)
        self.assertEqual(graph.find([a * 2 + 1], marks), {number})

    def test_what_made_a_tensor_is_seen_through_views(self) -> None:
        x = torch.randn(2, 5, 4)
        self.assertEqual(graph.maker_of(nn.Linear(4, 3)(x).reshape(-1, 3).t()), "linear")
        self.assertEqual(graph.maker_of(nn.Linear(4, 3)(x[0]).softmax(1).squeeze()), "softmax")
        self.assertIsNone(graph.maker_of(x))

    def test_a_gradient_reaches_parameters_or_does_not(self) -> None:
        net = nn.Linear(4, 3)
        x = torch.randn(2, 4, requires_grad=True)
        weight = lambda t: t is net.weight  # noqa: E731
        self.assertTrue(graph.reaches(net(x).sum(), weight))
        self.assertFalse(graph.reaches((x * 2).sum(), weight))


if __name__ == "__main__":
    unittest.main()
