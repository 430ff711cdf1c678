#!/usr/bin/env python3
"""Measures `pessimist run` on the PyTorch programs of the corpus and on mutations of the healthy ones.

    corpus/pytorch/accuracy.py [PART-OF-PATH] [--again] [--mutants | --all] [--each 2] [--jobs 2] [--write docs/accuracy.md]

Reports, what the programs printed, and the recorded runs are kept in artifacts/pytorch: with --again the recorded runs are judged again, and no program
runs. --write replaces the part of the file about PyTorch by the tables of both (--all).
"""
from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import List

import programs as corpus
import tables
from judged import Judged
from programs import Program

PATIENCE = 180.0
NOTHING = {"findings": [], "summary": {"checks": {"crashed": 0}}, "missing": True}
TOOL = [str(corpus.ROOT / "pessimist")]


def record(program: Program, again: bool) -> Judged:
    """Runs the program under the tool, or judges its recorded run again; without a report, nothing was said of it."""
    folder = corpus.SCRATCH / "recorded" / program.name
    report, printed = folder / "report.json", folder / "output.txt"
    if again:
        runs = sorted((folder / "runs").glob("*"))
        if runs:
            corpus.run([*TOOL, "report", "--runs", str(runs[-1].parent), runs[-1].name, "-q", "--format", "json", "--output", str(report)], PATIENCE)
    else:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        command = [*TOOL, "run", "-q", "--python", corpus.python(), "--runs", str(folder / "runs"), "--format", "json", "--output", str(report), "--", str(program.path)]
        _, output, _ = corpus.run(command, PATIENCE, cwd=corpus.ROOT)
        printed.write_text(output, encoding="utf-8")
    said = json.loads(report.read_text(encoding="utf-8")) if report.exists() else NOTHING
    return Judged(program, said, printed.read_text(encoding="utf-8") if printed.exists() else "")


def measure(chosen: List[Program], again: bool, jobs: int) -> List[Judged]:
    judged: List[Judged] = []
    begun = time.monotonic()
    with ThreadPoolExecutor(jobs) as pool:
        waiting = {pool.submit(record, program, again): program for program in chosen}
        for done, future in enumerate(as_completed(waiting), 1):
            program, result = waiting[future], future.result()
            left = (time.monotonic() - begun) / done * (len(chosen) - done)
            print(f"[{done}/{len(chosen)}, {left:3.0f} s left] {tables.brief(program, result)}", file=sys.stderr, flush=True)
            judged.append(result)
            if result.ran_as_meant:
                print(result.ran_as_meant, file=sys.stderr)
    return sorted(judged, key=lambda j: j.program.name)


def mutants(each: int) -> List[Program]:
    subprocess.run([sys.executable, str(corpus.HERE / "mutate.py"), "--each", str(each)], check=True, stdout=subprocess.DEVNULL)
    return corpus.load(corpus.SCRATCH / "mutants")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", nargs="?", default="")
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--mutants", action="store_true")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--each", type=int, default=2, help="programs that each fault is planted into")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--write", type=Path)
    arguments = parser.parse_args()
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    # The tool builds itself where something changed: once, not in several processes.
    subprocess.run([*TOOL, "version"], check=True, stdout=subprocess.DEVNULL)
    programs = [] if arguments.mutants else corpus.load(part=arguments.part)
    planted = [p for p in mutants(arguments.each) if arguments.part in str(p.path)] if arguments.mutants or arguments.all else []
    judged = measure(programs, arguments.again, arguments.jobs)
    of_mutants = measure(planted, arguments.again, arguments.jobs)
    text = tables.render(judged, of_mutants)
    if arguments.write:
        tables.write(arguments.write, text)
    else:
        print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
