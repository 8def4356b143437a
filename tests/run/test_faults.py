"""Workers that are killed, break or fill the disk: what is shown, what is kept, what is left behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import psutil
import pytest

from minimind_tui.base.home import Home
from minimind_tui.run import exits
from minimind_tui.run.ending import OUTPUT, RESERVE, last_output
from minimind_tui.run.exits import MemoryKills
from minimind_tui.run.process import MOST_PRINTED
from minimind_tui.run.runs import list_runs
from minimind_tui.run.stop import delete, stop
from minimind_tui.run.watch import RunView
from tests.disk import small_disk
from tests.run.code import ENDLESS, FILLS_THE_DISK, exceeds
from tests.tiny import begin, home_in, seen, tiny_course, until

pytestmark = pytest.mark.usefixtures("cold")

SHOWN_WITHIN = 3.0
FLUSHED_WITHIN = 0.5

STEPS_THEN = """
import ctypes, os, resource, sys, time
def run(settings, record):
    print("before the fall")
    for step in range(1, 31):
        record.metric(step, total=step)
        time.sleep(0.01)
    time.sleep(0.6)
    {fault}
"""
LEAVES_A_CHILD = """
import subprocess
def run(settings, record):
    deaf = subprocess.Popen(["/bin/sh", "-c", "trap '' TERM INT HUP; while true; do sleep 0.1; done"])
    record.note("x", str(deaf.pid))
""" + "\n".join(ENDLESS.splitlines()[3:])
MOVES_AND_EXCEEDS = "import os; open('{group}/cgroup.procs', 'w').write(str(os.getpid())); x = b'x' * (400 * 2**20)"
COUNTS_ONLY = FILLS_THE_DISK.replace('record.sample("x" * 2000)', "time.sleep(0.01)")


@pytest.mark.parametrize(
    ("fault", "state", "cause", "reason"),
    [
        ("os.kill(os.getpid(), 9)", "crashed", "killed", "SIGKILL"),
        ("ctypes.string_at(0)", "crashed", "segfault", "SIGSEGV"),
        ("os.abort()", "crashed", "", "SIGABRT"),
        ("os._exit(0)", "crashed", "exit", "exit status 0"),
        ("sys.exit(3)", "failed", "", "SystemExit: 3 (count.py:9)"),
        ("raise ValueError('no such thing')", "failed", "", "ValueError: no such thing (count.py:9)"),
        ("resource.setrlimit(resource.RLIMIT_AS, (2**31, 2**31)); x = bytearray(2**33)", "failed", "memory", "Memory"),
    ],
)
def test_a_worker_that_ends_badly_says_how(tmp_path: Path, fault: str, state: str, cause: str, reason: str) -> None:
    view = begin(home_in(tmp_path), tiny_course(tmp_path, STEPS_THEN.format(fault=fault)))
    until(lambda: view.poll() and bool(view.summary.arms.get("ones")), "a first step")
    worker = psutil.Process(view.summary.pid)
    until(lambda: not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE, "the end of the worker")
    ended = time.time()
    assert seen(view) == state
    assert view.summary.ended_at is not None
    assert view.summary.ended_at - ended < SHOWN_WITHIN
    assert view.summary.cause == cause
    assert reason in view.summary.reason
    assert any("before the fall" in line for line in view.summary.log_tail)
    if cause == "segfault":
        assert any("count.py" in line for line in view.summary.log_tail), "where it was"
    assert view.summary.arms["ones"].metrics["total"].last == 30, "every step of before is there"
    assert list_runs(home_in(tmp_path))[0].state == state


def test_a_worker_that_linux_ends_for_memory_says_so(tmp_path: Path, little_memory: Path) -> None:
    view = begin(home_in(tmp_path), tiny_course(tmp_path, STEPS_THEN.format(fault=exceeds(little_memory))))
    assert seen(view) == "crashed"
    assert (view.summary.cause, view.summary.reason) == ("memory", "ended by SIGKILL")
    assert view.summary.arms["ones"].metrics["total"].last == 30


def test_what_is_printed_does_not_fill_the_disk(tmp_path: Path) -> None:
    prints = f"""
import time
def run(settings, record):
    for part in range(40):
        print("x" * {MOST_PRINTED // 10})
        time.sleep(0.02)
    time.sleep(1)
    print("the last word")
    record.metric(1, total=1)
"""
    view = begin(home_in(tmp_path), tiny_course(tmp_path, prints))
    assert seen(view) == "finished"
    assert (view.folder / OUTPUT).stat().st_size < 3 * MOST_PRINTED
    assert last_output(view.folder)[-1] == "the last word"


def test_a_process_that_is_killed_while_another_takes_too_much_memory(tmp_path: Path, little_memory: Path) -> None:
    """Linux counts both for the machine, and only the one for the control group that it was in."""
    other = f"__import__('subprocess').run([sys.executable, '-c', {MOVES_AND_EXCEEDS.format(group=little_memory)!r}])"
    fault = f"assert {other}.returncode == -9; os.kill(os.getpid(), 9)"
    view = begin(home_in(tmp_path), tiny_course(tmp_path, STEPS_THEN.format(fault=fault)))
    assert seen(view) == "crashed"
    assert (view.summary.cause, view.summary.reason) == ("killed", "ended by SIGKILL")


@pytest.mark.parametrize("said", ["memory/memory.oom_control", "memory/mine/memory.oom_control"])
def test_the_innermost_group_that_counts_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setattr(exits, "GROUPS", tmp_path)
    monkeypatch.setattr(exits, "_groups", lambda: [(["memory"], "/mine"), ([""], "/")])
    counter = tmp_path / said
    counter.parent.mkdir(parents=True)
    counter.write_text("under_oom 0\noom_kill 3\n")
    kills = MemoryKills()
    assert not kills.any_since()
    counter.write_text("under_oom 0\noom_kill 4\n")
    assert kills.any_since()


def test_where_no_group_counts_the_machine_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exits, "GROUPS", tmp_path)
    monkeypatch.setattr(exits, "MACHINE", tmp_path / "vmstat")
    assert not MemoryKills().any_since(), "nothing counts"
    (tmp_path / "vmstat").write_text("oom_kill 3\n")
    kills = MemoryKills()
    assert not kills.any_since()
    (tmp_path / "vmstat").write_text("oom_kill 4\n")
    assert kills.any_since()


def test_a_reason_of_a_megabyte_is_told_in_short(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    view = begin(home, tiny_course(tmp_path, STEPS_THEN.format(fault="raise ValueError('x' * 10**6)")))
    assert seen(view) == "failed"
    assert len(view.summary.reason) < 3000
    assert "(count.py:9)" in view.summary.reason
    assert [run.state for run in list_runs(home)] == ["failed"]


def test_a_killed_worker_loses_at_most_half_a_second(tmp_path: Path) -> None:
    code = ENDLESS.replace("total=step", "total=time.time()")
    view = begin(home_in(tmp_path), tiny_course(tmp_path, code))
    until(lambda: view.poll() and bool(view.summary.arms.get("ones")), "a first step")
    for _ in range(20):
        view.poll()
        time.sleep(0.05)
    killed = time.time()
    os.kill(view.summary.pid, signal.SIGKILL)
    assert seen(view) == "crashed"
    assert killed - view.summary.arms["ones"].metrics["total"].last < FLUSHED_WITHIN


def test_a_worker_killed_together_with_the_process_over_it_is_seen_too(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    view = begin(home, tiny_course(tmp_path, ENDLESS))
    until(lambda: view.poll() and bool(view.summary.arms.get("ones")), "a first step")
    over = psutil.Process(view.summary.pid).parent()
    assert over is not None
    over.kill()
    view.poll()
    assert view.state == "running", "the worker itself lives"
    os.kill(view.summary.pid, signal.SIGKILL)
    assert seen(view) == "crashed"
    assert [info.state for info in list_runs(home)] == ["crashed"]


def test_what_an_experiment_started_ends_with_it(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    view = begin(home, tiny_course(tmp_path, LEAVES_A_CHILD))
    until(lambda: view.poll() and any(arm.notes for arm in view.summary.arms.values()), "its child")
    child = psutil.Process(int(view.summary.arms["ones"].notes[0].en))
    assert stop(home, view.run_id)
    until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE, "the end of the child", 2.0)


def has_started(view: RunView) -> bool:
    return view.poll() and view.summary.started_at is not None


def test_fifty_runs_started_and_stopped_leave_nothing_behind(tmp_path: Path) -> None:
    home, course = home_in(tmp_path), tiny_course(tmp_path, ENDLESS)
    me = psutil.Process()
    before = set(me.children(recursive=True))
    for number in range(50):
        view = begin(home, course)
        if number % 3:
            until(partial(has_started, view), "its start")
        assert stop(home, view.run_id)
        assert seen(view) == "stopped"
    ended = psutil.STATUS_ZOMBIE
    until(lambda: {p for p in me.children(recursive=True) if p.status() != ended} <= before, "no further process")
    assert list(home.queue.iterdir()) == []
    assert not [folder for folder in home.runs.iterdir() if (folder / RESERVE).exists()]
    assert seen(begin(home, tiny_course(tmp_path / "short"))) == "finished", "the slot is free"


def test_a_deleted_run_stops(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    view = begin(home, tiny_course(tmp_path, LEAVES_A_CHILD))
    until(lambda: view.poll() and any(arm.notes for arm in view.summary.arms.values()), "its child")
    child = psutil.Process(int(view.summary.arms["ones"].notes[0].en))
    assert delete(home, view.run_id) > 0
    assert list_runs(home) == []
    until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE, "the end of the child", 2.0)


def test_a_folder_deleted_under_a_run_ends_it(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    view = begin(home, tiny_course(tmp_path, ENDLESS))
    until(lambda: view.poll() and bool(view.summary.arms.get("ones")), "a first step")
    worker = psutil.Process(view.summary.pid)
    shutil.rmtree(view.folder)
    until(lambda: not worker.is_running(), "the end of the worker")
    assert seen(view) == "crashed"
    assert view.folder_gone
    assert list_runs(home) == []


@pytest.mark.parametrize("code", [FILLS_THE_DISK, COUNTS_ONLY])
def test_a_run_on_a_full_disk_stops_with_that_reason(tmp_path: Path, code: str) -> None:
    with small_disk(tmp_path / "disk", 2) as disk:
        (disk / "fill").write_bytes(b"x" * 1_600_000)
        view = begin(Home(disk / "data", disk / "cache", disk / "config"), tiny_course(tmp_path, code))
        assert seen(view) == "failed"
        assert view.summary.cause == "disk"
        assert "No space left" in view.summary.reason
        assert view.summary.arms["ones"].metrics["total"].last > 1000
        assert view.summary.unreadable <= 1, "at most the torn line"


def test_a_run_that_cannot_be_started_leaves_no_folder(tmp_path: Path) -> None:
    course = tiny_course(tmp_path)
    with small_disk(tmp_path / "disk", 1) as disk:
        home = Home(disk / "data", disk / "cache", disk / "config")
        home.runs.mkdir(parents=True)
        (disk / "fill").write_bytes(b"x" * (2**20 - 2**15))
        with pytest.raises(OSError, match="No space left"):
            begin(home, course)
        assert list(home.runs.iterdir()) == []


KILLED_WHILE_STARTING = """
import os, subprocess, sys
from pathlib import Path
from minimind_tui.run import launch
from tests.tiny import begin, home_in
launch.{where} = lambda *_, **__: os.kill(os.getpid(), 9)
begin(home_in(Path(sys.argv[1])), Path(sys.argv[2]))
"""


@pytest.mark.parametrize("where", ["reserve_room", "subprocess.Popen"])
def test_a_run_whose_app_was_killed_before_it_began_is_not_in_the_history(tmp_path: Path, where: str) -> None:
    course, home = tiny_course(tmp_path / "course"), home_in(tmp_path)
    line = [sys.executable, "-c", KILLED_WHILE_STARTING.format(where=where), str(tmp_path), str(course)]
    assert subprocess.run(line, cwd=Path(__file__).parents[2]).returncode == -9
    assert len(list(home.runs.iterdir())) == 1
    assert list_runs(home) == []
    assert seen(begin(home, course)) == "finished"
    assert [run.state for run in list_runs(home)] == ["finished"]
