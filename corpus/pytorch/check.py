#!/usr/bin/env python3
"""Shows that the corpus is what it says: healthy programs learn, sick ones do not, and the same with the fault undone do.

    corpus/pytorch/check.py verify [PART-OF-PATH] [--jobs 2] [--update]

--update writes the measured seconds into the programs.json files.
"""
from __future__ import annotations

import argparse
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Dict, List, Tuple

import programs as corpus
from programs import Program

PATIENCE = 120.0


def last_lines(output: str, count: int = 3) -> str:
    return " | ".join(output.strip().splitlines()[-count:])[-300:]


def verify(program: Program) -> Tuple[List[str], str, float]:
    """Mistakes, a line to show, and the seconds that the program as it stands took."""
    mistakes = program.mistakes()
    if mistakes:
        return mistakes, "", 0.0
    code, output, seconds = corpus.run([corpus.python(), str(program.path)], PATIENCE)
    figure, learned = program.learned(output)
    shown = f"{figure}" if code == 0 else f"exit {code}"
    if program.healthy:
        if code != 0 or not learned:
            mistakes.append(f"healthy, but: exit {code}, figure {figure}: {last_lines(output)}")
        return mistakes, shown, seconds
    if code == 0 and learned and program.definite is None:
        mistakes.append(f"sick, but it learns: {figure}")
    if code == 0 and figure is None:
        mistakes.append(f"the pattern matches nothing: {last_lines(output)}")
    folder = corpus.SCRATCH / "mended"
    folder.mkdir(parents=True, exist_ok=True)
    mended = folder / program.path.name
    mended.write_text(program.mended(), encoding="utf-8")
    code, output, _ = corpus.run([corpus.python(), str(mended)], PATIENCE)
    figure, learned = program.learned(output)
    if code != 0 or not learned:
        mistakes.append(f"mended, but: exit {code}, figure {figure}: {last_lines(output)}")
    return mistakes, f"{shown} -> mended {figure}", seconds


def update(seconds: Dict[str, float]) -> None:
    for file in corpus.HERE.rglob("programs.json"):
        entries = json.loads(file.read_text(encoding="utf-8"))
        for entry in entries:
            if entry["name"] in seconds:
                entry["seconds"] = round(seconds[entry["name"]], 1)
        write_entries(file, entries)


def write_entries(file: Path, entries: List[Dict[str, object]]) -> None:
    """One line for each key, so that a change of one shows as one."""
    blocks = []
    for entry in entries:
        keys = [f"    {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in entry.items()]
        blocks.append("  {\n" + ",\n".join(keys) + "\n  }")
    file.write_text("[\n" + ",\n".join(blocks) + "\n]\n", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=["verify"])
    parser.add_argument("part", nargs="?", default="")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--update", action="store_true")
    arguments = parser.parse_args()
    chosen = corpus.load(part=arguments.part)
    wrong, seconds, begun = 0, {}, time.monotonic()
    with ThreadPoolExecutor(arguments.jobs) as pool:
        waiting = {pool.submit(verify, program): program for program in chosen}
        for done, future in enumerate(as_completed(waiting), 1):
            program, (mistakes, shown, took) = waiting[future], future.result()
            if program.path.exists():
                seconds[program.name] = took
            wrong += bool(mistakes)
            left = (time.monotonic() - begun) / done * (len(chosen) - done)
            print(f"[{done}/{len(chosen)}, {left:3.0f} s left] {'WRONG' if mistakes else 'ok':5} {program.name} {took:.1f} s: {shown} {'; '.join(mistakes)}", flush=True)
    if arguments.update:
        update(seconds)
    sick = sum(not program.healthy for program in chosen)
    print(f"{len(chosen) - sick} healthy and {sick} sick programs, {wrong} not as declared")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
