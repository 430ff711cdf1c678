"""The part of docs/accuracy.md about PyTorch programs."""
from __future__ import annotations

import math
from pathlib import Path
from typing import Any, Callable, Dict, List, Sequence

from judged import LEVELS, Judged
from programs import Program

HEADING = "## PyTorch programs"

INTRODUCTION = f"""{HEADING}

Written by `corpus/pytorch/accuracy.py`: each script of `corpus/pytorch/` runs once under `pessimist run`, as it is. Halves and words mean what they mean
above. In addition:

- *right line*: the first finding that names the planted fault points at one of its lines, by its own place or a related one. A fault that is an omission
  may be told at any of the loop's own calls; a crash at any line of its traceback.
"""

MUTATIONS = """### Mutations

`corpus/pytorch/mutate.py` plants one fault at a time into the healthy programs. What counts are those that do harm: the program crashes or misses the
bound that it keeps as it was, or the fault is one whatever is learned.
"""


def wilson(count: int, n: int, z: float = 1.959964) -> str:
    p, q = count / n, z * z / n
    centre, reach = (p + q / 2) / (1 + q), z * math.sqrt(p * (1 - p) / n + q / (4 * n)) / (1 + q)
    return f"{count} of {n} = {100 * p:.0f} % [{100 * max(0.0, centre - reach):.0f}, {100 * min(1.0, centre + reach):.0f}]"


def share(of: Sequence[Judged], which: Callable[[Judged], bool]) -> str:
    return wilson(sum(map(which, of)), len(of)) if of else "-"


def summary(judged: List[Judged]) -> str:
    halves = [[j for j in judged if j.program.half == half] for half in ("tune", "report")]
    lines = ["| | tune | report |", "|---|---:|---:|"]

    def row(name: str, cell: Callable[[List[Judged]], str]) -> None:
        lines.append(f"| {name} | {' | '.join(cell(half) for half in halves)} |")

    def sick(half: List[Judged]) -> List[Judged]:
        return [j for j in half if not j.program.healthy]

    def healthy(half: List[Judged]) -> List[Judged]:
        return [j for j in half if j.program.healthy]

    row("sick programs", lambda h: str(len(sick(h))))
    row("detected", lambda h: share(sick(h), lambda j: j.detected))
    row("named", lambda h: share(sick(h), lambda j: j.named))
    row("named first", lambda h: share(sick(h), lambda j: j.named_first))
    row("right line", lambda h: share(sick(h), lambda j: j.right_line))
    row("with a false error", lambda h: share(sick(h), lambda j: bool(j.false("error"))))
    row("with a false warning", lambda h: share(sick(h), lambda j: bool(j.false("warning"))))
    if any(j.program.healthy for j in judged):
        row("healthy programs", lambda h: str(len(healthy(h))))
        row("with a false error", lambda h: share(healthy(h), lambda j: bool(j.false("error"))))
        row("with a false warning", lambda h: share(healthy(h), lambda j: bool(j.false("warning"))))
    crashed = sum(j.report["summary"]["checks"]["crashed"] for j in judged)
    silent = [j.program.name for j in judged if j.report.get("missing")]
    return "\n".join(lines) + f"\n\nChecks that crashed: {crashed}. Programs without a report, which count as missed: {', '.join(silent) or 'none'}.\n"


def word(judged: Judged, finding: Dict[str, Any]) -> str:
    wrong = LEVELS[finding["level"]] >= 1 and finding in judged.false(finding["level"])
    text = f"{finding['code']} {finding['level']} {finding['evidence_class']}"
    return f"**{text}**" if wrong else text


def line_of(judged: Judged) -> str:
    told = judged.told
    planted = "healthy" if judged.program.healthy else " or ".join(judged.program.cause)
    first = word(judged, told[0]) if told else ""
    folded = ", ".join(told[0]["explains"]) if told else ""
    right = "yes" if judged.right_line else ""
    return f"| {judged.program.name} | {planted} | {first} | {', '.join(word(judged, f) for f in told[1:])} | {folded} | {right} |"


def listed(judged: Sequence[Judged]) -> str:
    ordered = sorted(judged, key=lambda j: (j.program.healthy, ",".join(j.program.cause), j.program.name))
    return "\n".join(["| program | planted | told first | also told | folded under the first | right line |", "|---|---|---|---|---|---|", *map(line_of, ordered)]) + "\n"


def brief(program: Program, judged: Judged) -> str:
    """One line for the terminal."""
    if judged.report.get("missing"):
        return f"{program.name}: no report"
    told = ", ".join(f"{f['code']}{'' if LEVELS[f['level']] == 2 else ' ' + f['level']}" for f in judged.told)
    if program.healthy:
        return f"{'FALSE' if judged.told else 'ok'} {program.name}: {told or 'nothing'}"
    state = "first" if judged.named_first else "named" if judged.named else "WRONG" if judged.detected else "MISSED"
    return f"{state}{'' if judged.right_line else ', no line'} {program.name} ({' or '.join(program.cause)}): {told or 'nothing'}"


def by_fault(mutated: List[Judged]) -> str:
    """A row for each rule of the mutations."""
    faults = sorted({j.program.name.split("__")[1] for j in mutated})
    lines = ["| fault | planted | did harm | detected | named | named first | right line |", "|---|---|---:|---:|---:|---:|---:|"]
    for fault in faults:
        of = [j for j in mutated if j.program.name.split("__")[1] == fault]
        harmed = [j for j in of if j.hurt]
        cells = [sum(map(which, harmed)) for which in
                 (lambda j: j.detected, lambda j: j.named, lambda j: j.named_first, lambda j: j.right_line)]
        lines.append(f"| {fault.replace('_', '-')} ({' or '.join(of[0].program.cause)}) | {len(of)} | {len(harmed)} | {' | '.join(map(str, cells))} |")
    return "\n".join(lines) + "\n"


def render(judged: List[Judged], mutated: List[Judged]) -> str:
    parts = [INTRODUCTION]
    if judged:
        parts.append(summary(judged))
        for title, half in (("The half that is reported", "report"), ("The half that limits were tuned on", "tune")):
            parts += [f"### {title}\n", listed([j for j in judged if j.program.half == half])]
    if mutated:
        parts += [MUTATIONS, summary([j for j in mutated if j.hurt]), by_fault(mutated)]
    return "\n".join(parts)


def write(file: Path, text: str) -> None:
    """Replaces the part of the file from the heading on, or adds it."""
    before = file.read_text(encoding="utf-8").split(HEADING)[0].rstrip() + "\n\n" if file.exists() else ""
    file.write_text(before + text, encoding="utf-8")
