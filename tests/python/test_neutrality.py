"""The program computes, prints and ends the same with the probe as without."""

import unittest

from support import read_programs, run, run_all

CRASHES = {
    "shape": """
        import torch
        from torch import nn

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.a, self.b = nn.Linear(4, 8), nn.Linear(9, 1)

            def forward(self, x):
                return self.b(self.a(x))

        def main():
            net = Net()
            optimizer = torch.optim.SGD(net.parameters(), 0.1)
            print("before", flush=True)
            net(torch.ones(2, 4)).sum().backward()

        main()
        """,
    "caught": """
        import sys, traceback
        import torch
        from torch import nn

        net = nn.Sequential(nn.Linear(4, 8), nn.Linear(9, 1))
        try:
            net(torch.ones(2, 4))
        except RuntimeError:
            traceback.print_exc()
        try:
            torch.ones(2, requires_grad=True).backward()
        except RuntimeError:
            traceback.print_exc()
        loader = iter(torch.utils.data.DataLoader([1], 1))
        next(loader)
        try:
            next(loader)
        except StopIteration:
            traceback.print_exc()
        try:
            nn.functional.cross_entropy(torch.ones(2, 3), torch.tensor([0, 7]))
        except IndexError as error:
            raise ValueError("other") from error
        """,
    "exit": "import sys, torch; torch.nn.Linear(1, 1)(torch.ones(1, 1)).sum().backward(); sys.exit(3)",
    "syntax": "def f(:\n    pass\n",
    "no training": "import sys; print(sys.argv, __name__, sys.path[1:], [m for m in sys.modules if 'torch' in m], 'sitecustomize' in sys.modules)",
}


class Neutrality(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls) -> None:
        cls.programs = read_programs("programs")
        cls.plain = run_all(cls.programs, watched=False, fingerprint=True)
        cls.watched = run_all(cls.programs, fingerprint=True)

    def test_programs_compute_and_print_the_same(self) -> None:
        for name in self.programs:
            with self.subTest(name):
                plain, watched = self.plain[name], self.watched[name]
                self.assertEqual(plain.code, 0, plain.err)
                self.assertEqual(plain.out, watched.out)
                self.assertEqual(plain.err, watched.err)
                self.assertEqual(plain.code, watched.code)

    def test_the_probe_saw_them_without_a_fault(self) -> None:
        for name, watched in self.watched.items():
            with self.subTest(name):
                ended = watched.of("program-ended")
                self.assertEqual(len(ended), 1)
                self.assertEqual(ended[0]["faults"], [])
                self.assertEqual(ended[0]["dropped"], 0)
                self.assertGreater(ended[0]["steps"], 5 if name != "processes" else 2)

    def test_crashes_look_the_same(self) -> None:
        plain, watched = run_all(CRASHES, watched=False), run_all(CRASHES)
        for name in CRASHES:
            with self.subTest(name):
                self.assertEqual(plain[name].err, watched[name].err)
                self.assertEqual(plain[name].out, watched[name].out)
                self.assertEqual(plain[name].code, watched[name].code)
        (raised,) = watched["shape"].of("exception-raised")
        self.assertEqual(raised["type"], "RuntimeError")
        self.assertEqual(raised["operation"], "linear")
        self.assertEqual(raised["module"], "b")
        self.assertEqual([i["shape"] for i in raised["inputs"]], [[2, 8], [1, 9], [1]])
        self.assertEqual([s["line"] for s in raised["stack"]], [11, 17, 19])
        self.assertEqual(watched["shape"].of("program-ended")[0]["exitCode"], 1)

    def test_arguments_reach_the_program(self) -> None:
        program = "import sys, os, torch; print(sys.argv[1:], os.getcwd() == sys.path[0], __file__ == sys.argv[0])"
        self.assertEqual(run(program, arguments=["a", "--b"]).out, "['a', '--b'] True True\n")


if __name__ == "__main__":
    unittest.main()
