"""How closely each turn of the loop is watched; see Sampling.cs, whose twin this is."""

import time
from typing import Any, Mapping

# Seconds that the first turns may take beside the budget, and that may be taken after them: a program that ends within a second is to be seen too.
_MOST_GRANTED = 0.25
_START = 0.05
# Seconds, and the share of all, beyond which even the first turns are not all recorded: what is that large says enough in fewer.
_MOST_RICH = 2.0
_RICH_SHARE = 0.25
_LEAST_BETWEEN_RECORDS = 2
_MOST_BETWEEN_RECORDS = 64
_BETWEEN_UNAFFORDABLE = 256
_ASK_EVERY = 16
_MOST_ALARMS = 8
_ALARMED_TURNS = 8


def _is_certain(turn: int) -> bool:
    """Measured whatever it costs."""
    exponent = turn.bit_length() - 1
    return turn > 0 and turn == (1 << exponent) + exponent % 2


def _next_certain(turn: int) -> int:
    exponent = max(turn.bit_length() - 1, 0)
    this = (1 << exponent) + exponent % 2
    return this if this > turn else (2 << exponent) + (exponent + 1) % 2


class Sampling:
    """
    What is dear is timed, and done less often when it took more than its share. However dear, turns 1, 3, 4, 9, 16, 33 ... are measured: powers of two,
    and every other time the turn after, so that of two optimizers that take turns both are. All times are the processor's for the thread that trains: what
    other programs on the machine do is no cost of ours.
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.overhead = float(options.get("overhead", 0.03))
        self.recorded_steps = int(options.get("recordedSteps", 50))
        self.measured_steps = int(options.get("measuredSteps", 6))
        self.measure_every = int(options.get("measureEvery", 64))
        self.traced = frozenset(options.get("tracedSteps", (0, 1, 100, 1000)))
        self.trace_from = options.get("traceFrom")
        self.check_from = options.get("checkFrom")
        self.turn = 0
        self.spent = 0.0
        self.records = self.measures = self.traces = True
        self._start = time.thread_time()
        self._granted = _MOST_GRANTED
        self._gap = 1.0
        self._next_record = 0
        self._next_measure = 0
        self._next_question = 0
        self._measure_until = -1
        self._alarms = 0
        self._is_rich = True
        # The next turn that may be recorded: until then nothing has to be decided.
        self.wake = 0
        self._begin()

    @property
    def is_new(self) -> bool:
        """The loop is young: everything is recorded."""
        return self.turn < self.recorded_steps and self._is_rich

    @property
    def can_afford(self) -> bool:
        """The budget allows for more that is dear."""
        return self.spent <= self._granted + self.overhead * (time.thread_time() - self._start)

    def started(self) -> None:
        """The program begins to train: the time before does not count."""
        self._start = time.thread_time()

    def next(self) -> None:
        self.turn += 1
        # What the first turns left of the grant is not there to be spent later.
        if self.turn == self.recorded_steps:
            self._granted = min(_MOST_GRANTED, self.spent + _START)
        self._begin()

    def alarm(self) -> None:
        """Something looks wrong: the next turns are measured."""
        self._alarms += 1
        if self._alarms <= _MOST_ALARMS:
            self._measure_until = self.turn + _ALARMED_TURNS
            self.wake = self.turn + 1

    def _begin(self) -> None:
        turn = self.turn
        if turn < self.recorded_steps:
            self._is_rich = self.spent <= _MOST_RICH + _RICH_SHARE * (time.thread_time() - self._start)
        self.traces = (
            self.trace_from is not None and self.trace_from <= turn or turn in self.traced and (turn < 2 or self.can_afford)
        )
        self.measures = (
            self.traces
            or turn < self.measured_steps
            or turn <= self._measure_until
            or self.check_from is not None and self.check_from <= turn
            or _is_certain(turn)
            or self._is_due()
        )
        if self.measures:
            if turn >= self.measured_steps:
                self._gap = min(self.measure_every, self._gap * 1.5 + 1)
            self._next_measure = turn + (int(self._gap) | 1)
        self.records = self.measures or self.is_new or turn >= self._next_record
        if self.records:
            between = min(max(turn // 100, _LEAST_BETWEEN_RECORDS), _MOST_BETWEEN_RECORDS) if self.can_afford else _BETWEEN_UNAFFORDABLE
            # An odd number: of two optimizers that take turns both are seen.
            self._next_record = turn + (between | 1)
        due = max(self._next_measure, self._next_question)
        self.wake = min([self._next_record, due, _next_certain(turn), *(t for t in self.traced if t > turn)])
        if turn < self.recorded_steps or self.trace_from is not None or self.check_from is not None or turn <= self._measure_until:
            self.wake = turn + 1

    def _is_due(self) -> bool:
        if self.turn < self._next_measure or self.turn < self._next_question:
            return False
        if self.can_afford:
            return True
        self._next_question = self.turn + _ASK_EVERY
        return False
