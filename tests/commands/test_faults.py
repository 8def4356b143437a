"""The command line on full disks, without a home, into closed pipes: one plain line, and nothing half done."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from minimind_tui.run.checkpoint import checkpoint_file, step_of
from minimind_tui.run.ending import LOG
from minimind_tui.run.runs import list_runs
from minimind_tui.run.states import ENDINGS
from minimind_tui.run.stop import stop
from tests.commands.tutor import environment, trusted, tutor
from tests.disk import read_only, small_disk
from tests.run.code import ENDLESS, TRAINS
from tests.tiny import begin, home_in, seen, tiny_course, until


def in_words(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """It was refused in one plain line that holds one of `words`."""
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert any(word in done.stderr for word in words), done.stderr


@pytest.mark.parametrize("arguments", [["runs"], ["runs", "--json"], ["show", "last"], ["data", "list"], ["doctor"]])
def test_output_that_nobody_takes_is_no_accident(tmp_path: Path, arguments: list[str]) -> None:
    course = tiny_course(tmp_path / "course")
    assert tutor(tmp_path, *trusted(course), "run", "count", "--json").returncode == 0
    command = [sys.executable, "-m", "minimind_tui", "--course", str(course), *arguments]
    with open("/dev/full", "w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, env=environment(tmp_path))
    assert done.returncode == 1
    in_words(done, "No space left on device")
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, env=environment(tmp_path))
    os.close(writing)
    assert done.stderr == ""
    assert done.returncode in (0, 1), "doctor: there is no terminal"


def test_a_user_without_a_home_is_told_what_to_set(tmp_path: Path) -> None:
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("only root can be somebody whom the machine does not know")
    somebody = ["setpriv", "--reuid=12345", "--clear-groups", sys.executable]
    if subprocess.run([*somebody, "-c", "import minimind_tui.cli"], capture_output=True, cwd="/").returncode != 0:
        pytest.skip("this folder is closed to others")
    command = [*somebody, "-m", "minimind_tui", "runs"]
    variables = {
        name: value for name, value in environment(tmp_path).items() if name not in ("HOME", "MINIMIND_TUI_HOME")
    }
    done = subprocess.run(command, capture_output=True, text=True, env=variables, cwd="/")
    assert done.returncode == 2
    in_words(done, "export MINIMIND_TUI_HOME=")


@pytest.mark.parametrize("home", ["/dev/null/home", "~nobody-of-this-name/home"])
def test_a_home_that_cannot_be_made_is_named(tmp_path: Path, home: str) -> None:
    course = tiny_course(tmp_path / "course")
    assert tutor(Path(home), *trusted(course), "runs").returncode == 0
    if home.startswith("/"):
        done = tutor(Path(home), *trusted(course), "run", "count")
        assert done.returncode == 2
        in_words(done, "Cannot start: Not a directory")


def test_a_name_that_is_no_text_is_refused(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path) + b"/b\xffd"
    os.mkdir(folder)
    in_words(tutor(tmp_path, "--course", os.fsdecode(folder), "check"), "not UTF-8", "Rename it")
    in_words(tutor(Path(os.fsdecode(folder)), "runs"), "not UTF-8", "MINIMIND_TUI_HOME")


def test_on_a_full_disk_a_run_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    course = tiny_course(tmp_path / "course")
    with small_disk(tmp_path / "disk", 1) as disk:
        assert tutor(disk, *trusted(course), "runs").returncode == 0
        (disk / "data" / "runs").mkdir(parents=True)
        (disk / "fill").write_bytes(b"x" * (900 * 1024))
        done = tutor(disk, *trusted(course), "run", "count")
        assert done.returncode == 2
        in_words(done, "Cannot start: No space left on device")
        assert list((disk / "data" / "runs").iterdir()) == []
        (disk / "fill").unlink()
        assert tutor(disk, *trusted(course), "run", "count").returncode == 0


def test_on_a_disk_that_cannot_be_written_a_run_is_refused(tmp_path: Path) -> None:
    course = tiny_course(tmp_path / "course")
    with small_disk(tmp_path / "disk", 4) as disk:
        assert tutor(disk, *trusted(course), "run", "count").returncode == 0
        with read_only(disk):
            done = tutor(disk, *trusted(course), "run", "count")
            assert done.returncode == 2
            in_words(done, "Read-only file system")
            assert "twice: 2.0" in tutor(disk, "--course", str(course), "show", "last").stdout
            done = tutor(disk, "clean", "--days", "0", "--yes")
            assert (done.returncode, "Read-only file system" in done.stderr) == (1, True)


def test_a_text_that_was_removed_is_named_with_the_command_that_brings_it(tmp_path: Path) -> None:
    text = tmp_path / "mine.txt"
    text.write_text("a text of my own. " * 2000, encoding="utf-8")
    assert tutor(tmp_path, "data", "add", str(text)).returncode == 0
    shutil.rmtree(tmp_path / "cache")
    done = tutor(tmp_path, "run", "position-ablation", "--set", "corpus=mine")
    assert done.returncode == 2
    in_words(done, "minimind-tui data add FILE --name mine", "minimind-tui data")


def test_resume_of_what_kept_nothing_names_the_command_for_a_new_run(tmp_path: Path) -> None:
    course = tiny_course(tmp_path / "course")
    assert tutor(tmp_path, *trusted(course), "run", "count").returncode == 0
    done = tutor(tmp_path, *trusted(course), "resume", "last")
    assert done.returncode == 2
    in_words(done, "minimind-tui run small/count")


def test_resume_of_what_has_finished_says_so(tmp_path: Path) -> None:
    course = tiny_course(tmp_path / "course")
    home = home_in(tmp_path)
    assert seen(begin(home, course)) == "finished"
    done = tutor(tmp_path, *trusted(course), "resume", "last")
    assert done.returncode == 2
    assert "has finished" in done.stderr
    assert "minimind-tui show" in done.stderr


def test_no_negative_number_of_days(tmp_path: Path) -> None:
    done = tutor(tmp_path, "clean", "--days", "-1")
    assert done.returncode == 2
    assert "no number of days" in done.stderr


def test_resume_goes_on_to_the_end(tmp_path: Path) -> None:
    course, home = tiny_course(tmp_path / "course", TRAINS.format(pause=0.01)), home_in(tmp_path)
    view = begin(home, course, steps=60)
    until(lambda: step_of(checkpoint_file(view.folder, "ones")) is not None, "a checkpoint")
    stop(home, view.run_id)
    assert seen(view) == "stopped"
    done = tutor(tmp_path, *trusted(course), "resume", "last", "--json")
    found = json.loads(done.stdout)
    assert (found["run"], found["outcome"]) == (view.run_id, "finished")


@pytest.mark.parametrize("gone", [False, True], ids=["there", "gone"])
def test_resume_runs_no_code_of_a_course_that_is_not_the_open_one(tmp_path: Path, gone: bool) -> None:
    course, home = tiny_course(tmp_path / "course", TRAINS.format(pause=0.01)), home_in(tmp_path)
    view = begin(home, course, steps=60)
    until(lambda: step_of(checkpoint_file(view.folder, "ones")) is not None, "a checkpoint")
    stop(home, view.run_id)
    other = tiny_course(tmp_path / "other")
    assert tutor(tmp_path, *trusted(other), "run", "count").returncode == 0
    assert seen(view) in ENDINGS
    log = (view.folder / LOG).read_bytes()
    if gone:
        shutil.rmtree(course)
    done = tutor(tmp_path, "--course", str(other), "resume", view.run_id)
    assert done.returncode == 2
    in_words(done, f"the course in {course}")
    in_words(done, "Start a new run" if gone else f"minimind-tui --course {course}")
    assert (view.folder / LOG).read_bytes() == log


def test_clean_says_what_it_frees_and_removes_only_when_told_to(tmp_path: Path) -> None:
    course, home = tiny_course(tmp_path / "course", ENDLESS), home_in(tmp_path)
    old, new, running = (begin(home, course) for _ in range(3))
    for view in (old, new, running):
        seen(view, "waiting", "running")
    for view in (old, new):
        assert tutor(tmp_path, "stop", view.run_id).returncode == 0
    request = old.folder / "request.json"
    content = json.loads(request.read_bytes())
    request.write_text(json.dumps({**content, "created": time.time() - 40 * 24 * 3600}))
    asked = tutor(tmp_path, "clean").stdout
    assert old.run_id in asked
    assert new.run_id not in asked
    assert "1 run would be removed" in asked
    assert len(list_runs(home)) == 3
    assert "1 run removed" in tutor(tmp_path, "clean", "--yes").stdout
    assert old.run_id not in [run.id for run in list_runs(home)]
    assert "1 run removed" in tutor(tmp_path, "clean", "--days", "0", "--yes").stdout
    assert [run.id for run in list_runs(home)] == [running.run_id], "one that goes on is left alone"
    assert "1 run removed" in tutor(tmp_path, "clean", running.run_id, "--yes").stdout
    assert list_runs(home) == []
    assert "nothing to clean" in tutor(tmp_path, "clean").stdout


def test_a_course_is_trusted_by_its_content(tmp_path: Path) -> None:
    course = tiny_course(tmp_path / "course")
    assert tutor(tmp_path, *trusted(course), "run", "count").returncode == 0
    moved = course.rename(tmp_path / "moved")
    assert tutor(tmp_path, "--course", str(moved), "run", "count").returncode == 0, "the same files elsewhere"
    (moved / "experiments/small/helper.py").write_text("")
    in_words(tutor(tmp_path, "--course", str(moved), "run", "count"), "--trust")
    (moved / "experiments/small/helper.py").unlink()
    assert tutor(tmp_path, "--course", str(moved), "run", "count").returncode == 0


@pytest.mark.parametrize(
    ("answer", "said"),
    [("KillUserProcesses=yes", "systemd-run --user --scope minimind-tui"), ("KillUserProcesses=no", "runs go on")],
)
def test_doctor_tells_whether_runs_outlive_the_session(tmp_path: Path, answer: str, said: str) -> None:
    program = tmp_path / "bin" / "loginctl"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\n[ "$*" = "show-session --property=KillUserProcesses" ] && echo {answer}\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    report = tutor(tmp_path, "doctor", PATH=f"{program.parent}:{os.environ['PATH']}").stdout
    assert said in report
    assert ("! log-out" in report) == answer.endswith("yes")
    for subject in ("terminal", "colours", "locale", "your folder", "torch", "cores", "runs"):
        assert f" {subject}: " in report
    assert len(report.splitlines()) <= 24, "one screen"
