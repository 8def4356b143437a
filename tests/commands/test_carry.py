"""Export, import and report as a shell sees them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from minimind_tui.practice import calibration, spent
from minimind_tui.practice.notes import keep_note, read_note
from minimind_tui.practice.store import Progress
from tests.commands.tutor import environment, trusted, tutor
from tests.tiny import home_in, tiny_course
from tests.tiny_practice import add_practice


def learned(folder: Path) -> None:
    """Somebody's work in the home `folder`."""
    home = home_in(folder)
    progress = Progress(home.database)
    progress.mark_done("lesson", "small/start")
    progress.mark_done("exercise", "small/double")
    progress.predict("small/count", "twice")
    calibration.keep_confidence(progress, "small/count", 0.9)
    calibration.keep_outcome(progress, "small/count", True)
    progress.execute("INSERT INTO attempt VALUES ('small/double', 5.0, 1, 60.0)")
    progress.execute("INSERT INTO hint VALUES ('small/double', 2, 4.0)")
    spent.add(progress, "small", 3700)
    progress.close()
    keep_note(home, "small/start", "# 想法\n\n二倍 | `x`\n", "")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_from_one_home_to_an_empty_one(tmp_path: Path, language: str) -> None:
    learned(tmp_path / "here")
    file = tmp_path / "state.json"
    said = tutor(tmp_path / "here", "--lang", language, "export", str(file))
    assert said.returncode == 0, said.stderr
    assert "minimind-tui import state.json" in said.stdout
    assert json.loads(file.read_text(encoding="utf-8"))["notes"] == {"small/start": "# 想法\n\n二倍 | `x`\n"}
    first = tutor(tmp_path / "there", "--lang", language, "import", str(file))
    assert first.returncode == 0, first.stderr
    assert ("笔记 1" if language == "zh" else "notes 1") in first.stdout
    second = tutor(tmp_path / "there", "--lang", language, "import", str(file))
    assert ("都有了" if language == "zh" else "already") in second.stdout
    there = home_in(tmp_path / "there")
    assert ("exercise", "small/double") in Progress(there.database).done()
    assert read_note(there, "small/start") == "# 想法\n\n二倍 | `x`\n"
    back = tutor(tmp_path / "there", "export", "-")
    assert json.loads(back.stdout)["tables"] == json.loads(file.read_text(encoding="utf-8"))["tables"]


def test_through_a_pipe(tmp_path: Path) -> None:
    learned(tmp_path / "here")
    written = tutor(tmp_path / "here", "export", "-").stdout
    command = [sys.executable, "-m", "minimind_tui", "import", "-"]
    done = subprocess.run(
        command, input=written, capture_output=True, text=True, env=environment(tmp_path / "there"), timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert "steps done 2" in done.stdout


def test_export_writes_over_its_own_files_only(tmp_path: Path) -> None:
    learned(tmp_path)
    (tmp_path / "mine.txt").write_text("a letter")
    refused = tutor(tmp_path, "export", str(tmp_path / "mine.txt"))
    assert refused.returncode == 2
    assert "Choose another name" in refused.stderr
    assert (tmp_path / "mine.txt").read_text() == "a letter"
    for _ in range(2):
        assert tutor(tmp_path, "export", str(tmp_path / "state.json")).returncode == 0
    nowhere = tutor(tmp_path, "export", str(tmp_path / "no/such/state.json"))
    assert nowhere.returncode == 2
    assert "Choose a folder" in nowhere.stderr


def test_import_refuses_what_it_cannot_read(tmp_path: Path) -> None:
    with (tmp_path / "huge.json").open("wb") as file:
        file.truncate(65_000_000)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "half.json").write_text('{"format": "minimind-tui state", "version": 1, "tab')
    for name, fix in [
        ("huge.json", "at most 64 MB"),
        ("pipe", "that minimind-tui export wrote"),
        ("missing.json", "that minimind-tui export wrote"),
        ("half.json", "Export again on the other machine"),
    ]:
        done = tutor(tmp_path, "import", str(tmp_path / name))
        assert done.returncode == 2
        assert fix in done.stderr
        assert "Nothing was changed" in done.stderr
        assert "Traceback" not in done.stderr
    assert not (tmp_path / "data/progress.sqlite3").exists()


def test_a_report_to_show(tmp_path: Path) -> None:
    course = add_practice(tiny_course(tmp_path / "course"))
    learned(tmp_path)
    assert tutor(tmp_path, *trusted(course), "run", "count", "--seed", "7", "--set", "steps=6").returncode == 0
    file = tmp_path / "out" / "report.md"
    file.parent.mkdir()
    said = tutor(tmp_path, "--course", str(course), "report", str(file))
    assert said.returncode == 0, said.stderr
    assert "plots: 1, in report-plots/" in said.stdout
    text = file.read_text(encoding="utf-8")
    for words in (
        "# Learning report: Tiny",
        "| 01 Small module |",
        "1.0 h",
        "1 of 1 came true",
        "- [x] lessons 1/1",
        "- [ ] quiz 0/8 (7 needed)",
        "Double (1 attempt, 2 hints)",
        "seed 7, `steps=6`",
        "(parameters changed)",
        "✓ **holds** twice: 2.0",
        "| twos | 12 |",
        "> 二倍 | `x`",
        "![total](report-plots/small-count-1.svg)",
    ):
        assert words in text, words
    picture = ElementTree.parse(file.parent / "report-plots/small-count-1.svg").getroot()
    lines = picture.findall("{http://www.w3.org/2000/svg}polyline")
    assert len(lines) == 2
    assert len({line.get("stroke") for line in lines}) == len({line.get("stroke-dasharray") for line in lines}) == 2
    chinese = tutor(tmp_path, "--lang", "zh", "--course", str(course), "report", str(file))
    assert chinese.returncode == 0
    assert "# 学习报告：小课" in file.read_text(encoding="utf-8")
    printed = tutor(tmp_path, "--course", str(course), "report", "-").stdout
    assert "✓ **holds** twice: 2.0" in printed
    assert "![" not in printed


def test_a_report_does_not_write_over_something_else(tmp_path: Path) -> None:
    learned(tmp_path)
    (tmp_path / "README.md").write_text("# Mine\n")
    done = tutor(tmp_path, "report", str(tmp_path / "README.md"))
    assert done.returncode == 2
    assert "Choose another name" in done.stderr
    assert (tmp_path / "README.md").read_text() == "# Mine\n"
    assert not (tmp_path / "README-plots").exists()


def test_a_report_of_nothing_is_short_and_sound(tmp_path: Path) -> None:
    done = tutor(tmp_path, "report", "-")
    assert done.returncode == 0
    assert done.stdout.startswith("<!-- minimind-tui report -->")
    assert "## " not in done.stdout
