"""The lines of docs/guides/compare.md that record a network write what `pessimist compare` reads."""

import pathlib
import tempfile
import unittest

try:
    import numpy as np
    import torch
except ImportError:
    torch = None

GUIDE = pathlib.Path(__file__).parents[2] / "docs" / "guides" / "compare.md"


@unittest.skipIf(torch is None, "torch or numpy is not installed")
class RecordingTest(unittest.TestCase):
    def setUp(self) -> None:
        names: dict = {}
        exec(GUIDE.read_text(encoding="utf-8").split("```python\n")[1].split("```")[0], names)  # noqa: S102
        self.record = names["record"]

    def test_outputs_are_recorded_by_path_and_before_they_are_changed_in_place(self) -> None:
        relu = torch.nn.ReLU(inplace=True)
        net = torch.nn.Sequential(torch.nn.Linear(3, 4), relu, torch.nn.Linear(4, 4), relu)
        x = torch.randn(5, 3)
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "reference.npz"
            self.record(net, x, file)
            arrays = dict(np.load(file, allow_pickle=False))
        self.assertEqual(["input", "0", "1", "2", "1#2", "output"], [name for name in arrays if not name.startswith("weights/")])
        self.assertEqual({f"weights/{name}" for name in net.state_dict()}, {name for name in arrays if name.startswith("weights/")})
        self.assertLess(arrays["0"].min(), 0)
        self.assertTrue((arrays["output"] == arrays["1#2"]).all())
        self.assertFalse(net[0]._forward_hooks)


if __name__ == "__main__":
    unittest.main()
