"""`minimind-tui run` as one of several ranks: under PyTorch's own launcher, and where Slurm has started it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from minimind_tui.base.home import Home
from minimind_tui.run.events import encode
from minimind_tui.run.launched import LauncherError, Place, place_of, threads_of
from minimind_tui.run.rank import Lane
from minimind_tui.run.ranks import Told, Turn
from minimind_tui.run.request import Request, encode_request
from minimind_tui.run.runs import list_runs
from minimind_tui.run.watch import RunView
from tests.run.several import ADDS, BREAKS, BY_ARM, DEAF, TWO, course_of, deaf_and_waiting, last
from tests.tiny import CODE, SPEC, home_in, seen, until

FOUR = TWO.replace("processes = 2", "processes = 4")
SLURM = {"SLURM_STEP_ID": "0", "SLURM_STEP_NUM_TASKS": "2", "SLURM_STEP_TASKS_PER_NODE": "1(x2)", "SLURM_NTASKS": "8"}
TORCHRUN = ["-m", "torch.distributed.run", "--standalone", "--nproc_per_node=2"]


def environ(folder: Path, **more: str) -> dict[str, str]:
    """The environment of a shell whose learner lives in `folder`."""
    return {**os.environ, "MINIMIND_TUI_HOME": str(folder), "LC_ALL": "C.UTF-8", **more}


def command(course: Path, *more: str, by: list[str] | None = None) -> list[str]:
    """The command line that runs the tiny experiment, `by` a launcher or by itself."""
    program = [sys.executable, *(by or []), "-m", "minimind_tui"]
    return [*program, "--lang", "en", "--course", str(course), "--trust", "run", "small/count", *more]


def only_run(folder: Path) -> RunView:
    """The one run in a learner's home."""
    home = Home(folder / "data", folder / "cache", folder / "config")
    (info,) = list_runs(home)
    view = RunView(home, info.id)
    view.poll()
    return view


def test_torchrun_makes_one_run_of_its_ranks(tmp_path: Path) -> None:
    course = course_of(tmp_path / "course", ADDS, FOUR)
    done = subprocess.run(
        command(course, "--json", by=TORCHRUN), env=environ(tmp_path), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (line,) = done.stdout.splitlines()
    assert json.loads(line)["arms"]["twos"]["total"] == 3
    view = only_run(tmp_path)
    assert view.state == "finished"
    assert [last(view, "twos", rank, "own") for rank in (0, 1)] == [0, 1]
    assert [last(view, "twos", rank, "said") for rank in (0, 1)] == [2, 2]
    assert [note.en for note in view.summary.arms["ones"].notes] == [
        "The launcher has started 2 processes: it runs on these, not on 4.",
        "rank 0 of 2",
    ]


def test_a_rank_of_torchrun_that_breaks_ends_the_run_with_its_number(tmp_path: Path) -> None:
    code = BREAKS.format(breaks="raise ValueError('no')", rank_0="dist.all_reduce(torch.ones(1))")
    course = course_of(tmp_path / "course", code, TWO)
    done = subprocess.run(
        command(course, by=TORCHRUN), env=environ(tmp_path), capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "ValueError: no" in done.stderr, "errors are shown"
    view = only_run(tmp_path)
    assert (view.state, view.summary.reason) == ("failed", "rank 1: ValueError: no (count.py:5)")


def test_nobody_outlives_a_killed_launcher(tmp_path: Path, mine: Callable[[], int]) -> None:
    course = course_of(tmp_path / "course", DEAF)
    home = Home(tmp_path / "data", tmp_path / "cache", tmp_path / "config")
    with subprocess.Popen(command(course, by=TORCHRUN), env=environ(tmp_path), stderr=subprocess.DEVNULL) as launcher:
        until(lambda: bool(list_runs(home)), "a run")
        view = RunView(home, list_runs(home)[0].id)
        until(lambda: deaf_and_waiting(view), "two deaf ranks")
        assert mine() == 5, "the launcher, what it has started, the process over the worker, the worker"
        launcher.kill()
    assert seen(view) == "crashed"
    assert "the launcher has ended" in view.summary.reason
    until(lambda: mine() == 0, "no process")


def test_slurm_makes_one_run_of_its_tasks(tmp_path: Path) -> None:
    course = course_of(tmp_path / "course", ADDS, BY_ARM)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    meeting = {**SLURM, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "SLURM_CPUS_PER_TASK": "1"}
    tasks = [
        subprocess.Popen(
            command(course), env=environ(tmp_path, **meeting, SLURM_PROCID=str(rank)), stdout=subprocess.PIPE
        )
        for rank in (0, 1)
    ]
    said = [task.communicate()[0] for task in tasks]
    assert [task.returncode for task in tasks] == [0, 0]
    assert b"twice" in said[0]
    assert said[1] == b"", "rank 0 alone reports"
    view = only_run(tmp_path)
    assert (last(view, "ones", 0, "total"), last(view, "twos", 0, "total")) == (1, 3)
    assert last(view, "twos", 1, "own") == 1
    assert last(view, "twos", 1, "threads") == 1


@pytest.mark.parametrize(
    ("spec", "size", "said"),
    [
        (SPEC, "2", "Run it without the launcher: minimind-tui run small/count"),
        (BY_ARM.replace("processes = 2", "processes = 4"), "2", "Let it start 4 (torchrun --nproc-per-node"),
        (TWO, "0", "RANK=0, WORLD_SIZE=0"),
    ],
    ids=["written for one", "an arm wants more", "nonsense"],
)
def test_what_cannot_be_is_refused_with_the_fix(tmp_path: Path, spec: str, size: str, said: str) -> None:
    course = course_of(tmp_path / "course", CODE, spec)
    place = {"RANK": "0", "WORLD_SIZE": size, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "1"}
    done = subprocess.run(command(course), env=environ(tmp_path, **place), capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert said in done.stderr
    assert list_runs(home_in(tmp_path)) == []


def test_one_that_is_written_for_one_runs_in_a_world_of_one(tmp_path: Path) -> None:
    place = {"RANK": "0", "WORLD_SIZE": "1"}
    course = course_of(tmp_path / "course", CODE, SPEC)
    assert subprocess.run(command(course), env=environ(tmp_path, **place), check=False).returncode == 0


TORCH = {"RANK": "3", "WORLD_SIZE": "4", "LOCAL_RANK": "1", "MASTER_ADDR": "a", "MASTER_PORT": "5"}


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ({}, None),
        ({**TORCH, "LOCAL_WORLD_SIZE": "2"}, Place(3, 4, 1, 2, "a", "5")),
        (TORCH, Place(3, 4, 1, 4, "a", "5")),
        ({"RANK": "0", "WORLD_SIZE": "1"}, Place(0, 1, 0, 1, "127.0.0.1", "0")),
        ({"SLURM_PROCID": "0", "SLURM_NTASKS": "4", "SLURM_JOB_ID": "7"}, None),
        (
            {**SLURM, "SLURM_PROCID": "1", "SLURM_LOCALID": "0", "MASTER_ADDR": "a", "SLURM_JOB_ID": "123456"},
            Place(1, 2, 0, 1, "a", "18456"),
        ),
        (
            {**SLURM, "SLURM_PROCID": "0", "SLURM_STEP_NUM_NODES": "1", "MASTER_PORT": "5"},
            Place(0, 2, 0, 1, "127.0.0.1", "5"),
        ),
    ],
    ids=["alone", "torchrun", "by hand", "a world of one", "a batch script", "srun on two machines", "srun on one"],
)
def test_the_place_is_read_from_the_launchers_variables(said: Mapping[str, str], place: Place | None) -> None:
    assert place_of(said) == place
    if place is not None:
        assert place_of(place.environment()) == place


@pytest.mark.parametrize(
    ("said", "fix"),
    [
        ({**SLURM, "SLURM_PROCID": "1"}, "export MASTER_ADDR=$(scontrol show hostnames | head -n 1)"),
        ({**SLURM, "SLURM_PROCID": "2"}, "unset SLURM_PROCID SLURM_STEP_NUM_TASKS"),
        ({"RANK": "one", "WORLD_SIZE": "2"}, "RANK=one"),
    ],
)
def test_a_launcher_that_says_too_little_is_told_so(said: Mapping[str, str], fix: str) -> None:
    with pytest.raises(LauncherError) as raised:
        place_of(said)
    assert fix in raised.value.message.en
    assert fix.split("=", 1)[0] in raised.value.message.zh


def test_a_rank_has_the_threads_that_the_launcher_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("minimind_tui.run.launched.usable_cores", lambda: 16)
    place = Place(0, 8, 0, 4, "a", "5")
    assert threads_of(place, {}) == "4"
    assert threads_of(place, {"SLURM_CPUS_PER_TASK": "6"}) == "6"
    assert threads_of(place, {"SLURM_CPUS_PER_TASK": "6", "OMP_NUM_THREADS": "2"}) == "2"


def test_a_machine_that_does_not_see_the_log_keeps_a_run_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MINIMIND_TUI_HOME", str(tmp_path))
    request = Request(experiment="small/count", course_root="/elsewhere", parameters={"steps": 5}, seed=3, processes=2)
    lane = Lane(Told("/elsewhere/data/runs/20260101-count-1234", request, ""), 1)
    record = lane.begin(Turn("twos", {"by": 2}, 2))
    record.metric(1, total=4)
    record.checkpoint.write(b"only rank 0 keeps one")
    assert [run.state for run in list_runs(home_in(tmp_path))] == ["running"]
    lane.end("finished")
    view = only_run(tmp_path)
    assert view.run_id == "20260101-count-1234-rank1"
    assert (view.state, view.summary.seed, last(view, "twos", 0, "total")) == ("finished", 3, 4)
    assert not (view.folder / "checkpoints").exists()
    assert str(view.folder) in capsys.readouterr().err


@pytest.mark.parametrize(
    ("place", "processes", "said"),
    [
        ({"RANK": "0", "WORLD_SIZE": "2", "MASTER_ADDR": "a", "MASTER_PORT": "1"}, 2, "minimind-tui resume run-1"),
        ({}, 64, "on one machine it can go on with 8 at most"),
    ],
    ids=["under a launcher", "of a large launcher"],
)
def test_a_run_goes_on_without_a_launcher(tmp_path: Path, place: dict[str, str], processes: int, said: str) -> None:
    course = course_of(tmp_path / "course", CODE)
    folder = home_in(tmp_path).runs / "run-1"
    folder.mkdir(parents=True)
    request = Request(experiment="small/count", course_root=str(course), parameters={}, seed=1, processes=processes)
    (folder / "request.json").write_bytes(encode_request(request))
    (folder / "events.jsonl").write_bytes(encode("stopped", 1.0, {}))
    line = [sys.executable, "-m", "minimind_tui", "--lang", "en", "--course", str(course), "--trust", "resume", "run-1"]
    done = subprocess.run(line, env=environ(tmp_path, **place), capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert said in done.stderr
