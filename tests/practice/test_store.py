"""The learner's state survives closing, killing, damage and a folder that cannot be written."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from minimind_tui.practice.store import Place, Progress


def test_what_was_done_is_there_after_closing(tmp_path: Path) -> None:
    path = tmp_path / "new" / "progress.sqlite3"
    first = Progress(path)
    first.mark_done("lesson", "normalization/quick-why")
    first.predict("normalization/gradient-flow", "vanish")
    first.set_place("quick-start", 3)
    first.set_setting("language", "zh")
    first.close()
    second = Progress(path)
    assert second.done() == {("lesson", "normalization/quick-why")}
    assert second.prediction("normalization/gradient-flow") == "vanish"
    assert second.place() == Place("quick-start", 3)
    assert second.place("systematic") is None
    assert second.setting("language") == "zh"
    assert second.warning is None


def test_the_first_prediction_stands(tmp_path: Path) -> None:
    progress = Progress(tmp_path / "progress.sqlite3")
    progress.predict("a/b", "first")
    progress.predict("a/b", "second thoughts")
    assert progress.prediction("a/b") == "first"
    assert progress.prediction("a/c") is None


def test_a_kill_right_after_the_write_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "progress.sqlite3"
    code = (
        "import sys, time; from pathlib import Path; from minimind_tui.practice.store import Progress\n"
        "p = Progress(Path(sys.argv[1])); p.mark_done('lesson', 'a/b'); print('done', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "done\n"
        os.kill(child.pid, signal.SIGKILL)
    assert ("lesson", "a/b") in Progress(path).done()


def test_a_full_disk_takes_nothing_away(tmp_path: Path) -> None:
    path = tmp_path / "progress.sqlite3"
    sound = Progress(path)
    sound.mark_done("lesson", "a/b")
    code = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from minimind_tui.practice.store import Progress\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\n"
        "p = Progress(Path(sys.argv[1])); p.mark_done('lesson', 'c/d')\n"
        "assert p.warning is not None and ('lesson', 'c/d') in p.done()"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=True)
    sound.mark_done("lesson", "e/f")
    sound.close()
    assert [file.name for file in tmp_path.iterdir() if "damaged" in file.name] == []
    assert Progress(path).done() == {("lesson", "a/b"), ("lesson", "e/f")}


@pytest.mark.parametrize("content", [b"not a database at all" * 100, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_damaged_file_is_set_aside_and_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "progress.sqlite3"
    path.write_bytes(content)
    progress = Progress(path)
    progress.mark_done("lesson", "a/b")
    assert progress.warning is not None
    (aside,) = tmp_path.glob("progress-damaged-*.sqlite3")
    assert str(aside) in progress.warning.en
    assert str(aside) in progress.warning.zh
    assert aside.read_bytes() == content
    progress.close()
    assert Progress(path).done() == {("lesson", "a/b")}


def test_a_file_of_a_newer_version_is_kept_untouched(tmp_path: Path) -> None:
    path = tmp_path / "progress.sqlite3"
    newer = sqlite3.connect(path)
    newer.execute("CREATE TABLE future (x)")
    newer.execute("PRAGMA user_version = 99")
    newer.commit()
    newer.close()
    progress = Progress(path)
    assert progress.warning is not None
    assert "99" in progress.warning.en
    (aside,) = tmp_path.glob("progress-damaged-*.sqlite3")
    assert sqlite3.connect(aside).execute("SELECT name FROM sqlite_master").fetchall() == [("future",)]


def test_where_nothing_can_be_written_the_course_goes_on_in_memory(tmp_path: Path) -> None:
    blocked = tmp_path / "a-file"
    blocked.write_text("no folder")
    progress = Progress(blocked / "progress.sqlite3")
    progress.mark_done("lesson", "a/b")
    assert progress.done() == {("lesson", "a/b")}
    assert progress.warning is not None
    assert str(blocked) in progress.warning.en


def test_two_apps_on_one_file_keep_both_learners_steps(tmp_path: Path) -> None:
    path = tmp_path / "progress.sqlite3"
    one, two = Progress(path), Progress(path)
    one.mark_done("lesson", "a/b")
    two.mark_done("lesson", "a/c")
    assert one.done() == two.done() == {("lesson", "a/b"), ("lesson", "a/c")}
