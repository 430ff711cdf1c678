"""Trials: what a program's loss becomes when one thing is changed in it."""

import unittest
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Dict, List

from support import Result, run

CLASSIFIER = """
    import torch
    from torch import nn
    from torch.utils.data import DataLoader, TensorDataset

    torch.manual_seed(0)
    x = 3 * torch.randn(96, 5)
    y = (x.sum(1) > 0).long()

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.norm, self.drop, self.b = nn.Linear(5, 16), nn.BatchNorm1d(16), nn.Dropout(0.5), nn.Linear(16, 2)

        def forward(self, x):
            return torch.softmax(self.b(self.drop(torch.relu(self.norm(self.a(x))))), dim=1)

    net = Net()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, weight_decay=0.01)
    for epoch in range(2):
        net.train()
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=32, shuffle=True):
            loss = nn.functional.cross_entropy(net(xb), yb)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        net.eval()
        with torch.no_grad():
            for xb, yb in DataLoader(TensorDataset(x, y), batch_size=48):
                net(xb)
"""

# The batch is made by hand, and an evaluation with the same function comes first.
BY_HAND = """
    import copy

    import torch
    from torch import nn

    torch.manual_seed(0)
    data = torch.randn(500, 4)

    def batch():
        at = torch.randint(500, (16,))
        return data[at], data[at].sum(1, keepdim=True)

    net = nn.Linear(4, 1)
    average = copy.deepcopy(net).eval()
    scripted = torch.jit.script(nn.Sequential(nn.Linear(4, 4), nn.Dropout(0.1)))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.05)
    for step in range(50):
        if step % 10 == 0:
            net.eval()
            with torch.no_grad():
                for _ in range(3):
                    net(batch()[0])
            net.train()
        x, y = batch()
        loss = ((net(x) - y) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""

# Its own function is differentiated wrongly, and two optimizers step after each backward pass.
TWO_OPTIMIZERS = """
    import torch
    from torch import nn

    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x ** 3

        @staticmethod
        def backward(ctx, grad):
            (x,) = ctx.saved_tensors
            return FACTOR * x ** 2 * grad

    torch.manual_seed(0)
    x, y = torch.randn(64, 4), torch.randn(64, 1)
    encoder, decoder = nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.2)), nn.Linear(8, 1)
    first, second = torch.optim.SGD(encoder.parameters(), lr=LR), torch.optim.Adam(decoder.parameters(), lr=LR)
    for step in range(60):
        first.zero_grad(), second.zero_grad()
        loss = nn.functional.mse_loss(decoder(Cube.apply(encoder(x).double()).to(x.dtype)), y)
        loss.backward()
        first.step(), second.step()
"""


def two(factor: float, rate: float) -> str:
    return TWO_OPTIMIZERS.replace("FACTOR", str(factor)).replace("LR", str(rate))


def trial(program: str, recipe: List[Dict[str, Any]], steps: int = 12, **options: Any) -> Result:
    return run(program, options={"trial": True, "freeze": True, "steps": steps, "recipe": recipe, **options})


def trials(program: str, recipes: List[List[Dict[str, Any]]], steps: int = 12) -> List[Result]:
    """Two at a time: most of their time is the import of torch."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda recipe: trial(program, recipe, steps), recipes))


def losses(result: Result) -> List[float]:
    return [r["loss"] for r in result.of("trial-stepped")]


class Interventions(unittest.TestCase):
    def setUp(self) -> None:
        self.maxDiff = None

    def end(self, result: Result) -> Dict[str, Any]:
        ends = result.of("trial-ended")
        self.assertEqual(len(ends), 1, result.err)
        self.assertEqual(ends[0]["faults"], [])
        return ends[0]

    def test_the_batch_is_the_same_at_every_step_and_the_epoch_does_not_end(self) -> None:
        result = trial(CLASSIFIER, [], steps=60)
        self.assertEqual(len(losses(result)), 61)
        hashes = {r["hash"] for r in result.of("trial-stepped") if "hash" in r} | {self.end(result)["hash"]}
        self.assertEqual(len(hashes), 1)

    def test_a_batch_made_by_hand_is_frozen_though_an_evaluation_makes_its_own(self) -> None:
        result = trial(BY_HAND, [], steps=45)
        hashes = {r["hash"] for r in result.of("trial-stepped") if "hash" in r} | {self.end(result)["hash"]}
        self.assertEqual(len(hashes), 1)
        self.assertLess(losses(result)[-1], losses(result)[0])

    def test_what_is_not_frozen_changes(self) -> None:
        result = run(BY_HAND, options={"trial": True, "steps": 5})
        self.assertGreater(len({r["hash"] for r in result.of("trial-stepped") if "hash" in r}), 1)

    def test_settings_and_suspicions_are_seen(self) -> None:
        result = trial(CLASSIFIER, [], steps=2)
        (look,) = result.of("trial-looked")
        self.assertEqual((look["optimizer"], look["learningRate"], look["weightDecay"], look["dropout"]), ("SGD", 0.1, 0.01, 0.5))
        self.assertEqual((look["loss"], look["knowNothingAs"], look["batchSize"]), ("cross-entropy", "ln 2", 32))
        (suspected,) = result.of("trial-suspected")
        self.assertEqual([s["cause"] for s in suspected["suspicions"]], ["softmax-before-cross-entropy"])

    def test_each_intervention_changes_the_course_and_is_not_refused(self) -> None:
        recipes: List[Dict[str, Any]] = [
            {"kind": "learning-rate", "value": 1e-4},
            {"kind": "scale-loss", "factor": -1},
            {"kind": "weight-decay", "value": 0.5},
            {"kind": "dropout", "value": 0},
            {"kind": "default-initialization"},
            {"kind": "normalize-inputs", "on": True},
            {"kind": "zero-inputs"},
            {"kind": "shuffle-inputs"},
            {"kind": "shuffle-labels"},
            {"kind": "bypass-operation", "index": 0, "operation": "softmax"},
            {"kind": "dimension", "index": 0, "operation": "softmax", "dimension": 0},
            {"kind": "no-batch-norm"},
            {"kind": "reference-model"},
            {"kind": "reference-loop"},
        ]
        plain, *changed = trials(CLASSIFIER, [[], *([r] for r in recipes)])
        for recipe, result in zip(recipes, changed):
            with self.subTest(recipe["kind"]):
                self.assertEqual(self.end(result)["refused"], [])
                self.assertEqual(len(losses(result)), 13)
                self.assertNotEqual(losses(result), losses(plain))

    def test_in_float64_the_course_is_nearly_the_same(self) -> None:
        plain, wide = trials(CLASSIFIER, [[{"kind": "dropout", "value": 0}, *more] for more in ([], [{"kind": "float64"}])])
        self.assertEqual(self.end(wide)["refused"], [])
        self.assertAlmostEqual(losses(plain)[-1], losses(wide)[-1], places=3)

    def test_what_cannot_be_changed_is_refused(self) -> None:
        recipes: List[Dict[str, Any]] = [
            {"kind": "no-batch-norm"}, {"kind": "plain-loss"}, {"kind": "reference-loop"}, {"kind": "optimize-all"}, {"kind": "bypass-operation", "index": 0, "operation": "softmax"}, {"kind": "unheard-of"},
        ]
        for recipe, result in zip(recipes, trials(BY_HAND, [[r] for r in recipes], steps=3)):
            with self.subTest(recipe["kind"]):
                self.assertEqual(len(self.end(result)["refused"]), 1)

    def test_the_loss_is_measured_along_the_programs_own_update(self) -> None:
        sensible, long_ = (trial(two(3, rate), [], steps=64, examine="direction") for rate in (0.01, 1))
        (seen,) = sensible.of("trial-direction")
        self.assertEqual(seen["lengths"][0], 1)
        self.assertLess(seen["losses"][0], seen["loss"])
        self.assertGreater(seen["cosine"], 0)
        self.assertAlmostEqual(seen["losses"][-1], seen["loss"], places=4)
        (seen,) = long_.of("trial-direction")
        self.assertGreater(seen["losses"][0], seen["loss"])
        self.assertLess(min(seen["losses"]), seen["loss"])

    def test_a_gradient_that_is_not_that_of_the_loss_is_seen(self) -> None:
        for factor, is_right in ((3, True), (2, False)):
            with self.subTest(factor):
                result = trial(two(factor, 0.01).replace("torch.manual_seed(0)", "torch.manual_seed(0); torch.set_default_dtype(torch.float64)"), [], steps=64, examine="gradients")
                (seen,) = result.of("trial-gradients")
                self.assertEqual(len(seen["analytic"]), 20)
                differences = [abs(a - n) / max(abs(a), abs(n)) for a, n in zip(seen["analytic"], seen["numeric"])]
                self.assertEqual(max(differences) < 1e-5, is_right)

    def test_a_gradient_is_not_compared_where_the_loss_is_not_exact_or_does_not_repeat(self) -> None:
        for program in (two(3, 0.01), two(3, 0.01).replace("torch.manual_seed(0)", "torch.manual_seed(0); torch.set_default_dtype(torch.float64)").replace("loss.backward", "loss = loss * (1 + 0.1 * step); loss.backward").replace("nn.functional.mse_loss", "(lambda a, b: ((a - b) ** 2).mean())")):
            self.assertEqual(trial(program, [], steps=64, examine="gradients").of("trial-gradients"), [])

    def test_optimizers_that_step_together_are_one_turn(self) -> None:
        plain, still = trials(two(3, 0.01), [[], [{"kind": "learning-rate", "value": 0}]])
        self.assertEqual((self.end(plain)["optimizers"], len(losses(plain))), (1, 13))
        self.assertEqual(len(losses(still)), 13)
        self.assertLess(losses(plain)[-1], losses(plain)[0])

    def test_another_seed_is_another_start(self) -> None:
        self.assertEqual(losses(trial(BY_HAND, [], steps=3)), losses(trial(BY_HAND, [], steps=3, seed=0)))
        self.assertNotEqual(losses(trial(BY_HAND, [], steps=3)), losses(trial(BY_HAND, [], steps=3, seed=1)))


if __name__ == "__main__":
    unittest.main()
