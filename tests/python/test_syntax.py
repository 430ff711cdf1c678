"""The probe runs in the user's Python, which may be as old as 3.8, and with any torch from 1.13 on."""

import ast
import os
import unittest
from typing import Dict, Iterator, List

from support import ROOT, run

OLDEST = (3, 8)
# Later than 3.8, each with what has it.
LATER_METHODS = {"removeprefix": "str", "removesuffix": "str", "bit_count": "int", "is_relative_to": "Path", "hardlink_to": "Path"}
LATER_MODULES = {"tomllib", "zoneinfo", "graphlib"}
LATER_NAMES = {("functools", "cache"), ("math", "lcm"), ("itertools", "pairwise"), ("itertools", "batched"), ("contextlib", "chdir"), ("types", "NoneType"), ("sys", "exception")}
GENERIC = {"list", "dict", "tuple", "set", "frozenset", "type"}


def sources() -> Dict[str, str]:
    found = {}
    for folder, _, names in os.walk(os.path.join(ROOT, "python")):
        for name in names:
            if name.endswith(".py"):
                path = os.path.join(folder, name)
                with open(path, encoding="utf-8") as file:
                    found[os.path.relpath(path, ROOT)] = file.read()
    return found


def faults(source: str) -> Iterator[str]:
    tree = ast.parse(source, feature_version=OLDEST)
    postponed = any(isinstance(n, ast.ImportFrom) and n.module == "__future__" and any(a.name == "annotations" for a in n.names) for n in tree.body)
    for node in ast.walk(tree):
        where = "line %d: " % getattr(node, "lineno", 0)
        if isinstance(node, ast.Attribute) and node.attr in LATER_METHODS:
            yield where + node.attr
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and (node.value.id, node.attr) in LATER_NAMES:
            yield where + node.attr
        if isinstance(node, ast.Import) and any(a.name in LATER_MODULES for a in node.names) or isinstance(node, ast.ImportFrom) and node.module in LATER_MODULES:
            yield where + "import"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "zip" and any(k.arg == "strict" for k in node.keywords):
            yield where + "zip(strict)"
        if postponed:
            continue
        for annotation in annotations(node):
            for part in ast.walk(annotation):
                if isinstance(part, ast.BinOp) and isinstance(part.op, ast.BitOr):
                    yield where + "X | Y is computed"
                if isinstance(part, ast.Subscript) and isinstance(part.value, ast.Name) and part.value.id in GENERIC:
                    yield where + part.value.id + "[...] is computed"


def annotations(node: ast.AST) -> List[ast.expr]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, *([node.args.vararg] if node.args.vararg else []), *([node.args.kwarg] if node.args.kwarg else [])]
        return [a.annotation for a in every if a.annotation is not None] + ([node.returns] if node.returns is not None else [])
    return [node.annotation] if isinstance(node, ast.AnnAssign) else []


class Syntax(unittest.TestCase):
    def test_every_file_is_read_by_the_oldest_python(self) -> None:
        found = sources()
        self.assertGreater(len(found), 40)
        for path, source in found.items():
            with self.subTest(path):
                self.assertEqual(list(faults(source)), [])

    def test_what_is_newer_is_seen(self) -> None:
        for source in ("def f(x: list[int]): pass", "def f() -> int | None: pass", "'a'.removeprefix('b')", "zip(a, b, strict=True)", "import tomllib", "@functools.cache\ndef f(): pass"):
            with self.subTest(source):
                self.assertEqual(len(list(faults(source))), 1)
        for source in ("match x:\n    case 1: pass", "try: pass\nexcept* E: pass"):
            with self.subTest(source), self.assertRaises(SyntaxError):
                list(faults(source))
        self.assertEqual(list(faults("from __future__ import annotations\ndef f(x: list[int] | None): pass")), [])


# A torch in which some of what trials stand between is missing, and a compiler is there.
OTHER_TORCH = """
    import os
    import torch
    import torch.utils.data.dataloader as dataloader

    assert os.environ["TORCHDYNAMO_DISABLE"] == "1" and os.environ["TORCH_COMPILE_DISABLE"] == "1"
    torch.manual_seed(0)
    net = torch.nn.Linear(4, 1)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    for step in range(5):
        loss = ((net(torch.ones(2, 4)) - 1) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""


class OtherTorch(unittest.TestCase):
    def test_in_trials_nothing_is_compiled(self) -> None:
        result = run(OTHER_TORCH, options={"trial": True, "freeze": True, "steps": 3})
        (end,) = result.of("trial-ended")
        self.assertEqual((end["faults"], end.get("died")), ([], None))
        self.assertEqual(len(result.of("trial-stepped")), 4)

    def test_what_a_torch_lacks_is_not_replaced(self) -> None:
        lacking = """
            import sys
            import torch
            import torch.utils.data.dataloader as dataloader
            sys.path.insert(0, %r)
            del torch.nn.functional.huber_loss, torch.optim.lr_scheduler._LRScheduler, dataloader._BaseDataLoaderIter, torch.gather, torch.jit.freeze
            from pessimist_probe.interventions import install
            from pessimist_probe.probe import probe
            probe.start("file:/dev/null", {"trial": True, "freeze": True, "steps": 3})
            install(probe)
            print("installed")
        """ % os.path.join(ROOT, "python")
        result = run(lacking, watched=False)
        self.assertEqual((result.out, result.err), ("installed\n", ""))


if __name__ == "__main__":
    unittest.main()
