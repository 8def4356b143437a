"""A note that was kept is on the disk, whoever dies afterwards; two writers lose nothing of each other's."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from minimind_tui.practice.notes import OTHER_PART, NoteError, all_notes, keep_note, note_file, read_note
from tests.tiny import home_in


def test_a_note_is_kept_and_an_empty_one_is_removed(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    assert read_note(home, "small/start") == ""
    keep_note(home, "small/start", "# 想法\n", "")
    assert read_note(home, "small/start") == "# 想法\n"
    assert all_notes(home) == ["small/start"]
    keep_note(home, "small/start", " \n", "# 想法\n")
    assert all_notes(home) == []
    assert list(home.notes.rglob("*.md")) == []


def test_a_kill_right_after_it_was_kept_loses_nothing(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from minimind_tui.base.home import Home\n"
        "from minimind_tui.practice.notes import keep_note\n"
        "p = Path(sys.argv[1]); home = Home(p / 'data', p / 'cache', p / 'config')\n"
        "keep_note(home, 'small/start', '记住', ''); print('kept', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "kept\n"
        os.kill(child.pid, signal.SIGKILL)
    assert read_note(home_in(tmp_path), "small/start") == "记住"


def test_what_another_window_wrote_meanwhile_is_kept_too(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    keep_note(home, "small/start", "first\n", "")
    keep_note(home, "small/start", "first\nfrom there\n", "first\n")
    both = keep_note(home, "small/start", "first and here\n", "first\n")
    assert both == f"first and here\n\n{OTHER_PART}\n\nfirst\nfrom there\n"
    assert read_note(home, "small/start") == both
    assert keep_note(home, "small/start", both, both) == both


@pytest.mark.parametrize(
    "ref", ["../x/y", "small/../../y", "/etc/passwd", "small/", "small", "small/.x", "a/b/c", "A/b"]
)
def test_a_note_leads_nowhere_else(tmp_path: Path, ref: str) -> None:
    with pytest.raises(ValueError):
        note_file(home_in(tmp_path), ref)


def test_what_cannot_be_read_is_not_written_over(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    path = note_file(home, "small/start")
    path.parent.mkdir(parents=True)
    path.write_bytes("想法".encode("gbk"))
    with pytest.raises(NoteError, match="not UTF-8"):
        keep_note(home, "small/start", "other", "")
    assert path.read_bytes() == "想法".encode("gbk")
    path.unlink()
    path.mkdir()
    with pytest.raises(NoteError, match="Check the disk"):
        keep_note(home, "small/start", "other", "")
    (home.notes / "odd name").mkdir()
    (home.notes / "odd name/x.md").write_text("x")
    assert all_notes(home) == ["small/start"]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    home.data.mkdir(parents=True)
    home.notes.write_text("in the way")
    with pytest.raises(NoteError) as refused:
        keep_note(home, "small/start", "text", "")
    assert str(home.notes) in refused.value.message.zh
