"""What is recorded of a program, and with which line of it."""

import unittest
from typing import Any, Dict, List, Tuple

from support import Result, run_all

PROGRAMS = {
    "long": """
        import torch
        net = torch.nn.Linear(2, 1)
        sgd = torch.optim.SGD(net.parameters(), lr=0.01)
        for step in range(700):
            sgd.zero_grad()
            net(torch.ones(2, 2)).square().mean().backward()
            sgd.step()
        """,
    "usual": """
        import torch
        from torch import nn
        from torch.utils.data import DataLoader, TensorDataset

        class Jitter:
            def __call__(self, x):
                return x + torch.randn_like(x)

        class Data(TensorDataset):
            transform = None

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.a = nn.Linear(4, 8)
                self.norm = nn.BatchNorm1d(8)
                self.drop = nn.Dropout(0.25)
                self.b = nn.Linear(8, 3, bias=False)
                self.same = self.b
                self.hidden = [nn.Linear(4, 8)]

            def forward(self, x):
                h = self.drop(self.norm(self.a(x) + self.hidden[0](x)).relu())
                return nn.functional.dropout(self.b(h), 0.1, self.training)

        torch.manual_seed(0)
        x, y = torch.randn(32, 4), torch.arange(32) % 3
        data = Data(x, y)
        data.transform = Jitter()
        loader = DataLoader(data, batch_size=8, shuffle=True, drop_last=True)
        held_out = DataLoader(data, batch_size=16)
        net = Net()
        stranger = nn.Parameter(torch.zeros(2))
        optimizer = torch.optim.Adam([{"params": net.parameters()}, {"params": [stranger], "lr": 0.5}], lr=1e-2, weight_decay=1e-4)
        scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=20)
        criterion = nn.CrossEntropyLoss()
        for epoch in range(20):
            net.train()
            for inputs, labels in loader:
                optimizer.zero_grad()
                out = net(inputs)
                loss = criterion(out, labels)
                loss.backward()
                nn.utils.clip_grad_norm_(net.parameters(), 0.01)
                optimizer.step()
            scheduler.step()
            net.eval()
            with torch.no_grad():
                for inputs, labels in held_out:
                    net(inputs)
        """,
    "gan": open(__file__.replace("test_records.py", "programs/gan.py"), encoding="utf-8").read(),
    "lbfgs": open(__file__.replace("test_records.py", "programs/lbfgs.py"), encoding="utf-8").read(),
    "by hand": open(__file__.replace("test_records.py", "programs/by_hand.py"), encoding="utf-8").read(),
    "hands on modules": """
        import torch
        from torch import nn
        torch.manual_seed(0)
        x, y = torch.randn(50, 3), torch.randn(50, 1)
        net = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))
        for i in range(60):
            loss = ((net(x) - y) ** 2).mean()
            net.zero_grad()
            loss.backward()
            for p in net.parameters():
                p.data.sub_(0.02 * p.grad)
        """,
    "checkpoint": """
        import torch
        from torch import nn
        from torch.utils.checkpoint import checkpoint

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.first, self.body, self.last = nn.Linear(4, 8), nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Dropout(0.1)), nn.Linear(8, 1)

            def forward(self, x):
                return self.last(checkpoint(self.body, self.first(x)))

        net = Net()
        optimizer = torch.optim.SGD(net.parameters(), 0.01)
        x = torch.randn(20, 4)
        for i in range(400):
            net.train()
            loss = net(x).pow(2).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if i % 100 == 99:
                net.eval()
                with torch.inference_mode():
                    net(x).pow(2).mean().item()
        """,
    "teacher": """
        import torch
        from torch import nn
        teacher, student = nn.Linear(4, 3), nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))
        optimizer = torch.optim.Adam(student.parameters(), 1e-2)
        x = torch.randn(64, 4)
        for epoch in range(10):
            student.train()
            for batch in x.split(8):
                with torch.no_grad():
                    goal = teacher(batch)
                loss = nn.functional.mse_loss(student(batch), goal)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            student.eval()
            with torch.no_grad():
                student(x)
        """,
    "accumulation": """
        import torch
        from torch import nn
        net = nn.Linear(3, 1)
        optimizer = torch.optim.SGD(net.parameters(), 0.1)
        for i in range(40):
            net(torch.ones(2, 3)).sum().backward(retain_graph=True)
            if i % 4 == 3:
                optimizer.step()
                optimizer.zero_grad()
        optimizer.add_param_group({"params": [nn.Parameter(torch.ones(1))]})
        net(torch.ones(2, 3)).sum().backward()
        optimizer.step()
        raise KeyError("the end")
        """,
}


def lines_of(program: str, text: str) -> int:
    """The line of a program that holds this text."""
    lines = [line for line in program.splitlines()]
    return next(i for i, line in enumerate(lines, 1) if text in line)


def moves(result: Result, step: int) -> List[Tuple[str, Any]]:
    return [(e["action"], e.get("subject")) for e in result.of("loop-event", step=step)]


class Records(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.results: Dict[str, Result] = run_all(PROGRAMS)

    def line(self, name: str, text: str) -> int:
        return lines_of(PROGRAMS[name], text)

    def test_the_loss_of_every_step_is_told_once_with_its_moves_or_without(self) -> None:
        result = self.results["long"]
        followed = result.of("losses-followed")
        told = [r["step"] for r in result.of("loop-event", action="backward")] + [f["step"] + i for f in followed for i in range(len(f["values"]))]
        self.assertEqual(sorted(told), list(range(700)))
        self.assertTrue(followed)
        self.assertEqual({f["site"]["line"] for f in followed}, {r["site"]["line"] for r in result.of("loop-event", action="backward")})

    def test_program(self) -> None:
        usual = self.results["usual"]
        self.assertEqual(usual.err, "")
        started = usual.records[0]
        self.assertEqual((started["kind"], started["language"]), ("program-started", "python"))
        self.assertTrue(started["program"].endswith("train.py"))
        self.assertTrue(started["framework"].startswith("torch "))
        ended = usual.records[-1]
        self.assertEqual((ended["kind"], ended["steps"], ended["exitCode"], ended["faults"]), ("program-ended", 80, 0, []))
        self.assertGreater(ended["probeSeconds"], 0)

    def test_modules(self) -> None:
        usual = self.results["usual"]
        built = {m["name"]: m for m in usual.of("module-built")}
        self.assertEqual(list(built), ["", "a", "norm", "drop", "b", "same", "hidden.0"])
        self.assertEqual(built[""]["type"], "Net")
        self.assertTrue(built[""]["hasChildren"])
        self.assertEqual(built[""]["site"]["line"], self.line("usual", "net = Net()"))
        self.assertEqual(built["a"]["site"]["line"], self.line("usual", "self.a = nn"))
        self.assertEqual(built["a"]["settings"], {"in_features": 4, "out_features": 8, "bias": 1})
        self.assertEqual(built["b"]["settings"]["bias"], 0)
        self.assertEqual(built["drop"]["settings"]["p"], 0.25)
        self.assertEqual(built["same"]["aliasOf"], "b")
        self.assertIs(built["hidden.0"]["registered"], False)

    def test_optimizer_and_scheduler(self) -> None:
        usual = self.results["usual"]
        optimizer = usual.of("optimizer-built")[-1]
        self.assertEqual((optimizer["optimizer"], optimizer["type"]), (0, "Adam"))
        first, second = optimizer["groups"]
        self.assertEqual(first["parameters"], ["a.weight", "a.bias", "norm.weight", "norm.bias", "b.weight"])
        self.assertEqual((first["learningRate"], first["weightDecay"]), (0.01, 1e-4))
        self.assertEqual((second["learningRate"], second["strangers"]), (0.5, 1))
        self.assertEqual(optimizer["site"]["line"], self.line("usual", "torch.optim.Adam"))
        (scheduler,) = usual.of("scheduler-built")
        self.assertEqual((scheduler["type"], scheduler["length"], scheduler["optimizer"]), ("CosineAnnealingLR", 20, 0))
        self.assertEqual(scheduler["site"]["line"], self.line("usual", "CosineAnnealingLR"))
        self.assertEqual(len(usual.of("loop-event", action="scheduler-step")), 20)

    def test_loaders(self) -> None:
        train, held_out = self.results["usual"].of("loader-built")
        self.assertEqual((train["loader"], train["examples"], train["batchSize"], train["batches"]), (0, 32, 8, 4))
        self.assertEqual((train["shuffles"], train["dropsLast"], held_out["shuffles"]), (True, True, False))
        self.assertEqual(train["randomTransforms"], ["Jitter"])
        self.assertEqual(held_out["site"]["line"], self.line("usual", "batch_size=16"))

    def test_moves_of_the_loop(self) -> None:
        usual = self.results["usual"]
        self.assertEqual(moves(usual, 0), [("train", 0), ("epoch", 0), ("zero-grad", 0), ("backward", None), ("optimizer-step", 0)])
        self.assertEqual(moves(usual, 1), [("zero-grad", 0), ("backward", None), ("optimizer-step", 0)])
        self.assertEqual(
            moves(usual, 4),
            [("scheduler-step", 0), ("eval", 0), ("epoch", 1), ("train", 0), ("epoch", 0), ("zero-grad", 0), ("backward", None), ("optimizer-step", 0)],
        )
        backward = usual.of("loop-event", action="backward")[0]
        self.assertEqual(backward["site"]["line"], self.line("usual", "loss.backward()"))
        self.assertEqual((backward["gradientBefore"], backward["clippedTo"]), (0, 0.01))
        # The program clips what the framework knows of, and not the hidden layer.
        self.assertLess(0, backward["clippedFrom"])
        self.assertLess(backward["clippedFrom"], backward["gradient"])
        step = usual.of("loop-event", action="optimizer-step")[0]
        self.assertEqual((step["learningRate"], step["site"]["line"]), (0.01, self.line("usual", "optimizer.step()")))
        self.assertLess(step["gradient"], backward["gradient"])

    def test_passes(self) -> None:
        passes = self.results["usual"].of("pass-observed")
        train = [p for p in passes if p["phase"] == "train"]
        self.assertEqual(train[0]["dropoutsOn"], ["drop", ""])
        self.assertEqual(train[0]["batchNormsOnBatch"], ["norm"])
        self.assertEqual((train[0]["examples"], train[0]["gradientsOn"], train[0]["training"]), (8, True, True))
        self.assertEqual(train[0]["site"]["line"], self.line("usual", "out = net(inputs)"))
        held_out = [p for p in passes if p["phase"] == "evaluate"]
        self.assertEqual((held_out[0]["gradientsOn"], held_out[0]["training"], held_out[0]["examples"]), (False, False, 16))
        self.assertEqual(held_out[0]["dropoutsOff"], ["drop", ""])
        self.assertEqual(held_out[0]["batchNormsOnRunning"], ["norm"])
        self.assertEqual(sum(p["passes"] for p in held_out), 40)
        self.assertEqual({p["phase"] for p in passes}, {"train", "evaluate"})

    def test_batches(self) -> None:
        batches = self.results["usual"].of("batch-observed")
        first = batches[0]
        self.assertEqual((first["loader"], first["epoch"], first["index"], first["phase"]), (0, 0, 0, "train"))
        self.assertEqual(first["inputs"][0]["shape"], [8, 4])
        self.assertEqual(first["target"]["dType"], "int64")
        self.assertEqual(sum(first["labels"].values()), 8)
        self.assertEqual((len(first["labelOrder"]), len(first["examples"]), len(first["channelMeans"])), (8, 8, 4))
        held_out = [b for b in batches if b["phase"] == "evaluate"]
        self.assertEqual((held_out[0]["loader"], held_out[1]["index"]), (1, 1))
        self.assertEqual(len(held_out[0]["labelOrder"]), 16)
        self.assertEqual(held_out[0]["labelOrder"], held_out[2]["labelOrder"])

    def test_times(self) -> None:
        timed = self.results["usual"].of("step-timed")
        self.assertGreater(timed[0]["waiting"], 0)
        self.assertGreater(timed[0]["computing"], 0)

    def test_two_networks_against_each_other(self) -> None:
        gan = self.results["gan"]
        self.assertEqual(gan.of("program-ended")[0]["steps"], 80)
        self.assertEqual([o["groups"][0]["parameters"][0] for o in gan.of("optimizer-built")], ["0.weight", "1/0.weight"])
        self.assertEqual(moves(gan, 0), [("zero-grad", 1), ("backward", None), ("optimizer-step", 1)])
        self.assertEqual(moves(gan, 1), [("zero-grad", 0), ("backward", None), ("optimizer-step", 0)])
        self.assertEqual({p["phase"] for p in gan.of("pass-observed")}, {"train"})

    def test_closures(self) -> None:
        lbfgs = self.results["lbfgs"]
        self.assertEqual(lbfgs.of("program-ended")[0]["steps"], 6)
        first = moves(lbfgs, 0)
        self.assertEqual((first[:2], first[-1]), ([("zero-grad", 0), ("backward", None)], ("optimizer-step", 0)))

    def test_steps_by_hand(self) -> None:
        by_hand = self.results["by hand"]
        # The step between its two loops may go unseen.
        self.assertIn(by_hand.of("program-ended")[0]["steps"], (89, 90))
        self.assertEqual(by_hand.of("module-built")[0]["type"], "tensors")
        (built,) = by_hand.of("optimizer-built")
        self.assertEqual((built["type"], built["groups"][0]["learningRate"]), ("hand-written", 0.05))
        self.assertEqual(sorted(built["groups"][0]["parameters"]), ["b1", "w1", "w2"])
        self.assertEqual(built["site"]["line"], self.line("by hand", "p -= "))
        self.assertEqual(moves(by_hand, 1), [("backward", None), ("optimizer-step", 0), ("zero-grad", 0)])
        modules = self.results["hands on modules"]
        self.assertEqual(modules.of("program-ended")[0]["steps"], 60)
        self.assertEqual(modules.of("optimizer-built")[0]["groups"][0]["learningRate"], 0.02)
        self.assertEqual(moves(modules, 1), [("zero-grad", 0), ("backward", None), ("optimizer-step", 0)])

    def test_modules_that_run_inside_of_others_are_no_evaluation(self) -> None:
        result = self.results["checkpoint"]
        self.assertEqual(result.of("program-ended")[0]["faults"], [])
        passes = result.of("pass-observed")
        kinds = {(p["phase"], p["gradientsOn"], p["training"]) for p in passes}
        self.assertEqual(kinds, {("train", True, True), ("evaluate", False, False)})
        self.assertEqual(sum(p["passes"] for p in passes if p["phase"] == "evaluate"), 4)

    def test_a_teacher_takes_part_and_an_evaluation_does_not(self) -> None:
        passes = self.results["teacher"].of("pass-observed")
        self.assertEqual({p["phase"] for p in passes if p["model"] == 1}, {"train"})
        student = [p for p in passes if p["model"] == 0]
        self.assertEqual({(p["phase"], p["training"]) for p in student}, {("train", True), ("evaluate", False)})

    def test_accumulated_gradients_and_an_end_with_an_exception(self) -> None:
        result = self.results["accumulation"]
        self.assertEqual(moves(result, 0), [("backward", None)] * 4 + [("optimizer-step", 0)])
        backwards = result.of("loop-event", action="backward", step=0)
        self.assertEqual([b["retained"] for b in backwards], [True] * 4)
        self.assertGreater(backwards[1]["gradientBefore"], 0)
        self.assertEqual([len(o["groups"]) for o in result.of("optimizer-built")], [1, 2])
        self.assertEqual(result.of("program-ended")[0]["steps"], 11)
        (raised,) = result.of("exception-raised")
        self.assertEqual((raised["type"], raised["step"], raised["stack"][0]["line"]), ("KeyError", 11, 14))
        self.assertEqual(result.code, 1)


if __name__ == "__main__":
    unittest.main()
