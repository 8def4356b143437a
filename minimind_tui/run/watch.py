"""A view of one run: what its log says so far, and whether its worker lives."""

from __future__ import annotations

from minimind_tui.base.files import is_locked
from minimind_tui.base.home import Home
from minimind_tui.run.ending import LOG, last_output
from minimind_tui.run.lock import LOCK
from minimind_tui.run.log import Tail, merged
from minimind_tui.run.request import read_request
from minimind_tui.run.slots import is_queued
from minimind_tui.run.states import ENDINGS, State
from minimind_tui.run.summary import Summary

LONGEST_CHAIN = 8
"""Runs that wait for one another: a tokenizer, a base, a model that talks, and more."""


class RunView:
    """Follows a run, and the one that it waits for. `poll` costs a stat and what is new."""

    def __init__(self, home: Home, run_id: str, chain: int = LONGEST_CHAIN) -> None:
        self._home, self._chain = home, chain
        self.awaited: RunView | None = None
        """The run that makes what this one begins from, while it waits for it."""
        self.run_id = run_id
        self.folder = home.runs / run_id
        self.summary = self._unstarted()
        self.state: State = "waiting"
        self.queued = False
        """Whether it waits for a slot; until it does, and once it has one, a waiting run is starting."""
        self.alive = True
        """Whether its worker lived at the last look; a long log takes many to read."""
        self._tail = Tail(self.folder / LOG)

    def poll(self, most: int | None = None) -> bool:
        """Read what is new, at most `most` bytes of it; whether anything changed."""
        if self.state in ENDINGS and self.summary.outcome is not None and self.fraction_read >= 1:
            return False
        self.alive = is_locked(self.folder / LOCK)
        changed = self._read(most)  # after the look at the lock: a run that ends in between has its ending read
        state = self._state() if self.fraction_read >= 1 else "running"
        queued = state == "waiting" and is_queued(self._home, self.run_id)
        changed = changed or (state, queued) != (self.state, self.queued)
        self.state, self.queued = state, queued
        return self._follow_awaited(most) or changed

    def _follow_awaited(self, most: int | None) -> bool:
        """Look at the run that this one waits for; whether anything changed there."""
        name = self.summary.waits_for if self.state == "running" else ""
        if not name or "/" in name or self._chain <= 0:
            self.awaited = None
            return False
        if self.awaited is None or self.awaited.run_id != name:
            self.awaited = RunView(self._home, name, self._chain - 1)
        return self.awaited.poll(most)

    @property
    def at_work(self) -> RunView:
        """The run at the end of the chain of those that wait; this one where it waits for none."""
        return self if self.awaited is None else self.awaited.at_work

    @property
    def fraction_read(self) -> float:
        """The fraction of the log that has been read; `state` and `summary` are complete once it is 1."""
        return self._tail.fraction

    def _read(self, most: int | None) -> bool:
        changed = False
        for event in merged(self._tail.events(most)):
            if self._tail.restarted and not changed:
                self.summary = self._unstarted()
            self.summary.apply(event)
            changed = True
        self.summary.unreadable = self._tail.unreadable
        return changed

    def _unstarted(self) -> Summary:
        """A summary of the request alone, for a run whose log is still empty."""
        summary, request = Summary(), read_request(self.folder)
        if request is not None:
            summary.experiment, summary.seed = request.experiment, request.seed
            summary.parameters, summary.full = dict(request.parameters), request.full
        return summary

    def _state(self) -> State:
        if self.summary.outcome is not None:
            return self.summary.outcome
        if not self.alive:
            if not self.summary.reason:
                self.summary.reason, self.summary.log_tail = self._last_words()
            return "crashed"
        return "running" if self.summary.started_at is not None else "waiting"

    @property
    def folder_gone(self) -> bool:
        """Whether somebody has deleted the run."""
        return not self.folder.is_dir()

    def _last_words(self) -> tuple[str, list[str]]:
        """The reason and the last output of a worker that ended together with its supervisor."""
        if self.folder_gone:
            return "the run's folder is gone", []
        lines = last_output(self.folder)
        return (lines[-1] if lines else "ended by the system"), lines
