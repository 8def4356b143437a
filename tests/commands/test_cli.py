"""The command line as a shell sees it: output, exit status, the fix in every refusal."""

from __future__ import annotations

import json
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from minimind_tui import __version__, cli
from minimind_tui.run.runs import list_runs
from tests.commands.tutor import environment, trusted, tutor
from tests.run.code import BROKEN, ENDLESS
from tests.tiny import home_in, tiny_course, until


def test_the_version(tmp_path: Path) -> None:
    assert tutor(tmp_path, "--version").stdout.strip() == f"minimind-tui {__version__}"


def test_the_last_line_is_one_object(tmp_path: Path) -> None:
    course = tiny_course(tmp_path / "course")
    done = tutor(tmp_path, *trusted(course), "run", "count", "--set", "steps=3", "--seed", "4", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    seconds = found.pop("seconds")
    run = found.pop("run")
    luck = {name: arm.pop("luck") for name, arm in found["arms"].items()}
    assert luck["ones"] == luck["twos"]
    assert 0 <= seconds < 60
    assert found == {
        "experiment": "small/count",
        "seed": 4,
        "parameters": {"steps": 3},
        "outcome": "finished",
        "arms": {"ones": {"total": 3.0}, "twos": {"total": 6.0}},
        "claims": [{"id": "twice", "verdict": "holds", "values": {"measure": 2.0}}],
    }
    listed = json.loads(tutor(tmp_path, "runs", "--json").stdout)
    assert (listed["run"], listed["state"]) == (run, "finished")
    shown = tutor(tmp_path, "--course", str(course), "show", "last")
    assert "✓ holds" in shown.stdout
    assert "twice: 2.0" in shown.stdout


def test_the_report_is_in_the_readers_language(tmp_path: Path) -> None:
    course = tiny_course(tmp_path / "course")
    done = tutor(tmp_path, "--lang", "zh", *trusted(course), "run", "small/count")
    assert "✓ 成立" in done.stdout
    assert "两倍：2.0" in done.stdout
    chinese = tutor(tmp_path, "runs", "--json", LC_ALL="zh_CN.UTF-8")
    assert chinese.returncode == 0


def test_full_is_a_longer_budget(tmp_path: Path) -> None:
    course = tiny_course(tmp_path / "course")
    done = tutor(tmp_path, *trusted(course), "run", "count", "--full", "--json")
    assert json.loads(done.stdout.splitlines()[-1])["parameters"] == {"steps": 50}


def test_a_failed_run_is_status_one(tmp_path: Path) -> None:
    course = tiny_course(tmp_path / "course", BROKEN)
    done = tutor(tmp_path, *trusted(course), "run", "count", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout.splitlines()[-1])["outcome"] == "failed"
    assert "no such thing" in tutor(tmp_path, "--course", str(course), "show", "last").stdout


@pytest.mark.parametrize(
    ("arguments", "fix"),
    [
        (["run", "normalization/gradient-flo"], "Did you mean normalization/gradient-flow?"),
        (["run", "gradient-flow", "--set", "depht=3"], "did you mean depth?"),
        (["run", "gradient-flow", "--set", "depth=300"], "out of range: 2 … 64"),
        (["run", "gradient-flow", "--set", "init=zero"], "choose one of default, kaiming"),
        (["run", "gradient-flow", "--set", "depth"], "NAME=VALUE"),
        (["run", "gradient-flow", "--seed", "-1"], "between 0 and"),
        (["run", "attention-steps", "--set", "heads=3"], "choose one of 1, 2, 4, 8"),
        (["run", "position-ablation", "--set", "corpus=nope"], "minimind-tui data"),
        (["show", "yesterday"], "minimind-tui runs lists them all"),
        (["stop"], "--help"),
        (["frobnicate"], "--help"),
        (["--course", "/nowhere", "check"], "must name a folder that holds"),
        (["data", "add", "/nowhere.txt"], "/nowhere.txt"),
        ([], "There is no terminal here"),
    ],
)
def test_bad_usage_names_the_fix(tmp_path: Path, arguments: list[str], fix: str) -> None:
    done = tutor(tmp_path, *arguments)
    assert done.returncode == 2
    assert fix in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_course_from_elsewhere_runs_only_when_trusted(tmp_path: Path) -> None:
    course = tiny_course(tmp_path / "course")
    refused = tutor(tmp_path, "--course", str(course), "run", "count")
    assert refused.returncode == 2
    assert "--trust" in refused.stderr
    assert list_runs(home_in(tmp_path)) == []
    assert tutor(tmp_path, *trusted(course), "run", "count").returncode == 0
    assert tutor(tmp_path, "--course", str(course), "run", "count").returncode == 0, "trust is remembered"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_stops_the_run_too(tmp_path: Path, number: int) -> None:
    course = tiny_course(tmp_path / "course", ENDLESS)
    command = [sys.executable, "-m", "minimind_tui", *trusted(course), "run", "count", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment(tmp_path)) as process:
        until(lambda: any(run.state == "running" for run in list_runs(home_in(tmp_path))), "a run")
        time.sleep(0.3)
        process.send_signal(number)
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert json.loads(output.splitlines()[-1])["outcome"] == "stopped"
    assert [run.state for run in list_runs(home_in(tmp_path))] == ["stopped"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_while_the_run_is_being_launched_leaves_none_alone(tmp_path: Path, number: int) -> None:
    course = tiny_course(tmp_path / "course", ENDLESS)
    command = [sys.executable, "-m", "minimind_tui", *trusted(course), "run", "count", "--seed", "5", "--json"]
    runs = home_in(tmp_path).runs
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=environment(tmp_path)) as process:
        while not runs.is_dir() or not any(runs.iterdir()):
            assert process.poll() is None
        process.send_signal(number)
        output, errors = process.communicate(timeout=60)
    assert "Traceback" not in errors
    assert process.returncode == 130
    last = json.loads(output.splitlines()[-1])
    assert (last["outcome"], last["experiment"], last["seed"]) == ("stopped", "small/count", 5)
    assert [run.state for run in list_runs(home_in(tmp_path))] == ["stopped"]


def test_ctrl_c_in_any_command_is_no_accident(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("minimind_tui.commands.runs.run", interrupted)
    assert cli.main(["runs"]) == 130


def test_without_standard_error_a_run_ends_as_always(tmp_path: Path) -> None:
    course = tiny_course(tmp_path / "course")
    line = shlex.join([sys.executable, "-m", "minimind_tui", *trusted(course), "run", "count", "--json"])
    done = subprocess.run(f"{line} 2>&-", shell=True, capture_output=True, text=True, env=environment(tmp_path))
    assert done.returncode == 0
    assert json.loads(done.stdout.splitlines()[-1])["outcome"] == "finished"


@pytest.mark.parametrize("arguments", [["--help"], ["--lang", "zh", "data", "list"], ["show", "last"]])
def test_a_locale_that_cannot_write_every_sign_still_gets_the_rest(tmp_path: Path, arguments: list[str]) -> None:
    course = tiny_course(tmp_path / "course")
    assert tutor(tmp_path, *trusted(course), "run", "count", "--json").returncode == 0
    where = ["--course", str(course)] if arguments[0] == "show" else []
    done = tutor(tmp_path, *where, *arguments, PYTHONIOENCODING="latin-1", PYTHONUTF8="0")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("variable", [{"OMP_NUM_THREADS": "4,2"}, {"OMP_NUM_THREADS": ""}, {"MINIMIND_TUI_SLOTS": "²"}])
def test_odd_values_in_the_environment_are_no_reason_to_fail(tmp_path: Path, variable: dict[str, str]) -> None:
    course = tiny_course(tmp_path / "course")
    assert tutor(tmp_path, *trusted(course), "run", "count", **variable).returncode == 0


def test_stop_ends_a_run_of_another_terminal(tmp_path: Path) -> None:
    course = tiny_course(tmp_path / "course", ENDLESS)
    command = [sys.executable, "-m", "minimind_tui", *trusted(course), "run", "count", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment(tmp_path)) as process:
        until(lambda: any(run.state == "running" for run in list_runs(home_in(tmp_path))), "a run")
        assert "stopped" in tutor(tmp_path, "stop", "--all").stdout
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert json.loads(output.splitlines()[-1])["outcome"] == "stopped"


def test_check_speaks_of_file_and_fix(tmp_path: Path) -> None:
    course = tiny_course(tmp_path / "course")
    assert tutor(tmp_path, "--course", str(course), "check").returncode == 0
    (course / "lessons/small/start.en.md").unlink()
    found = tutor(tmp_path, "--course", str(course), "check")
    assert found.returncode == 1
    assert "lessons/small/start.en.md: cannot be read" in found.stdout


def test_doctor_names_what_to_change(tmp_path: Path) -> None:
    reports = tmp_path / "data" / "reports"
    reports.mkdir(parents=True)
    (reports / "2026-11-30.txt").write_text("an error", encoding="utf-8")
    report = tutor(tmp_path, "doctor").stdout
    assert "GFLOP/s" in report
    assert f"✓ error reports: 1, with nothing of yours in them; the newest: {reports / '2026-11-30.txt'}" in report
    assert "! terminal" in report, "there is none in this test"
    assert "✓ your folder" in report


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_terminal_that_cannot_draw_is_refused_in_words(tmp_path: Path, term: str) -> None:
    from tests.terminal.console import Console

    command = [sys.executable, "-m", "minimind_tui"]
    with Console(command, columns=200, rows=24, environment=environment(tmp_path, TERM=term)) as console:
        console.wait_for("export TERM=xterm-256color")
        assert console.wait_exit() == 2
