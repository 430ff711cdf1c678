"""The PyTorch programs of the corpus and what is declared of them.

Each folder of programs has a `programs.json`, a list of entries:

- name: the script beside it is NAME.py; unique in the corpus.
- half: "tune" (limits may be tuned on it) or "report" (only measured).
- cause: the codes of which one must be named; absent for a healthy program.
- lines: texts of which one is part of the faulty line (several where a mistake is as well told at another line); or line_numbers, from 1.
- also: codes that are true of it as well.
- mend: pairs [old text, new text]; each old text occurs once; together they undo the fault.
- quality: {"pattern": a regular expression with one group, "least" or "most": bound}: the last match in the output shows whether it has learned.
- definite: why the fault is one although the quality bound is met (a leak, memory that grows, ...).
- seconds: measured, on one core.
"""
from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Tuple

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SCRATCH = ROOT / "artifacts" / "pytorch"


@dataclass
class Program:
    name: str
    path: Path
    half: str
    cause: List[str]
    lines: List[str]
    line_numbers: List[int]
    also: List[str]
    mend: List[Tuple[str, str]]
    quality: Dict[str, Any]
    definite: Optional[str]
    seconds: Optional[float]

    @property
    def healthy(self) -> bool:
        return not self.cause

    @property
    def source(self) -> str:
        return self.path.read_text(encoding="utf-8")

    def faulty_lines(self) -> List[int]:
        """Numbers, from 1, of the lines that count as the right ones."""
        by_text = {number for number, line in enumerate(self.source.splitlines(), 1) if any(text in line for text in self.lines)}
        return sorted(by_text.union(self.line_numbers))

    def learned(self, output: str) -> Tuple[Optional[float], bool]:
        """The figure that it printed last, and whether it keeps the bound."""
        found = re.findall(self.quality["pattern"], output)
        if not found:
            return None, False
        figure = float(found[-1])
        # A comparison with NaN is false, as it should be.
        return figure, figure >= self.quality["least"] if "least" in self.quality else figure <= self.quality["most"]

    def mended(self) -> str:
        """The source with the fault undone."""
        source = self.source
        for old, new in self.mend:
            source = source.replace(old, new)
        return source

    def mistakes(self) -> List[str]:
        """What is wrong with the entry itself."""
        wrong = []
        if self.half not in ("tune", "report"):
            wrong.append(f"half is {self.half!r}")
        if not self.path.exists():
            return [f"{self.path} does not exist"]
        if ("least" in self.quality) == ("most" in self.quality):
            wrong.append("quality needs one of least and most")
        if self.healthy:
            return wrong
        for text in self.lines:
            if text not in self.source:
                wrong.append(f"no line holds {text!r}")
        if not self.lines:
            wrong.append("no line is given")
        if not self.mend:
            wrong.append("no mend is given")
        for old, _ in self.mend:
            if self.source.count(old) != 1:
                wrong.append(f"{old!r} occurs {self.source.count(old)} times")
        return wrong


def read_entry(folder: Path, entry: Dict[str, Any]) -> Program:
    return Program(
        name=entry["name"], path=folder / (entry["name"] + ".py"), half=entry["half"], cause=entry.get("cause", []), lines=entry.get("lines", []),
        line_numbers=entry.get("line_numbers", []), also=entry.get("also", []), mend=[(old, new) for old, new in entry.get("mend", [])], quality=entry["quality"],
        definite=entry.get("definite"), seconds=entry.get("seconds"))


def load(folder: Path = HERE, part: str = "") -> List[Program]:
    """All programs below a folder whose path contains a text."""
    programs = [read_entry(file.parent, entry) for file in sorted(folder.rglob("programs.json")) for entry in json.loads(file.read_text(encoding="utf-8"))]
    names = [program.name for program in programs]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        sys.exit(f"names occur twice: {', '.join(sorted(twice))}")
    return [program for program in programs if part in str(program.path.relative_to(folder))]


def python() -> str:
    """The interpreter that has torch: PYTHON, or Debian's, which has it as python3-torch."""
    return os.environ.get("PYTHON", "/usr/bin/python3")


def run(command: Sequence[str], timeout: float, cwd: Optional[Path] = None) -> Tuple[int, str, float]:
    """Exit code (-1 when it ran out of time), both streams together, seconds of wall time."""
    environment = dict(os.environ, OMP_NUM_THREADS="1", PYTHONUNBUFFERED="1")
    begun = time.monotonic()
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        # In a session of its own, so that what it started ends with it.
        process = subprocess.Popen(list(command), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, cwd=cwd, env=environment, start_new_session=True)
        try:
            code = process.wait(timeout)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            code = -1
        output.seek(0)
        return code, output.read(), time.monotonic() - begun
