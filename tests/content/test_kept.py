"""The course that is kept between two starts: the same as the one that is read, and never an older one."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from minimind_tui.base.errors import Refusal
from minimind_tui.content import kept
from minimind_tui.content.course import Course, load_course
from minimind_tui.content.kept import open_kept
from minimind_tui.content.roots import bundled_root

LONG_AGO = time.time() - 3600


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A course of its own, whose files were last changed long ago."""
    root = tmp_path / "course"
    for folder in ("lessons", "experiments"):
        shutil.copytree(bundled_root() / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for path in root.rglob("*"):
        os.utime(path, (LONG_AGO, LONG_AGO))
    return root


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """The product's own files may be as new as they like."""
    monkeypatch.setattr(kept, "_own_files", list)


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The courses that were read from their files."""
    read: list[Path] = []

    def counted(root: Path) -> Course:
        read.append(root)
        return load_course(root)

    monkeypatch.setattr(kept, "load_course", counted)
    return read


def change(path: Path, old: str, new: str) -> None:
    """Edit a file; its date is another, and long ago."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    os.utime(path, (LONG_AGO + 60, LONG_AGO + 60))


@pytest.mark.usefixtures("settled")
def test_a_kept_course_is_the_one_that_is_read(root: Path, tmp_path: Path, readings: list[Path]) -> None:
    open_kept(root, tmp_path)
    again = open_kept(root, tmp_path)
    assert len(readings) == 1
    assert again == load_course(root)
    assert [*again.experiments] == [*load_course(root).experiments]
    assert "no/such" not in again.experiments


def retitled(root: Path) -> None:
    """A title is another."""
    change(root / "lessons" / "course.toml", "MiniMind", "Minimind")


def another_default(root: Path) -> None:
    """A parameter that experiments share has another default."""
    shared = next(root.glob("experiments/*.toml"))
    change(shared, 'en = "', 'en = "New: ')


def another_experiment(root: Path) -> None:
    """An experiment's spec says something else."""
    change(root / "experiments" / "attention" / "causal-mask.toml", 'en = "', 'en = "New: ')


def without_cards(root: Path) -> None:
    """A module has lost its cards."""
    (root / "lessons" / "attention" / "cards.toml").unlink()


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("edit", [retitled, another_default, another_experiment, without_cards])
def test_a_changed_file_is_read(root: Path, tmp_path: Path, readings: list[Path], edit: Callable[[Path], None]) -> None:
    before = open_kept(root, tmp_path)
    edit(root)
    after = open_kept(root, tmp_path)
    assert len(readings) == 2
    assert after == load_course(root)
    assert after != before


@pytest.mark.usefixtures("settled")
def test_a_table_that_has_come_is_read(root: Path, tmp_path: Path) -> None:
    cards = root / "lessons" / "attention" / "cards.toml"
    away = tmp_path / "cards.toml"
    cards.rename(away)
    without = open_kept(root, tmp_path)
    away.rename(cards)
    assert open_kept(root, tmp_path) == load_course(root) != without


@pytest.mark.usefixtures("settled")
def test_a_file_that_was_just_changed_is_not_relied_on(root: Path, tmp_path: Path, readings: list[Path]) -> None:
    os.utime(root / "lessons" / "course.toml")
    open_kept(root, tmp_path)
    open_kept(root, tmp_path)
    assert len(readings) == 2


def test_other_code_reads_the_course_anew(
    root: Path, tmp_path: Path, readings: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    code = tmp_path / "schema.py"
    code.write_text("a = 1\n")
    os.utime(code, (LONG_AGO, LONG_AGO))
    monkeypatch.setattr(kept, "_own_files", lambda: [code])
    open_kept(root, tmp_path)
    open_kept(root, tmp_path)
    assert len(readings) == 1
    change(code, "1", "2")
    open_kept(root, tmp_path)
    assert len(readings) == 2


@pytest.mark.usefixtures("settled")
def test_problems_are_found_each_time(root: Path, tmp_path: Path) -> None:
    (root / "experiments" / "attention" / "causal-mask.toml").write_text("format = ")
    assert open_kept(root, tmp_path).problems
    assert open_kept(root, tmp_path).problems


@pytest.mark.usefixtures("settled")
def test_what_is_damaged_is_made_anew(root: Path, tmp_path: Path, readings: list[Path]) -> None:
    open_kept(root, tmp_path)
    [file] = (tmp_path / "courses").iterdir()
    whole = file.read_bytes()
    for damaged in (b"", whole[: len(whole) // 2], whole[:-9] + b"\0" + whole[-8:], b"\x00" * 4):
        file.write_bytes(damaged)
        assert open_kept(root, tmp_path) == load_course(root)
        assert file.read_bytes() == whole
    assert len(readings) == 5


@pytest.mark.usefixtures("settled")
def test_a_cache_that_cannot_be_written_is_done_without(root: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    cache.write_text("a file stands where the folder should be")
    assert open_kept(root, cache) == load_course(root)


def test_a_course_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"course\.toml"):
        open_kept(tmp_path / "nothing", tmp_path)
