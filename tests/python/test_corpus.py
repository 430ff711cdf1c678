"""The corpus of PyTorch programs: what is declared of them agrees with the scripts, and mutations come out the same each time."""

import sys
import unittest
from collections import Counter
from pathlib import Path
from typing import Any, Dict, Sequence

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "corpus" / "pytorch"))

import programs as corpus  # noqa: E402
from faults import FAULTS, Script  # noqa: E402
from judged import Judged  # noqa: E402
from tables import wilson  # noqa: E402


def program(name: str) -> corpus.Program:
    return next(p for p in corpus.load() if p.name == name)


def finding(code: str, level: str = "error", line: int = 0, explains: Sequence[str] = ()) -> Dict[str, Any]:
    return {"code": code, "level": level, "evidence_class": "proved", "explains": list(explains), "location": {"file": "softmax_in_forward.py", "line": line}, "related": []}


def judged(*findings: Dict[str, Any], output: str = "") -> Judged:
    return Judged(program("softmax_in_forward"), {"findings": list(findings)}, output)


class Corpus(unittest.TestCase):
    def test_declarations_agree_with_the_scripts(self) -> None:
        mistakes = {p.name: p.mistakes() for p in corpus.load() if p.mistakes()}
        self.assertEqual({}, mistakes)

    def test_each_script_compiles_and_so_does_what_mends_it(self) -> None:
        for p in corpus.load():
            compile(p.mended(), p.name, "exec")

    def test_every_script_is_declared(self) -> None:
        declared = {p.path for p in corpus.load()}
        scripts = {f for half in ("healthy", "sick") for f in (corpus.HERE / half).rglob("*.py")}
        self.assertEqual(set(), scripts ^ declared)

    def test_both_halves_are_about_as_large(self) -> None:
        counts = Counter((p.healthy, p.half) for p in corpus.load())
        self.assertGreaterEqual(min(counts[True, "tune"], counts[True, "report"]), 20)
        self.assertGreaterEqual(min(counts[False, "tune"], counts[False, "report"]), 30)

    def test_every_fault_can_be_planted_and_leaves_a_program_that_compiles(self) -> None:
        healthy = [Script(p.source) for p in corpus.load() if p.healthy]
        for name, fault in FAULTS.items():
            planted = [p for p in map(fault.plant, healthy) if p is not None]
            self.assertTrue(planted, name)
            for lines, numbers in planted:
                self.assertLessEqual(max(numbers), len(lines), name)
                self.assertGreaterEqual(min(numbers), 1, name)


class Definitions(unittest.TestCase):
    def test_a_cause_told_first_is_named_first_and_its_line_counts(self) -> None:
        line = program("softmax_in_forward").faulty_lines()[0]
        j = judged(finding("PES302", line=line))
        self.assertTrue(j.named_first and j.right_line and not j.false("error"))

    def test_a_cause_folded_under_another_is_named_but_not_first(self) -> None:
        j = judged(finding("PES501", explains=["PES302"]))
        self.assertTrue(j.named and not j.named_first)
        self.assertEqual(["PES501"], [f["code"] for f in j.false("error")])

    def test_symptoms_of_a_sick_program_are_not_false(self) -> None:
        self.assertEqual([], judged(finding("PES904"), finding("PES607", "warning")).false("error"))

    def test_a_note_is_not_told(self) -> None:
        self.assertFalse(judged(finding("PES312", "note")).detected)

    def test_intervals_are_those_of_wilson(self) -> None:
        self.assertEqual("9 of 10 = 90 % [60, 98]", wilson(9, 10))


if __name__ == "__main__":
    unittest.main()
