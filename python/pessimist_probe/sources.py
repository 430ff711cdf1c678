"""Lines of the program by their text: where to look for what was measured, never a proof of anything."""

from __future__ import annotations

import linecache
import re
from typing import Any, Dict, Iterable, List, Pattern

from .site import shown

_MOST_LINES = 20_000
_MOST_FOUND = 4

FREEZING = re.compile(r"requires_grad\s*=\s*False|requires_grad_\(\s*(?:requires_grad\s*=\s*)?False|freeze\w*\(|from_pretrained\(")
SETTING = re.compile(
    r"init\.\w+_\(|\.(?:normal|uniform|fill|zero|mul|copy|constant|xavier|kaiming)\w*_\(|\.data\s*(?:\[.*\]\s*)?[*/+-]?=[^=]|"
    r"(?:weight|bias)\s*=\s*(?:torch|nn|np|numpy)\.|Parameter\(|\.apply\(\s*\w*(?:init|weight)"
)
DIVIDING = re.compile(r"(?:acc|correct|hit|right|good|match|score)\w*\s*(?:\([^)]*\))?\s*/(?!/)\s*[\w(]|=\s*\w*(?:right|correct|hits?)\s*/|(?:total|count|seen|n)\w*\s*\+=", re.IGNORECASE)
_PERCENT = re.compile(r"100|1e2|percent|%%|:[.\d]*%|\d%|% *[\"']|sklearn|torchmetrics|accuracy_score", re.IGNORECASE)


def find(files: Iterable[str], pattern: Pattern[str]) -> List[Dict[str, Any]]:
    """The first lines that match, comments left out, as sites."""
    found: List[Dict[str, Any]] = []
    for file in dict.fromkeys(files):
        for number, line in enumerate(linecache.getlines(file)[:_MOST_LINES], 1):
            code = line.split("#", 1)[0]
            if pattern.search(code) and not code.lstrip().startswith(("def ", "class ", "import ", "from ")):
                found.append({"file": shown(file), "line": number})
                if len(found) >= _MOST_FOUND:
                    return found
    return found


def speaks_of_percent(file: str) -> bool:
    """The file has a hundred, or a sign of percent, or takes accuracies from a library. Without its text nobody knows."""
    lines = linecache.getlines(file)[:_MOST_LINES]
    return not lines or any(_PERCENT.search(line) for line in lines)
