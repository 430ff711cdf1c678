"""What is recorded of the tensors of a program: losses, operations, activations, parameters, values that are not finite, metrics."""

import unittest
from typing import Any, Dict, List

from support import Result, run_all

PROGRAMS = {
    "usual": """
        import torch, torch.nn as nn, torch.nn.functional as F
        torch.manual_seed(0)
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.a = nn.Linear(8, 16)
                self.b = nn.Linear(16, 3)
            def forward(self, x):
                h = F.relu(self.a(x) - 100)
                return F.softmax(self.b(h), dim=1)
        x = torch.randn(64, 8); y = torch.arange(64) % 3
        loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, y), batch_size=16, shuffle=True)
        net = Net(); opt = torch.optim.SGD(net.parameters(), 0.1); criterion = nn.CrossEntropyLoss(weight=torch.ones(3), label_smoothing=0.1)
        for epoch in range(6):
            net.train()
            for inputs, labels in loader:
                loss = criterion(target=labels, input=net(inputs))
                opt.zero_grad()
                loss.backward()
                opt.step()
            net.eval()
            right = 0
            with torch.no_grad():
                for inputs, labels in loader:
                    right += (net(inputs).argmax(1) == labels).sum().item()
            print(f"epoch {epoch} train loss {loss.item():.4f} val accuracy {right / 64:.4f}")
        """,
    "by hand": """
        import torch, torch.nn as nn
        torch.manual_seed(0)
        x = torch.randn(64, 4); y = x.sum(1)
        net = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1)); opt = torch.optim.Adam(net.parameters(), 1e-2)
        total = 0
        for step in range(12):
            out = net(x)
            loss = ((out - y) ** 2).mean()
            opt.zero_grad()
            loss.backward()
            opt.step()
            total += loss
        """,
    "late": """
        import torch, torch.nn as nn
        torch.manual_seed(0)
        x = torch.rand(64, 4) + 0.5
        net = nn.Linear(4, 1); opt = torch.optim.SGD(net.parameters(), 0.01)
        for step in range(40):
            given = x[:8] * (0 if step == 30 else 1)
            scale = torch.log(
                (net(given) - net.bias).abs()
            )
            loss = (scale ** 2).mean()
            opt.zero_grad(); loss.backward(); opt.step()
        """,
    "crash": """
        import torch, torch.nn as nn
        net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Conv2d(2, 2, 5)); opt = torch.optim.SGD(net.parameters(), 0.1)
        for step in range(3):
            loss = net(torch.zeros(2, 1, 4, 4)).mean()
            opt.zero_grad(); loss.backward(); opt.step()
        """,
    "mask": """
        import torch, torch.nn as nn, torch.nn.functional as F
        torch.manual_seed(0)
        x = torch.randn(8, 6, 4); y = torch.arange(8) % 2
        net = nn.Linear(4, 2); score = nn.Linear(4, 1); opt = torch.optim.SGD([*net.parameters(), *score.parameters()], 0.1)
        hidden = torch.zeros(8, 6, dtype=torch.bool); hidden[:, 3:] = True
        for step in range(4):
            weights = score(x).squeeze(-1).masked_fill(hidden, float("-inf")).softmax(1)
            loss = F.cross_entropy((net(x) * weights[..., None]).sum(1), y)
            opt.zero_grad(); loss.backward(); opt.step()
            print(torch._C._len_torch_function_stack())
        """,
}


class Tensors(unittest.TestCase):
    results: Dict[str, Result]

    @classmethod
    def setUpClass(cls) -> None:
        cls.results = run_all(PROGRAMS)
        cls.results.update(run_all({"again": PROGRAMS["late"]}, options={"traceFrom": 29, "stopAfterNonFinite": True}))

    def of(self, program: str, kind: str, **fields: Any) -> List[Dict[str, Any]]:
        return self.results[program].of(kind, **fields)

    def test_nothing_fails_inside_of_the_probe(self) -> None:
        for name, result in self.results.items():
            self.assertEqual(result.code, 1 if name == "crash" else 0, result.err)
            self.assertEqual(result.of("program-ended")[0]["faults"], [], name)

    def test_a_loss_is_told_once_with_what_made_its_input(self) -> None:
        losses = self.of("usual", "loss-observed")
        self.assertEqual(len({r["step"] for r in losses}), len(losses))
        self.assertEqual(len(losses), 24)
        first = losses[0]
        self.assertEqual((first["loss"], first["phase"], first["reduction"], first["labelSmoothing"], first["weighted"]), ("cross-entropy", "train", "mean", 0.1, True))
        self.assertEqual((first["madeBy"], first["madeAt"]["line"], first["site"]["line"]), ("softmax", 11, 18))
        self.assertTrue(first["reachesParameters"])
        self.assertEqual(first["prediction"]["rowsSumToOne"], 1.0)
        self.assertEqual([r["madeAt"]["line"] for r in losses], [11] * 24)

    def test_operations_are_those_of_the_program_in_order(self) -> None:
        first = [r for r in self.of("usual", "operation-seen", step=0) if r.get("module") is not None or r["operation"] == "cross_entropy_loss"]
        self.assertEqual([r["operation"] for r in first], ["linear", "sub", "relu", "linear", "softmax", "cross_entropy_loss"])
        linear, sub, _, _, softmax, loss = first
        self.assertEqual([i.get("role") for i in linear["inputs"]], ["input 0", "parameter a.weight", "parameter a.bias"])
        self.assertEqual(sub["inputs"][0]["id"], linear["outputs"][0]["id"])
        self.assertEqual((softmax["dimension"], sub["settings"]["scalar"], linear["module"], linear["phase"]), (1, 100, "a", "train"))
        self.assertEqual(loss["inputs"][1]["role"], "target")

    def test_the_first_evaluation_is_traced(self) -> None:
        seen = self.of("usual", "operation-seen", phase="evaluate")
        self.assertEqual({r["gradientsOn"] for r in seen}, {False})
        self.assertEqual([r["operation"] for r in seen[:9]], ["linear", "sub", "relu", "linear", "softmax", "argmax", "eq", "sum", "item"])
        equal = next(r for r in seen if r["operation"] == "eq")
        self.assertEqual(equal["inputs"][1]["role"], "target")

    def test_units_that_are_never_active_are_counted_over_batches(self) -> None:
        last = [m for r in self.of("usual", "activations-measured", phase="train") for m in r["modules"] if m["type"] == "relu"][-1]
        self.assertEqual((last["name"], last["units"], last["neverActive"]), ("", 16, 16))
        self.assertGreater(last["batches"], 3)

    def test_parameters_are_measured_around_a_step(self) -> None:
        first = {p["name"]: p for p in self.of("usual", "parameters-measured", step=0)[0]["parameters"]}
        self.assertEqual(set(first), {"a.weight", "a.bias", "b.weight", "b.bias"})
        bias = first["b.bias"]
        self.assertTrue(bias["changed"])
        self.assertAlmostEqual(bias["update"], 0.1 * bias["gradient"], places=5)
        # Nothing gets through the dead units.
        self.assertEqual((first["a.weight"]["zeroGradients"], first["a.weight"]["changed"]), (1.0, False))

    def test_a_metric_is_told_with_its_count_and_divisor(self) -> None:
        metrics = self.of("usual", "metric-reported", name="val accuracy")
        self.assertEqual(len(metrics), 6)
        self.assertEqual((metrics[0]["split"], metrics[0]["examples"], metrics[0]["batches"], metrics[0]["epoch"]), ("validation", 64, 4, 0))
        for told in metrics:
            self.assertAlmostEqual(told["counted"] / 64, told["value"], places=3)
            self.assertEqual(told["dividedBy"], 64)

    def test_a_loss_by_hand_is_told_at_its_line(self) -> None:
        losses = self.of("by hand", "loss-observed")
        self.assertEqual({(r["loss"], r["site"]["line"]) for r in losses}, {("mse", 9)})
        self.assertEqual((losses[0]["input"]["shape"], losses[0]["target"]["shape"], losses[0]["madeBy"]), ([64, 1], [64], "linear"))

    def test_a_loss_that_is_kept_with_its_graph_is_told_as_what_it_is(self) -> None:
        kept = [r for r in self.of("by hand", "operation-seen", step=1) if r["operation"] == "add" and r["site"]["line"] == 13]
        self.assertEqual([(i["requiresGrad"], i["leaf"]) for i in kept[0]["inputs"]], [(True, False)])

    def test_the_operation_that_made_a_nan_is_told_where_the_graph_still_knows(self) -> None:
        found = self.of("late", "non-finite-found")
        self.assertEqual([(r["step"], r["operation"], r["site"]["line"]) for r in found], [(30, "log", 8)])
        self.assertEqual(found[0]["inputs"][0]["min"], 0.0)

    def test_a_second_run_stops_at_it(self) -> None:
        found = self.of("again", "non-finite-found")
        self.assertEqual([(r["step"], r["operation"], r["site"]["line"], r["output"]["nonFinite"]) for r in found], [(30, "log", 8, 8)])
        self.assertEqual(self.of("again", "program-ended")[0]["steps"], 30)

    def test_a_crash_names_the_operation_inside_of_torch(self) -> None:
        raised = self.of("crash", "exception-raised")[0]
        self.assertEqual((raised["operation"], raised["module"], raised["inputs"][0]["shape"]), ("conv2d", "1", [2, 2, 2, 2]))

    def test_the_trace_is_gone_after_the_traced_turns(self) -> None:
        self.assertEqual(self.results["mask"].out.split(), ["1", "0", "0", "0"])

    def test_a_mask_of_infinities_does_not_spread(self) -> None:
        found = self.of("mask", "non-finite-found")
        self.assertEqual([(r["operation"], r["spread"]) for r in found], [("masked_fill", False)])


if __name__ == "__main__":
    unittest.main()
