"""A home that version 0.1.0 has written opens whole: its runs, its model, its notes and its progress.

`home_of_0_1_0/` is such a home: runs of the kinds of plots that there were, one kept model, the database as SQL.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from minimind_tui.practice.notes import read_note
from tests.commands.tutor import tutor
from tests.tiny import home_in

OLD = Path(__file__).parent / "home_of_0_1_0"
RUNS = sorted(folder.name for folder in (OLD / "runs").iterdir())
TRAINED = next(name for name in RUNS if "train-your-own" in name)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A copy of the old home."""
    data = home_in(tmp_path).data
    shutil.copytree(OLD, data)
    with closing(sqlite3.connect(data / "progress.sqlite3")) as database:
        database.executescript((data / "progress.sql").read_text(encoding="utf-8"))
    return tmp_path


def test_all_its_runs_are_listed(home: Path) -> None:
    listed = [json.loads(line) for line in tutor(home, "runs", "--json").stdout.splitlines()]
    assert sorted(each["run"] for each in listed) == RUNS
    assert {each["state"] for each in listed} == {"finished"}


def test_each_run_is_shown_with_its_figures(home: Path) -> None:
    for name in RUNS:
        shown = json.loads(tutor(home, "show", name, "--json").stdout)
        result = json.loads((OLD / "runs" / name / "result.json").read_text(encoding="utf-8"))
        for arm, kept in result["arms"].items():
            assert shown["arms"][arm].items() >= kept["metrics"].items(), (name, arm)
    words = "".join(tutor(home, "show", name).stdout for name in RUNS)
    for line in (
        "o no norm 0.005158   x LayerNorm 0.2624   + RMSNorm 0.2112",  # layers
        "1  3.9e-09     12.1    0.255",  # layers in figures
        "final loss · Post-LN",  # a heatmap
        "RMSNorm, by hand",  # bars
        "your model · step 10",  # samples
        "reading 512: the loss at each position",  # lines
    ):
        assert line in words, line


def test_its_model_writes(home: Path) -> None:
    written = tutor(home, "sample", TRAINED, "--prompt", "one day", "--length", "20")
    assert written.returncode == 0, written.stderr
    assert written.stdout.startswith("one day")


def test_a_run_is_found_by_any_part_of_its_name(home: Path) -> None:
    assert (
        tutor(home, "show", "norm-cost").stdout == tutor(home, "show", next(n for n in RUNS if "norm-cost" in n)).stdout
    )
    assert "fits several runs" in tutor(home, "show", "20261130").stderr


def test_what_was_learned_is_kept(home: Path, tmp_path: Path) -> None:
    assert read_note(home_in(home), "normalization/quick-why") == "旧笔记 old note"
    exported = tutor(home, "export", str(tmp_path / "state.json"))
    assert "records 10, notes 1" in exported.stdout, exported.stderr
    report = tmp_path / "report.md"
    assert tutor(home, "report", str(report)).returncode == 0
    text = report.read_text(encoding="utf-8")
    assert "1 of 1 came true" in text
    assert "Spaced reviews: 1" in text
