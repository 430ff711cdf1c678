"""What `pessimist run` said of one program, against what it should say: the same definitions as corpus/Accuracy/Judged.cs."""
from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Dict, Iterator, List, Optional

from programs import Program

LEVELS = {"note": 0, "warning": 1, "error": 2}

# Faults that end the program where it meets them: any line of the traceback is right.
CRASHES = {"PES108", "PES212", "PES214", "PES215", "PES216", "PES217", "PES218"}


@dataclass
class Judged:
    program: Program
    report: Dict[str, Any]
    output: str

    @property
    def findings(self) -> List[Dict[str, Any]]:
        return self.report["findings"]

    @property
    def told(self) -> List[Dict[str, Any]]:
        """What would have to be read: errors and warnings, and for a cause that is a note by its catalogue, notes."""
        return [f for f in self.findings if LEVELS[f["level"]] >= 1 or f["code"] in self.program.cause]

    @property
    def detected(self) -> bool:
        return bool(self.told)

    def names(self, finding: Dict[str, Any]) -> bool:
        return any(code in self.program.cause for code in [finding["code"], *finding["explains"]])

    @property
    def named(self) -> bool:
        return any(map(self.names, self.told))

    @property
    def named_first(self) -> bool:
        return bool(self.told) and self.told[0]["code"] in self.program.cause

    @property
    def right_lines(self) -> List[int]:
        traced = re.findall(rf'File "[^"]*{re.escape(self.program.path.name)}", line (\d+)', self.output) if CRASHES.intersection(self.program.cause) else []
        return [*self.program.faulty_lines(), *map(int, traced)]

    def places(self, finding: Dict[str, Any]) -> Iterator[int]:
        for place in [finding.get("location"), *(finding.get("related") or [])]:
            if place and place.get("line") and str(place.get("file", "")).endswith(self.program.path.name):
                yield place["line"]

    @property
    def right_line(self) -> bool:
        """The first finding that names the fault points at it, by its own place or a related one."""
        naming = next((f for f in self.told if self.names(f)), None)
        return naming is not None and any(line in self.right_lines for line in self.places(naming))

    def false(self, level: str) -> List[Dict[str, Any]]:
        """Findings that should not be there: on a healthy program all, on a sick one those that neither are the cause nor true as well."""
        return [f for f in self.findings if f["level"] == level and f["code"] not in self.program.cause and f["code"] not in self.program.also
                and not self.is_symptom(f["code"])]

    def is_symptom(self, code: str) -> bool:
        """On a sick program the symptoms are true."""
        return not self.program.healthy and (code.startswith("PES9") or code in ("PES301", "PES607", "PES611"))

    @property
    def hurt(self) -> bool:
        """The planted fault did harm, or is one by definition."""
        return self.program.definite is not None or not self.program.learned(self.output)[1]

    @property
    def ran_as_meant(self) -> Optional[str]:
        """A healthy program that did not learn under the tool, in words."""
        if self.program.healthy and not self.program.learned(self.output)[1]:
            return f"{self.program.name} is healthy, but did not learn while it was watched"
        return None
