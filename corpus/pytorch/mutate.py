#!/usr/bin/env python3
"""Plants one fault at a time into the healthy programs and writes the faulty ones, with what must be named, to a folder.

    corpus/pytorch/mutate.py [FOLDER] [--each 6]

The same programs come out each time: for every fault the first --each programs that it applies to, in an order that depends on the names only.
"""
from __future__ import annotations

import argparse
import hashlib
import shutil
import sys
from pathlib import Path
from typing import Dict, List

import programs as corpus
from check import write_entries
from faults import FAULTS, Fault, Script
from programs import Program


def order(fault: str, program: Program) -> str:
    return hashlib.sha256(f"{fault} {program.name}".encode()).hexdigest()


def compiles(source: str, name: str) -> bool:
    try:
        compile(source, name, "exec")
        return True
    except SyntaxError:
        return False


def mutants_of(name: str, fault: Fault, healthy: List[Program], each: int, folder: Path) -> List[Dict[str, object]]:
    entries: List[Dict[str, object]] = []
    for program in sorted(healthy, key=lambda p: order(name, p)):
        planted = fault.plant(Script(program.source))
        if planted is None:
            continue
        source = "\n".join(planted[0]) + "\n"
        if not compiles(source, program.name):
            continue
        mutant = f"{program.name}__{name.replace('-', '_')}"
        (folder / f"{mutant}.py").write_text(source, encoding="utf-8")
        entry: Dict[str, object] = {
            "name": mutant, "half": program.half, "cause": fault.cause, "line_numbers": planted[1], "also": fault.also, "quality": program.quality}
        if fault.definite:
            entry["definite"] = "the fault is one whatever is learned"
        entries.append(entry)
        if len(entries) == each:
            break
    return entries


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=corpus.SCRATCH / "mutants")
    parser.add_argument("--each", type=int, default=6)
    arguments = parser.parse_args()
    shutil.rmtree(arguments.folder, ignore_errors=True)
    arguments.folder.mkdir(parents=True)
    healthy = [p for p in corpus.load() if p.healthy]
    entries = [e for name, fault in FAULTS.items() for e in mutants_of(name, fault, healthy, arguments.each, arguments.folder)]
    write_entries(arguments.folder / "programs.json", entries)
    print(f"{len(entries)} programs with one fault each in {arguments.folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
