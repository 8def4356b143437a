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
from minimind_tui.run.launch import resume
from minimind_tui.run.lock import processes
from minimind_tui.run.runs import list_runs
from minimind_tui.run.stop import stop
from minimind_tui.run.watch import RunView
from tests.tiny import SPEC, begin, home_in, seen, tiny_course, until

TWO = SPEC.replace("seconds = 1", "seconds = 1\nprocesses = 2")
BY_ARM = SPEC.replace('name = "by"', 'name = "processes"').replace("by =", "processes =")

ADDS = """
import os, torch, torch.distributed as dist
from pathlib import Path
from minimind_tui.base.files import is_locked
from minimind_tui.nn.ranks import rank, world_size
def run(settings, record):
    record.plan(settings.steps)
    for step in range(1, settings.steps + 1):
        total = torch.tensor(float(rank() + 1))
        dist.all_reduce(total)
        record.metric(step, total=total, own=rank(), size=world_size(), said=settings.processes)
    slots = sum(is_locked(slot) for slot in Path("../../slots").glob("*"))
    record.metric(step + 1, threads=torch.get_num_threads(), slots=slots)
    record.note(f"第 {rank()} 个", f"rank {rank()} of {os.environ['WORLD_SIZE']}")
"""

BREAKS = """
import os, signal, time, torch, torch.distributed as dist
def run(settings, record):
    if dist.get_rank() == 1:
        {breaks}
    {rank_0}
"""

DEAF = """
import json, signal, time
from minimind_tui.nn.ranks import rank
def run(settings, record):
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    first = (record.checkpoint.step or 0) + 1
    for step in range(first, settings.steps + 1):
        record.metric(step, total=settings.by * step, first=first)
        if step == 3:
            header = json.dumps({"__metadata__": {"step": "3", "rank": str(rank())}}).encode()
            record.checkpoint.write(len(header).to_bytes(8, "little") + header)
        while step == 5 and first == 1:
            time.sleep(0.05)
"""


def course_of(folder: Path, code: str, spec: str = TWO) -> Path:
    """The tiny course whose experiment is written for several processes."""
    course = tiny_course(folder, code)
    (course / "experiments/small/count.toml").write_text(spec, encoding="utf-8")
    return course


def last(view: RunView, arm: str, rank: int, metric: str) -> float:
    """The last value of a metric in a rank's lane."""
    recorded = view.summary.arms[arm]
    return (recorded.lanes[rank] if rank else recorded).metrics[metric].last


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


def deaf_and_waiting(view: RunView) -> bool:
    """Whether both ranks have come to where they stay for ever."""
    view.poll()
    arm = view.summary.arms.get("ones")
    return arm is not None and arm.step == 5 and 1 in arm.lanes and arm.lanes[1].step == 5


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
    assert resume(home, view.run_id)
    view = RunView(home, view.run_id)
    seen(view, "running")
    until(lambda: view.poll() and "twos" in view.summary.arms, "the next arm")
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
