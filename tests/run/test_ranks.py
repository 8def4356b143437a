"""Runs of several processes: what they compute together, what each records, and that none outlives the run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from minimind_tui.base.home import Home
from minimind_tui.run.checkpoint import checkpoint_file, step_of
from minimind_tui.run.lock import processes
from minimind_tui.run.runs import list_runs
from minimind_tui.run.stop import stop
from minimind_tui.run.watch import RunView
from tests.run.several import ADDS, BREAKS, BY_ARM, DEAF, course_of, deaf_and_waiting, last
from tests.tiny import begin, home_in, resumed, seen, until


def test_ranks_add_up_and_each_has_a_lane(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINIMIND_TUI_SLOTS", "3")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    view = begin(home_in(tmp_path), course_of(tmp_path / "course", ADDS, BY_ARM))
    assert seen(view) == "finished", (view.summary.reason, view.summary.log_tail)
    ones, twos = view.summary.arms["ones"], view.summary.arms["twos"]
    assert (last(view, "ones", 0, "total"), list(ones.lanes)) == (1, []), "one process is a group of one"
    assert (last(view, "twos", 0, "total"), last(view, "twos", 1, "total")) == (3, 3)
    assert list(twos.metrics["own"].values) == [0] * 5
    assert list(twos.lanes[1].metrics["own"].steps) == [1, 2, 3, 4, 5]
    assert list(twos.lanes[1].metrics["own"].values) == [1] * 5
    assert [last(view, "twos", rank, "said") for rank in (0, 1)] == [2, 2]
    assert [note.en for note in twos.lanes[1].notes] == ["rank 1 of 2"]
    assert [note.en for note in twos.notes] == ["rank 0 of 2"]
    assert [last(view, "twos", rank, "threads") for rank in (0, 1)] == [1, 1]
    assert last(view, "twos", 0, "slots") == 2
    assert not (view.folder / "ranks").exists()


@pytest.mark.parametrize(
    ("breaks", "rank_0", "state", "reason", "cause"),
    [
        ("raise ValueError('no')", "dist.all_reduce(torch.ones(1))", "failed", "ValueError: no (count.py:5)", ""),
        ("os.kill(os.getpid(), signal.SIGKILL)", "time.sleep(600)", "crashed", "ended by SIGKILL", "killed"),
        (
            "os._exit(3)",
            "while True:\n        try: time.sleep(1)\n        except BaseException: pass",
            "crashed",
            "exit status 3 without a word",
            "exit",
        ),
    ],
    ids=["raises", "is killed", "leaves, and rank 0 cannot be told"],
)
def test_a_rank_that_breaks_ends_the_run_with_its_number(
    tmp_path: Path, breaks: str, rank_0: str, state: str, reason: str, cause: str
) -> None:
    view = begin(home_in(tmp_path), course_of(tmp_path / "course", BREAKS.format(breaks=breaks, rank_0=rank_0)))
    assert seen(view) == state, (view.summary.reason, view.summary.log_tail)
    assert (view.summary.reason, view.summary.cause) == (f"rank 1: {reason}", cause)


def gone_on(view: RunView) -> bool:
    """Whether the resumed run is at its second arm, and both ranks have done the rest of the first."""
    view.poll()
    ones = view.summary.arms["ones"]
    return "twos" in view.summary.arms and ones.step == 5 and 1 in ones.lanes and ones.lanes[1].step == 5


def test_deaf_ranks_end_with_a_killed_worker_and_are_there_again_when_it_is_resumed(
    tmp_path: Path, mine: Callable[[], int]
) -> None:
    home = home_in(tmp_path)
    view = begin(home, course_of(tmp_path / "course", DEAF))
    until(lambda: deaf_and_waiting(view), "two deaf ranks")
    assert mine() == 3, "the process over the worker, and two ranks"
    _, worker = processes(view.folder)
    assert worker is not None
    os.kill(worker, signal.SIGKILL)
    assert seen(view) == "crashed"
    until(lambda: mine() == 0, "no process")
    file = checkpoint_file(view.folder, "ones")
    assert step_of(file) == 3
    assert b'"rank": "0"' in file.read_bytes()
    assert list(file.parent.iterdir()) == [file]
    until(lambda: resumed(home, view.run_id), "a free lock")
    view = RunView(home, view.run_id)
    seen(view, "running")
    until(lambda: gone_on(view), "the next arm, and both ranks at the end of this one")  # neither waits for the other
    assert [last(view, "ones", rank, "first") for rank in (0, 1)] == [4, 4]
    assert list(view.summary.arms["ones"].lanes[1].metrics["total"].steps) == [1, 2, 3, 4, 5]
    stop(home, view.run_id)
    assert seen(view) == "stopped"
    until(lambda: mine() == 0, "no process")


def test_deaf_ranks_end_at_ctrl_c(tmp_path: Path, mine: Callable[[], int]) -> None:
    course = course_of(tmp_path / "course", DEAF)
    home = Home(tmp_path / "data", tmp_path / "cache", tmp_path / "config")
    with subprocess.Popen(
        [sys.executable, "-m", "minimind_tui", "--course", str(course), "--trust", "run", "small/count"],
        env={**os.environ, "MINIMIND_TUI_HOME": str(tmp_path)},
        start_new_session=True,
    ) as process:
        until(lambda: bool(list_runs(home)), "a run")
        view = RunView(home, list_runs(home)[0].id)
        until(lambda: deaf_and_waiting(view), "two deaf ranks")
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(60) == 130
    assert seen(view) == "stopped"
    until(lambda: mine() == 0, "no process")
