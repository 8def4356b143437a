"""A damaged progress file is set aside and named, a new one starts, and no byte of the old one is lost."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minimind_tui.practice.store import Place, Progress
from tests.budget import cases
from tests.faults.mutations import damaged, patience

PAGE = 4096
STATEMENTS = [
    "INSERT INTO done VALUES (NULL, NULL, NULL)",
    "INSERT INTO done VALUES (1, x'ff', 'x')",
    "INSERT INTO done VALUES ('lesson', CAST(x'ff' AS TEXT), 1)",
    "UPDATE place SET step = 'far'",
    "UPDATE place SET step = NULL",
    "UPDATE place SET step = x'00'",
    "UPDATE place SET step = 9e999",
    "UPDATE place SET path = CAST(x'fffe' AS TEXT)",
    "UPDATE place SET at = 'soon'",
    "UPDATE prediction SET choice = NULL",
    "UPDATE prediction SET choice = CAST(x'c328' AS TEXT)",
    "UPDATE setting SET value = CAST(x'ff' AS TEXT)",
    "UPDATE setting SET value = x'00'",
    "DROP TABLE done",
    "DROP TABLE setting",
    "ALTER TABLE done RENAME COLUMN ref TO other",
    "ALTER TABLE done ADD COLUMN other TEXT",
    "ALTER TABLE place DROP COLUMN at",
    "ALTER TABLE setting RENAME TO elsewhere",
    "DROP TABLE place; CREATE VIEW place AS SELECT 1 AS path, 2 AS step, 3 AS at",
    "DROP TABLE setting; CREATE TABLE setting (name TEXT, value TEXT CHECK (value = 'x'))",
    "CREATE TRIGGER refuse BEFORE INSERT ON done BEGIN SELECT RAISE(ABORT, 'no'); END",
    "CREATE TRIGGER refuse BEFORE INSERT ON done BEGIN INSERT INTO nowhere VALUES (1); END",
    "PRAGMA user_version = 2",
    "PRAGMA user_version = -1",
    "PRAGMA application_id = 7",
    "PRAGMA journal_mode = DELETE",
    "CREATE TABLE other (x)",
    "PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = 'junk' WHERE name = 'done'",
    "PRAGMA writable_schema = ON; UPDATE sqlite_master SET rootpage = 999 WHERE name = 'done'",
]


class Content(bytes):
    """A file's content that a failed case does not write out in full."""

    __repr__ = object.__repr__


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Content:
    """A progress file of some pages, closed."""
    path = tmp_path_factory.mktemp("sound") / "progress.sqlite3"
    progress = Progress(path)
    for number in range(120):
        progress.mark_done("lesson", f"module-{number % 7}/a-lesson-with-a-name-{number}")
        progress.predict(f"module/experiment-{number}", "vanish")
        progress.set_setting(f"setting-{number}", "value " * 5)
    progress.set_place("quick-start", 3)
    progress.set_setting("language", "zh")
    progress.close()
    return Content(path.read_bytes())


def fresh(tmp_path: Path) -> Path:
    """A folder that no case has used."""
    return tmp_path / str(len(os.listdir(tmp_path)))


def read_all(progress: Progress) -> None:
    """Everything that a screen reads; each is of the type that it says."""
    assert all(isinstance(kind, str) and isinstance(ref, str) for kind, ref in progress.done())
    for place in (progress.place(), progress.place("quick-start"), progress.place("gone")):
        assert place is None or (isinstance(place, Place) and isinstance(place.path, str))
    for number in range(120):
        progress.prediction(f"module/experiment-{number}")
        progress.setting(f"setting-{number}")
    progress.setting("language")


def survives(path: Path, content: bytes) -> None:
    """Open the file, use it, close it, open it again: nothing raises and nothing is lost."""
    with patience():
        progress = Progress(path)
        read_all(progress)
        progress.mark_done("lesson", "new/one")
        progress.predict("new/one", "choice")
        progress.set_place("systematic", 4)
        progress.set_setting("theme", "light")
        read_all(progress)
        assert ("lesson", "new/one") in progress.done()
        warning = progress.warning
        progress.close()
        aside = list(path.parent.glob("progress-damaged-*.sqlite3"))
        if aside:
            assert warning is not None
            assert all(str(file) in warning.en and str(file) in warning.zh for file in aside)
            assert content in [file.read_bytes() for file in aside]
        else:
            assert warning is None, warning.en
        again = Progress(path)
        assert ("lesson", "new/one") in again.done()
        assert again.prediction("new/one") == "choice"
        assert again.place("systematic") == Place("systematic", 4)
        assert again.setting("theme") == "light"
        assert again.warning is None
        again.close()


def placed(folder: Path, content: bytes) -> Path:
    folder.mkdir()
    path = folder / "progress.sqlite3"
    path.write_bytes(content)
    return path


@cases(60, nightly=2000)
@given(data=st.data())
def test_a_damaged_file_is_used_or_set_aside(data: st.DataObject, sound: bytes, tmp_path: Path) -> None:
    content = data.draw(damaged(sound))
    survives(placed(fresh(tmp_path), content), content)


@cases(60, nightly=1500)
@given(data=st.data())
def test_a_damaged_page_is_used_or_set_aside(data: st.DataObject, sound: bytes, tmp_path: Path) -> None:
    """A whole page swapped, zeroed, repeated or full of junk; bytes of the pages' heads changed."""
    pages = [sound[start : start + PAGE] for start in range(0, len(sound), PAGE)]
    one = data.draw(st.integers(0, len(pages) - 1))
    other = data.draw(st.integers(0, len(pages) - 1))
    at = data.draw(st.integers(0, 120))
    change = data.draw(st.sampled_from(["swap", "zero", "junk", "repeat", "head", "lose"]))
    if change == "swap":
        pages[one], pages[other] = pages[other], pages[one]
    elif change == "zero":
        pages[one] = bytes(PAGE)
    elif change == "junk":
        pages[one] = data.draw(st.binary(min_size=16, max_size=16)) * (PAGE // 16)
    elif change == "repeat":
        pages[one] = pages[other]
    elif change == "head":
        pages[one] = pages[one][:at] + data.draw(st.binary(min_size=1, max_size=8)) + pages[one][at:][:PAGE]
        pages[one] = pages[one][:PAGE]
    else:
        del pages[one]
    content = b"".join(pages)
    survives(placed(fresh(tmp_path), content), content)


@cases(60, nightly=1000)
@given(statements=st.lists(st.sampled_from(STATEMENTS), min_size=1, max_size=3))
def test_a_file_with_other_things_in_it_is_used_or_set_aside(
    statements: list[str], sound: bytes, tmp_path: Path
) -> None:
    path = placed(fresh(tmp_path), sound)
    changed = sqlite3.connect(path, isolation_level=None)
    try:
        for statement in statements:
            changed.executescript(statement)
    except sqlite3.DatabaseError:
        pass  # one statement made the next one impossible
    changed.close()
    survives(path, path.read_bytes())


@pytest.mark.parametrize("statement", STATEMENTS)
def test_each_strange_thing_in_a_file_is_survived(statement: str, sound: bytes, tmp_path: Path) -> None:
    path = placed(fresh(tmp_path), sound)
    changed = sqlite3.connect(path, isolation_level=None)
    changed.executescript(statement)
    changed.close()
    survives(path, path.read_bytes())


@pytest.mark.parametrize("suffix", ["-wal", "-shm", "-journal"])
@pytest.mark.parametrize("content", [b"", b"junk" * 3000, bytes(100_000)])
def test_junk_beside_a_sound_file_takes_nothing_away(suffix: str, content: bytes, sound: bytes, tmp_path: Path) -> None:
    path = placed(fresh(tmp_path), sound)
    path.with_name(path.name + suffix).write_bytes(content)
    with patience():
        progress = Progress(path)
        assert progress.setting("language") == "zh"
        assert len(progress.done()) == 120
        progress.close()
    survives(path, sound)


def test_two_damaged_files_within_a_second_are_both_kept(tmp_path: Path) -> None:
    contents = [b"first " * 1000, b"second " * 1000]
    for content in contents:
        (tmp_path / "progress.sqlite3").write_bytes(content)
        Progress(tmp_path / "progress.sqlite3").close()
    kept = [file.read_bytes() for file in tmp_path.glob("progress-damaged-*.sqlite3")]
    assert sorted(kept) == contents


def test_what_was_not_yet_in_the_file_itself_is_kept_too(tmp_path: Path, sound: bytes) -> None:
    """A kill leaves writes in the log beside the file; then the file is torn."""
    path = placed(tmp_path / "live", sound)
    running = Progress(path)
    running.mark_done("lesson", "late/one")
    torn, late = path.read_bytes()[: 3 * PAGE], path.with_name(path.name + "-wal").read_bytes()
    running.close()
    damaged_path = placed(tmp_path / "damaged", torn)
    damaged_path.with_name(path.name + "-wal").write_bytes(late)
    progress = Progress(damaged_path)
    assert progress.warning is not None
    progress.close()
    (aside,) = (tmp_path / "damaged").glob("progress-damaged-*.sqlite3")
    assert aside.read_bytes() == torn
    assert aside.with_name(aside.name + "-wal").read_bytes() == late
