"""Turns of which nothing is recorded: what is known of them all the same, and what they cost."""

import json
import os
import sys
import unittest

from support import ROOT, run

sys.path.insert(0, os.path.join(ROOT, "python"))

from pessimist_probe.cost import Cost  # noqa: E402
from pessimist_probe.sampling import Sampling  # noqa: E402

PROGRAM = """
import gc, json
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x, y = torch.randn(640, 4), torch.randn(640, 1)
train, held_out = DataLoader(TensorDataset(x, y), 8), DataLoader(TensorDataset(x[:96], y[:96]), 1)
net = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
optimizer = torch.optim.SGD(net.parameters(), 0.01)
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda i: 0.999 ** i)
losses, rates, evaluations, objects = [], [], 0, 0
for epoch in range(12):
    net.train()
    for a, b in train:
        if len(losses) != 777:
            net.zero_grad()
        loss = nn.functional.mse_loss(net(a), b)
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 0.5)
        losses.append(float(loss))
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    net.eval()
    with torch.no_grad():
        for a, b in held_out:
            net(a)
            evaluations += 1
    if epoch == 5:
        gc.collect()
        objects = len(gc.get_objects())
gc.collect()
print(json.dumps({"losses": losses, "rates": rates, "evaluations": evaluations, "objects": len(gc.get_objects()) - objects}))
"""


class Unwatched(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        # No time for anything but what is done in any case.
        cls.ran = run(PROGRAM, options={"overhead": 0})
        cls.printed = json.loads(cls.ran.out)

    def test_most_turns_are_not_recorded_and_nothing_fails(self) -> None:
        self.assertEqual(self.ran.of("program-ended")[0]["faults"], [])
        self.assertEqual(self.ran.of("program-ended")[0]["steps"], len(self.printed["losses"]))
        self.assertLess(len({r["step"] for r in self.ran.of("loop-event", action="optimizer-step")}), 200)

    def test_the_loss_of_every_step_is_known(self) -> None:
        known = {r["step"]: r["loss"] for r in self.ran.of("loop-event", action="backward")}
        for followed in self.ran.of("losses-followed"):
            known.update({followed["step"] + i: value for i, value in enumerate(followed["values"])})
        self.assertEqual([known.get(i) for i in range(len(self.printed["losses"]))], self.printed["losses"])

    def test_passes_of_evaluations_are_all_counted(self) -> None:
        passes = self.ran.of("pass-observed", phase="evaluate")
        self.assertEqual(sum(r.get("passes", 1) for r in passes), self.printed["evaluations"])
        self.assertLess(len(passes), 64 + 4 * 12)

    def test_each_evaluation_is_looked_at_once(self) -> None:
        steps = {r["step"] for r in self.ran.of("loss-observed") + self.ran.of("pass-observed") if r.get("phase") == "evaluate"}
        self.assertEqual(steps, {80 * (epoch + 1) for epoch in range(12)})

    def test_a_turn_in_another_order_is_told_with_all_its_moves(self) -> None:
        moves = [r for r in self.ran.of("loop-event") if r["step"] == 777]
        self.assertEqual([m["action"] for m in moves], ["scheduler-step", "backward", "optimizer-step"])
        self.assertEqual(moves[1]["loss"], self.printed["losses"][777])
        self.assertEqual(moves[1]["clippedTo"], 0.5)
        self.assertEqual(moves[2]["learningRate"], self.printed["rates"][777])
        self.assertTrue(all(m["site"]["file"].endswith("train.py") for m in moves))

    def test_nothing_piles_up(self) -> None:
        self.assertLess(self.printed["objects"], 500)


TWO = """
import sys
import torch
from torch import nn

torch.manual_seed(0)
a, b = nn.Linear(4, 4), nn.Linear(4, 4)
optimizers = [torch.optim.SGD(a.parameters(), 0.01), torch.optim.Adam(b.parameters(), 0.01)]
x = torch.randn(8, 4)
loop = sys.modules["pessimist_probe.probe"].probe.loop
ended, end_turn = [0], loop.end_turn
def count(stepped):
    ended[0] += 1
    end_turn(stepped)
loop.end_turn = count
for i in range(1500):
    for net, optimizer in zip((a, b), optimizers):
        optimizer.zero_grad()
        net(x).square().mean().backward()
        if net is b:
            net(x).abs().mean().backward()
        optimizer.step()
print(ended[0], len(loop.order))
for i in range(3000):
    optimizers[0].zero_grad()
    a(x).square().mean().backward()
print(len(loop.order), len(loop.values))
"""


class Orders(unittest.TestCase):
    def test_two_optimizers_that_take_turns_are_both_seen_and_as_cheap_as_one_and_no_turn_grows_without_end(self) -> None:
        ran = run(TWO, options={"overhead": 0})
        turns, _, order, values = [int(n) for n in ran.out.split()]
        self.assertLess(turns, 800)
        self.assertLess(order, 300)
        self.assertLess(values, 300)
        self.assertEqual(ran.of("program-ended")[0]["faults"], [])
        self.assertEqual(ran.of("program-ended")[0]["steps"], 3000)
        steps = {r["step"] % 2 for r in ran.of("loop-event", action="optimizer-step") if 50 < r["step"] < 2990}
        self.assertEqual(steps, {0, 1})


class Budget(unittest.TestCase):
    def test_what_the_first_turns_leave_of_the_grant_is_not_spent_later(self) -> None:
        sampling = Sampling({"overhead": 0})
        sampling.spent = 0.02
        for _ in range(sampling.recorded_steps - 1):
            sampling.next()
        self.assertTrue(sampling.can_afford)
        sampling.next()
        self.assertTrue(sampling.can_afford)
        sampling.spent = 0.08
        self.assertFalse(sampling.can_afford)

    def test_where_watching_takes_seconds_the_first_turns_are_not_all_recorded(self) -> None:
        sampling = Sampling({})
        recorded = 0
        while sampling.turn < sampling.recorded_steps:
            recorded += sampling.records
            sampling.spent += 0.5
            sampling.next()
        self.assertGreaterEqual(recorded, sampling.measured_steps)
        self.assertLess(recorded, sampling.recorded_steps // 2)
        self.assertFalse(sampling.is_new)

    def test_what_no_hook_sees_counts_as_spent_but_not_what_the_program_does(self) -> None:
        sampling = Sampling({})
        cost = Cost(sampling)
        cost.usual = 0.0
        cost.turn_begins()
        sampling.spent += 1e-5
        _burn(2e-3)
        cost.turn_ends(compares=True)
        self.assertAlmostEqual(sampling.spent, 3e-5)
        cost.turn_begins()
        sampling.spent += 1e-5
        _burn(2e-3)
        cost.turn_ends(compares=False)
        self.assertAlmostEqual(sampling.spent, 4e-5)

    def test_the_usual_turn_is_the_mean_of_runs_of_unwatched_turns(self) -> None:
        sampling = Sampling({})
        cost = Cost(sampling)
        cost.turn_begins()
        cost.run_ends(2)
        self.assertIsNone(cost.usual)
        _burn(5e-3)
        cost.run_ends(10)
        self.assertGreaterEqual(cost.usual or 0, 5e-4)


def _burn(seconds: float) -> None:
    import time

    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


if __name__ == "__main__":
    unittest.main()
