"""The app is killed at random moments: what the screen had acknowledged is there, and the next start goes on from it.

A seeded walk presses keys in a real terminal, on one home that is kept over all kills. Keys that were not waited for
may or may not have been done; what stands on the screen after the kill must have been.
"""

from __future__ import annotations

import os
import random
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from minimind_tui.run.runs import RunInfo, list_runs
from minimind_tui.run.states import ENDINGS
from tests.terminal.learner import FEW, Learner
from tests.terminal.walk import EXPERIMENTS, MOMENTS, SEED, Walk, long_course
from tests.tiny import seen, until


@pytest.fixture
def someone(tmp_path: Path) -> Iterator[Learner]:
    learner = Learner(tmp_path / "learner", tmp_path / "course")
    learner.folder.mkdir()
    long_course(learner.course, EXPERIMENTS)
    yield learner
    for process in learner.processes():
        process.kill()
    until(lambda: not learner.processes(), "the end of what was left")


@dataclass
class Tally:
    """What the kills met: what the learner did, and how much of it the screen had acknowledged."""

    killed_while: Counter[str] = field(default_factory=Counter)
    acknowledged: Counter[str] = field(default_factory=Counter)
    unacknowledged: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        return "\n".join(f"{name}: {dict(counts)}" for name, counts in vars(self).items())


def test_what_the_screen_acknowledged_is_there_after_a_kill(someone: Learner, tmp_path: Path) -> None:
    known: dict[str, RunInfo] = {}
    tally = Tally()
    for moment in range(MOMENTS):
        walk = Walk(someone, random.Random(f"{SEED} {moment}"), known)
        scratch = tmp_path / f"moment-{moment}"
        scratch.mkdir()
        with walk.console:
            try:
                walk.walk()
                walk.kill()
                walk.check(scratch)
                counted(walk, tally)
            except AssertionError as error:
                where = f"seed {SEED}, moment {moment}, {walk.activity}, keys {' '.join(walk.keys)}"
                raise AssertionError(f"{where}\n{error}\n{walk.console.text}") from error
        known = {run.id: run for run in list_runs(someone.home)}
    print(f"\nseed {SEED}, {MOMENTS} kills\n{tally}")
    until(lambda: all(run.state in ENDINGS for run in list_runs(someone.home)), "the end of all runs")
    states = Counter(run.state for run in list_runs(someone.home))
    print(f"runs: {dict(states)}")
    assert states.keys() <= {"finished", "stopped"}, states
    until(lambda: not someone.processes(), "the end of their processes")
    assert list(someone.home.queue.iterdir()) == []


def counted(walk: Walk, tally: Tally) -> None:
    """What this kill met."""
    shown = walk.shown
    for doing, so in (("answering", walk.is_asked()), ("editing", walk.form()), ("running", shown.active)):
        if so:
            tally.killed_while[doing] += 1
            break
    else:
        tally.killed_while[walk.activity] += 1
    for begin in walk.begins:
        (tally.acknowledged if begin.acknowledged else tally.unacknowledged)["runs"] += 1
    tally.acknowledged["predictions"] += walk.answered
    if walk.answer is not None:
        (tally.acknowledged if walk.answer.at else tally.unacknowledged)["predictions"] += 1
    for name, kept in (("places", walk.place), ("languages", walk.language), ("themes", walk.theme)):
        tally.acknowledged[name] += kept.at
        tally.unacknowledged[name] += len(kept.values) - 1 - kept.at


@pytest.mark.parametrize("how", ["killed", "at home"])
def test_a_run_that_ended_while_nobody_looked_at_it_counts_once_it_is_seen(learner: Learner, how: str) -> None:
    learner.prepare(FEW // 2)
    with learner.console() as console:
        view = learner.begin(console)
        if how == "killed":
            os.kill(console.pid, signal.SIGKILL)
        else:
            console.press("Esc")
            console.wait_for("Press Enter to go on: Counting")
        assert seen(view) == "finished"
        with learner.console() if how == "killed" else nullcontext(console) as again:
            again.wait_for("Press Enter to go on: Counting")
            again.press("Enter")
            again.wait_for("2/2", "✓ finished")
            again.wait_for("2/2  ██")
