"""Two apps on one home: they see the same runs, start, stop and resume them, and keep what both learners did."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from minimind_tui.base.files import is_locked
from minimind_tui.practice.store import Progress
from minimind_tui.run.checkpoint import checkpoint_file, step_of
from minimind_tui.run.ending import LOG
from minimind_tui.run.lock import LOCK, processes
from minimind_tui.run.runs import list_runs
from minimind_tui.run.states import ENDINGS
from minimind_tui.run.watch import RunView
from tests.run.code import ENDLESS, TRAINS
from tests.terminal.console import Console
from tests.terminal.learner import COUNTS, Learner, steps_of
from tests.terminal.walk import long_course
from tests.tiny import seen, until

KEEPS = """
import json, time
def run(settings, record):
    kept = record.checkpoint
    kept.seconds = 0.1
    record.plan(settings.steps)
    for step in range((kept.step or 0) + 1, settings.steps + 1):
        record.metric(step, total=step)
        if kept.due():
            header = json.dumps({"__metadata__": {"step": str(step)}}).encode()
            kept.write(len(header).to_bytes(8, "little") + header)
        time.sleep(0.02)
"""
"""Goes on from its checkpoints as a training does, and needs no PyTorch."""

SIZE = (120, 40)
DOTS = re.compile("[\u2801-\u28ff]")


@pytest.fixture
def learner(tmp_path: Path) -> Iterator[Learner]:
    someone = Learner(tmp_path / "learner", tmp_path / "course")
    someone.folder.mkdir()
    yield someone
    for process in someone.processes():
        process.kill()
    until(lambda: not someone.processes(), "the end of what was left")


def open_app(learner: Learner) -> Console:
    """The app in a terminal, at home; one run at a time."""
    columns, rows = SIZE
    environment = {**learner.environment, "MINIMIND_TUI_SLOTS": "1"}
    console = Console(learner.arguments, columns=columns, rows=rows, environment=environment)
    console.wait_for("Press Enter to")
    return console


def go_to(console: Console, step: int, count: int) -> None:
    """From home, to a step of the path; it opens where either of the two has left it."""
    console.press("Enter")
    console.wait_for(f"/{count}  ")
    while (at := place_of(console)) != step:
        console.press("n" if at < step else "p")
        console.wait_other(lambda: place_of(console), at, f"another step than {at}")


def place_of(console: Console) -> int:
    """The number of the step in the title row."""
    found = re.search(r" (\d+)/\d+  ", console.text.split("\n")[0])
    assert found, console.text
    return int(found[1])


def begin(console: Console, *, predict: bool = True) -> None:
    """By keys, the experiment of this step."""
    console.wait_for("Press r")
    console.press("r")
    if predict:
        console.wait_for("Predict first, then run")
        console.press("b", "Enter")
        console.wait_gone("Predict first, then run")


def leave(console: Console) -> None:
    """With q, when nothing runs."""
    console.press("q")
    assert console.wait_exit() == 0


def nothing_is_left(learner: Learner) -> None:
    """Every run has ended, and with it all that was held for it."""
    assert {run.state for run in list_runs(learner.home)} <= set(ENDINGS)
    until(lambda: not learner.processes(), "the end of their processes")
    assert [folder.name for folder in learner.home.runs.iterdir() if is_locked(folder / LOCK)] == []
    assert [slot.name for slot in learner.home.slots.iterdir() if is_locked(slot)] == []
    assert list(learner.home.queue.iterdir()) == []


def view_of(learner: Learner, experiment: str) -> RunView:
    """The one run of an experiment."""
    (run,) = [run for run in list_runs(learner.home) if run.experiment == experiment]
    return RunView(learner.home, run.id)


def one_by_one(first: RunView, second: RunView) -> bool:
    """Whether the second run began when the first one had ended."""
    ended, began = first.summary.ended_at, second.summary.started_at
    assert ended is not None
    assert began is not None
    return began >= ended


def test_two_apps_watch_and_stop_the_same_runs_and_one_waits_for_the_other(learner: Learner) -> None:
    long_course(learner.course, 2, ENDLESS, steps=20)
    (learner.course / "experiments/small/experiment-02.py").write_text(COUNTS.replace("STEPS", "40"), encoding="utf-8")
    with open_app(learner) as a, open_app(learner) as b:
        go_to(a, 2, 4)
        begin(a)
        a.wait_for("▸ ones", "s stops")
        first = view_of(learner, "small/experiment-01")

        b.press("R")
        b.wait_for("Counting 01", "▸ running")
        b.press("Enter")
        b.wait_for("▸ ones", "2 Lab: Counting 01", "s stops")
        b.wait(lambda: bool(DOTS.search(b.text)), "a curve")
        marks = set(re.findall(r"^│?.*?(\d+)┤", b.text, re.MULTILINE))
        before = steps_of(first)
        b.wait(lambda: set(re.findall(r"^│?.*?(\d+)┤", b.text, re.MULTILINE)) != marks, "a longer curve")
        b.wait(lambda: steps_of(first) > before, "a longer log")

        b.press("Esc")
        b.wait_for("Press Enter to")
        go_to(b, 4, 4)
        begin(b)
        b.wait_for("waiting for a free slot", "s cancels")
        second = view_of(learner, "small/experiment-02")
        until(lambda: len(list(learner.home.queue.iterdir())) == 1, "its ticket")
        a.press("R")
        a.wait_for("… waiting", "▸ running")
        a.press("Esc")
        a.wait_for("▸ ones", "s stops")
        assert seen(second, "waiting") == "waiting"

        b.press("R")
        b.wait_for("… waiting", "▸ running")
        b.press("↓", "s")
        b.wait_for("■ stopped")
        a.wait_for("■ stopped", "as asked")
        assert seen(first) == "stopped"
        until(lambda: second.poll() and second.state == "running", "the one that waited")
        assert one_by_one(first, second), "one at a time"
        b.press("Esc")
        b.wait_for("▸ ", "s stops")
        b.wait_for("✓ finished", "██")
        assert seen(second) == "finished"
        a.press("R")
        a.wait_for("✓ finished", "■ stopped")
        a.press("Esc")
        a.wait_for("■ stopped")
        leave(a)
        leave(b)
    assert len(list_runs(learner.home)) == 2
    assert [list(arm.metrics["total"].steps) for arm in second.summary.arms.values()] == [[*range(1, 41)]] * 2
    nothing_is_left(learner)


def test_of_two_that_start_at_once_one_waits_and_each_starts_once(learner: Learner) -> None:
    long_course(learner.course, 1, COUNTS.replace("STEPS", "30"))
    with open_app(learner) as a, open_app(learner) as b:
        for console in (a, b):
            go_to(console, 2, 2)
            console.wait_for("Press r")
        for console in (a, b):
            console.press("r")
        for console in (a, b):
            console.wait_for("Predict first, then run")
        a.child.send("a\r")
        b.child.send("c\r")
        most = 0
        views: list[RunView] = []

        def ended() -> bool:
            nonlocal most
            views[:] = [RunView(learner.home, run.id) for run in list_runs(learner.home)]
            for view in views:
                view.poll()
            most = max(most, sum(view.state == "running" for view in views))
            b.pump(0.01)
            return len(views) == 2 and all(view.state == "finished" for view in views)

        a.wait(ended, "the end of both runs")
        assert most == 1
        for console in (a, b):
            console.wait_for("✓ finished", "██")
            leave(console)
    early, late = sorted(views, key=lambda view: view.summary.started_at or 0)
    assert one_by_one(early, late)
    for view in views:
        assert (view.folder / LOG).read_bytes().count(b'"started"') == 1
    with closing(Progress(learner.home.database)) as progress:
        assert progress.prediction("small/experiment-01") in ("same", "less"), "the first one stands"
        assert progress.watched() == []
    nothing_is_left(learner)


def interrupted(learner: Learner, console: Console) -> RunView:
    """A training that was killed behind its first checkpoint."""
    begin(console)
    console.wait_for("▸ ones")
    view = view_of(learner, "small/experiment-01")
    until(lambda: step_of(checkpoint_file(view.folder, "ones")) is not None, "a checkpoint")
    _, worker = processes(view.folder)
    assert worker is not None
    os.kill(worker, signal.SIGKILL)
    assert seen(view) == "crashed"
    console.wait_for("✗ crashed")
    return view


def resumed(view: RunView) -> int:
    """How often it was resumed."""
    return (view.folder / LOG).read_bytes().count(b'"resumed"')


def test_two_that_resume_the_same_training_follow_one_worker(learner: Learner) -> None:
    long_course(learner.course, 1, TRAINS.format(pause=0.02), steps=80)
    with open_app(learner) as a:
        go_to(a, 2, 2)
        view = interrupted(learner, a)
        with open_app(learner) as b:
            b.press("Enter")
            b.wait_for("✗ crashed")
            for console in (a, b):
                console.press("r")
            for console in (a, b):
                console.wait_for("The last run was interrupted", "go on after step")
            for console in (a, b):
                console.child.send("g")
            until(lambda: resumed(view) > 0, "the run to go on")
            workers: set[int] = set()

            def both_follow() -> bool:
                b.pump(0.01)
                workers.update(filter(None, processes(view.folder)[1:]))
                return all("▸ " in console.text for console in (a, b))

            a.wait(both_follow, f"both to follow it; the other screen:\n{b.text}")
            for console in (a, b):
                console.wait_for("✓ finished", "██")
            leave(b)
        leave(a)
    assert resumed(view) == 1
    assert len(workers) <= 1
    again = RunView(learner.home, view.run_id)
    assert seen(again) == "finished"
    assert [list(arm.metrics["total"].steps) for arm in again.summary.arms.values()] == [[*range(1, 81)]] * 2
    assert len(list_runs(learner.home)) == 1
    nothing_is_left(learner)


def test_who_resumes_a_training_that_another_has_finished_sees_its_end(learner: Learner) -> None:
    long_course(learner.course, 1, KEEPS, steps=80)
    with open_app(learner) as a:
        go_to(a, 2, 2)
        view = interrupted(learner, a)
        a.press("r")
        a.wait_for("The last run was interrupted")
        with open_app(learner) as b:
            b.press("Enter")
            b.wait_for("✗ crashed")
            b.press("r")
            b.wait_for("The last run was interrupted")
            b.press("g")
            b.wait_for("✓ finished", "██")
            leave(b)
        a.press("g")
        a.wait_for("✓ finished")
        a.wait_for("2/2  ██")
        leave(a)
    assert resumed(view) == 1
    with closing(Progress(learner.home.database)) as progress:
        assert progress.watched() == [], "both have seen its end"
    nothing_is_left(learner)


def test_what_two_learners_did_is_there_for_a_third(learner: Learner) -> None:
    long_course(learner.course, 3, COUNTS.replace("STEPS", "10"))
    with open_app(learner) as a, open_app(learner) as b:
        go_to(a, 2, 6)
        go_to(b, 4, 6)
        begin(b)
        begin(a)
        for console in (a, b):
            console.wait_for("✓ finished")
        a.wait_for("██")
        b.wait_for("█░██░░")
        leave(b)
        a.press("t", "L")
        a.wait_for("小路  2/6")
        leave(a)
    with closing(Progress(learner.home.database)) as progress:
        names = [f"small/{kind}-0{number}" for kind in ("lesson", "experiment") for number in (1, 2)]
        assert progress.done() == {(name.partition("/")[2].partition("-")[0], name) for name in names}
        assert progress.warning is None
        assert {progress.prediction(f"small/experiment-0{number}") for number in (1, 2)} == {"twice"}
    columns, rows = SIZE
    with Console(learner.arguments, columns=columns, rows=rows, environment=learner.environment) as third:
        third.wait_for("按 Enter 接着学", "4/6")
        third.press("Enter")
        third.wait_for("████░░")
        leave(third)
    nothing_is_left(learner)


def test_a_run_outlives_both_apps_and_is_there_for_the_next(learner: Learner) -> None:
    long_course(learner.course, 1, ENDLESS)
    with open_app(learner) as a, open_app(learner) as b:
        go_to(a, 2, 2)
        begin(a)
        a.wait_for("▸ ones", "s stops")
        b.press("Enter")
        b.wait_for("▸ ones", "s stops")
        for console in (a, b):
            console.press("q")
            console.wait_for("1 run is still going on")
            console.press("l")
            assert console.wait_exit() == 0
    view = view_of(learner, "small/experiment-01")
    _, worker = processes(view.folder)
    assert worker is not None
    assert worker in [process.pid for process in learner.processes()]
    with open_app(learner) as third:
        third.wait_for("went on without you and still runs")
        third.press("Enter")
        third.wait_for("▸ ones", "s stops")
        third.press("s")
        third.wait_for("■ stopped")
        leave(third)
    assert seen(view) == "stopped"
    nothing_is_left(learner)


def test_an_app_that_starts_while_another_makes_the_progress_file_waits_for_it(tmp_path: Path) -> None:
    path = tmp_path / "progress.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        let_go = threading.Timer(0.3, other.execute, ["COMMIT"])
        let_go.start()
        with closing(Progress(path)) as progress:
            let_go.join()
            assert progress.warning is None, progress.warning.en
            progress.mark_done("lesson", "small/a")
    with closing(Progress(path)) as progress:
        assert progress.done() == {("lesson", "small/a")}
