"""One run as whoever looks at it sees it: what its log says, and whether its worker lives."""

from __future__ import annotations

from typing import Literal

from minimind_tui.home import Home
from minimind_tui.run.files import is_locked
from minimind_tui.run.log import Tail, merged
from minimind_tui.run.request import read_request
from minimind_tui.run.summary import Summary

State = Literal["waiting", "running", "finished", "failed", "stopped", "crashed"]
ENDINGS: tuple[State, ...] = ("finished", "failed", "stopped", "crashed")


class RunView:
    """Follows a run. `poll` costs a stat and what is new."""

    def __init__(self, home: Home, run_id: str) -> None:
        self.run_id = run_id
        self.folder = home.runs / run_id
        self.summary = self._unstarted()
        self.state: State = "waiting"
        self._tail = Tail(self.folder / "events.jsonl")

    def poll(self) -> bool:
        """Read what is new; whether anything changed."""
        if self.state in ENDINGS and self.summary.outcome is not None:
            return False
        alive = is_locked(self.folder / "lock")
        changed = self._read()  # after the look at the lock: a run that ends in between has its ending read
        state = self._state(alive)
        changed = changed or state != self.state
        self.state = state
        return changed

    def _read(self) -> bool:
        changed = False
        for event in merged(self._tail.events()):
            if self._tail.restarted and not changed:
                self.summary = self._unstarted()
            self.summary.apply(event)
            changed = True
        self.summary.unreadable = self._tail.unreadable
        return changed

    def _unstarted(self) -> Summary:
        """What is known of a run before its log says anything: what was asked for."""
        summary, request = Summary(), read_request(self.folder)
        if request is not None:
            summary.experiment, summary.seed = request.experiment, request.seed
            summary.parameters, summary.full = dict(request.parameters), request.full
        return summary

    def _state(self, alive: bool) -> State:
        if self.summary.outcome is not None:
            return self.summary.outcome
        if not alive:
            if not self.summary.reason:
                self.summary.reason, self.summary.log_tail = self._last_words()
            return "crashed"
        return "running" if self.summary.started_at is not None else "waiting"

    def _last_words(self) -> tuple[str, list[str]]:
        """What a worker that ended without a word left in its output."""
        try:
            with (self.folder / "worker.log").open("rb") as file:
                file.seek(max(0, file.seek(0, 2) - 8192))
                lines = file.read().decode("utf-8", "replace").splitlines()[-20:]
        except OSError:
            return "the run's folder is gone", []
        return (lines[-1] if lines else "the worker was killed"), lines
