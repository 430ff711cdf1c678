"""What a watched turn takes beside the time inside of hooks: calls that lead to them, memory that they touch, and all else that no hook sees."""

import time
from typing import Optional

from .sampling import Sampling

# The least turns of a run whose mean is believed.
_LEAST = 4
# Weight of the last run in the mean of all.
_WEIGHT = 0.25
# What is not seen, in parts of what is: more than that is the program's own.
_MOST_UNSEEN = 2.0


class Cost:
    """Compares turns that are watched with those that are not, in the thread's own processor time."""

    def __init__(self, sampling: Sampling) -> None:
        self._sampling = sampling
        self._at: Optional[float] = None
        self._turn = 0
        self._spent = 0.0
        # Seconds of a turn that is not watched; none before the first run of such.
        self.usual: Optional[float] = None

    def run_ends(self, turn: int) -> None:
        """A run of turns that were not watched is over, at the end of the turn before this one or soon after it."""
        turns = turn - self._turn
        if self._at is None or turns < _LEAST:
            return
        mean = (time.thread_time() - self._at) / turns
        self.usual = mean if self.usual is None else self.usual + _WEIGHT * (mean - self.usual)
        self._at = None

    def turn_ends(self, compares: bool) -> None:
        """A watched turn is over; `compares`: nothing else than in other turns happened in it."""
        sampling, usual = self._sampling, self.usual
        if compares and usual is not None and self._at is not None:
            seen = sampling.spent - self._spent
            unseen = time.thread_time() - self._at - usual - seen
            sampling.spent += min(max(unseen, 0.0), _MOST_UNSEEN * seen)

    def turn_begins(self) -> None:
        """The next turn, or a run of turns, begins."""
        self._at, self._turn, self._spent = time.thread_time(), self._sampling.turn, self._sampling.spent
