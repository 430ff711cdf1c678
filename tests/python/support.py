"""Runs small programs with and without the probe, and reads what it wrote."""

import json
import os
import subprocess
import sys
import tempfile
import textwrap
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
INJECT = os.path.join(ROOT, "python", "inject")
TIMEOUT = 60

PRELUDE = "import random, numpy; random.seed(1); numpy.random.seed(1)\n"

# What a program ends with: everything that it could have computed otherwise, as one line each.
FINGERPRINT = """
import hashlib as _h, random as _r, torch as _t
def _hash(value):
    return _h.sha256(value).hexdigest()[:16]
def _state():
    for name, value in sorted(globals().items()):
        if isinstance(value, _t.nn.Module) and not name.startswith("_"):
            print(name, _hash(b"".join(v.detach().cpu().contiguous().float().numpy().tobytes() for v in value.state_dict().values())))
        elif isinstance(value, _t.Tensor) and not name.startswith("_") and value.layout == _t.strided:
            print(name, _hash(value.detach().cpu().contiguous().float().numpy().tobytes()), value._version, value.requires_grad, None if value.grad is None else value.grad._version)
    print("torch", _hash(_t.get_rng_state().numpy().tobytes()))
    print("python", _hash(repr(_r.getstate()).encode()))
    try:
        import numpy as _n
        print("numpy", _hash(repr(_n.random.get_state()).encode()))
    except ImportError:
        pass
    print("grad", _t.is_grad_enabled())
if __name__ == "__main__":
    _state()
"""


class Result(NamedTuple):
    code: int
    out: str
    err: str
    records: List[Dict[str, Any]]

    def of(self, kind: str, **fields: Any) -> List[Dict[str, Any]]:
        return [r for r in self.records if r["kind"] == kind and all(r.get(k) == v for k, v in fields.items())]


def environment(address: Optional[str], options: Optional[Mapping[str, Any]] = None) -> Dict[str, str]:
    env = {k: v for k, v in os.environ.items() if not k.startswith("PESSIMIST_PROBE")}
    env.update(OMP_NUM_THREADS="1", PYTHONDONTWRITEBYTECODE="1")
    if address is not None:
        env.update(PYTHONPATH=INJECT, PESSIMIST_PROBE=address)
        if options is not None:
            env["PESSIMIST_PROBE_OPTIONS"] = json.dumps(options)
    return env


def run(
    program: str,
    watched: bool = True,
    arguments: Sequence[str] = (),
    options: Optional[Mapping[str, Any]] = None,
    address: Optional[str] = None,
    fingerprint: bool = False,
    path: Optional[str] = None,
) -> Result:
    with tempfile.TemporaryDirectory() as folder:
        script = path or os.path.join(folder, "train.py")
        if path is None:
            with open(script, "w", encoding="utf-8") as file:
                file.write(PRELUDE + program + FINGERPRINT if fingerprint else textwrap.dedent(program))
        lines = os.path.join(folder, "observations.jsonl")
        where = (address or "file:" + lines) if watched else None
        done = subprocess.run(
            [sys.executable, script, *arguments], cwd=folder, env=environment(where, options), capture_output=True, text=True, timeout=TIMEOUT, check=False
        )
        records = []
        if os.path.exists(lines):
            with open(lines, encoding="ascii") as file:
                records = [json.loads(line) for line in file]
        return Result(done.returncode, done.stdout.replace(folder, "."), done.stderr.replace(folder, "."), records)


def run_all(programs: Mapping[str, str], **how: Any) -> Dict[str, Result]:
    """All of them, two at a time: most of their time is the import of torch."""
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(programs, pool.map(lambda p: run(p, **how), programs.values())))


def read_programs(folder: str) -> Dict[str, str]:
    where = os.path.join(os.path.dirname(os.path.abspath(__file__)), folder)
    programs = {}
    for name in sorted(os.listdir(where)):
        if name.endswith(".py"):
            with open(os.path.join(where, name), encoding="utf-8") as file:
                programs[name[:-3]] = file.read()
    return programs
