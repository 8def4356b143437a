"""A learner's file and another program's changes to it: each is noticed once, and neither text is lost."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from minimind_tui.practice.code_file import CodeFile
from minimind_tui.practice.exercises import ExerciseError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "double.py"
    path.write_text("first", encoding="utf-8")
    return path


def test_only_another_program_changes_it(path: Path) -> None:
    file = CodeFile(path)
    assert (file.text, file.changed()) == ("first", False)
    assert file.save("mine") is None
    assert (file.text, file.changed()) == ("mine", False), "what is saved here is no news"
    path.write_text("theirs", encoding="utf-8")
    assert file.changed()
    assert file.reread()
    assert (file.text, file.changed()) == ("theirs", False)
    os.utime(path, (1, 1))
    assert file.changed()
    assert not file.reread(), "saved again with the same text"
    path.unlink()
    assert not file.changed(), "a file that is away for a moment is no change"


def test_a_text_that_cannot_be_read_is_told_once_and_changes_nothing(path: Path) -> None:
    file = CodeFile(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ExerciseError):
        file.reread()
    assert (file.text, file.changed()) == ("first", False)


def test_a_text_that_cannot_be_saved_is_not_taken_for_saved(path: Path) -> None:
    file = CodeFile(path)
    path.unlink()
    path.mkdir()
    with pytest.raises(ExerciseError):
        file.save("mine")
    assert file.text == "first"


def test_what_was_written_meanwhile_is_kept_beside(path: Path) -> None:
    file = CodeFile(path)
    path.write_text("theirs", encoding="utf-8")
    aside = file.save("mine")
    assert aside is not None
    assert (aside.read_text(encoding="utf-8"), path.read_text(encoding="utf-8")) == ("theirs", "mine")
