"""Time spent, by what it was spent on and by day. Each machine counts its own, so that two can be added up."""

from __future__ import annotations

import uuid
from datetime import date

from minimind_tui.practice.clock import day, now
from minimind_tui.practice.store import Progress

MACHINE = "machine"
"""The setting with this machine's name among the learner's: random, and never exported as a setting."""

IDLE = 120.0
"""Seconds without a key after which the learner is taken to be away."""

FLUSH = 30.0
"""Counted time is stored at least this often, so that a kill loses no more."""


class Stopwatch:
    """Counts the time between keys, as long as the learner is not away, by what was on the screen meanwhile."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._last: float | None = None
        self._what = ""
        self._pending: dict[str, float] = {}

    def key(self, what: str, moment: float) -> None:
        """Note a key pressed at `moment`, by a monotonic clock, while `what` was on the screen."""
        if self._last is not None and self._what and 0 < moment - self._last < IDLE:
            self._pending[self._what] = self._pending.get(self._what, 0.0) + moment - self._last
        self._last, self._what = moment, what
        if sum(self._pending.values()) >= FLUSH:
            self.flush()

    def flush(self) -> None:
        """Store the time that was counted and is not stored yet."""
        pending, self._pending = self._pending, {}
        for what, seconds in pending.items():
            add(self._progress, what, seconds)


def machine(progress: Progress) -> str:
    """This machine's name; it gets one when it is first asked for."""
    known = progress.setting(MACHINE)
    if not known:
        known = uuid.uuid4().hex[:12]
        progress.set_setting(MACHINE, known)
    return known


def add(progress: Progress, what: str, seconds: float) -> None:
    """Count `seconds` spent on `what` (a module's id, or `review`) today."""
    if seconds > 0:
        progress.execute(
            "INSERT INTO spent VALUES (?, ?, ?, ?) "
            "ON CONFLICT (what, day, machine) DO UPDATE SET seconds = seconds + excluded.seconds",
            what,
            day(now()).isoformat(),
            machine(progress),
            seconds,
        )


def by_what(progress: Progress) -> dict[str, float]:
    """Seconds spent in all, on all machines, by what they were spent on."""
    rows = progress.execute(
        "SELECT what, sum(seconds) FROM spent WHERE typeof(seconds) IN ('real', 'integer') GROUP BY what"
    )
    return {what: float(seconds) for what, seconds in rows if isinstance(what, str)}


def days(progress: Progress) -> dict[date, float]:
    """Seconds spent on each day on which there were any."""
    found: dict[date, float] = {}
    for written, seconds in progress.execute(
        "SELECT day, sum(seconds) FROM spent WHERE typeof(seconds) IN ('real', 'integer') GROUP BY day ORDER BY day"
    ):
        try:
            found[date.fromisoformat(written)] = float(seconds)
        except (ValueError, TypeError):
            continue
    return found
