"""Merges the states of two machines: nothing is lost, and importing twice is the same as importing once."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from minimind_tui.base.bounded import read_bounded
from minimind_tui.base.files import write_atomically
from minimind_tui.base.home import Home
from minimind_tui.base.text import Text
from minimind_tui.practice.notes import NoteError, all_notes, joined, merged, note_file, parts_of, read_note
from minimind_tui.practice.state import (
    ROWS,
    TAKEN,
    CodeFile,
    Confidence,
    Prediction,
    Row,
    State,
    StateError,
    Tables,
    rows_of,
)
from minimind_tui.practice.store import Progress

LARGEST_CODE = 200_000
"""Bytes of one file of an exercise."""

Changes = dict[str, list[Row]]


class Taken(NamedTuple):
    """The changes that an import has made."""

    rows: dict[str, int]
    """The number of rows that were added or changed, by table, for tables with any."""
    notes: int
    exercises: int

    @property
    def nothing(self) -> bool:
        """Whether the import changed nothing."""
        return not (self.rows or self.notes or self.exercises)


def state_of(progress: Progress, home: Home) -> State:
    """All that can be carried to another machine. A note that cannot be read stays here."""
    notes = {}
    for ref in all_notes(home):
        with suppress(NoteError):
            notes[ref] = read_note(home, ref)
    tables: dict[str, Any] = {}

    def read(database: sqlite3.Connection) -> None:
        tables.update({name: rows_of(database, name) for name in ROWS})

    progress.together(read)
    return State("minimind-tui state", 1, Tables(**tables), notes, _code_files(home))


def take_in(progress: Progress, home: Home, theirs: State) -> Taken:
    """Put another machine's state into this one. Raises StateError, and then nothing has changed.

    The files are written beside the old ones first, then the rows in one transaction, then the files are put in place.
    """
    if progress.warning is not None:
        raise StateError(progress.warning)
    notes, code = _new_notes(progress, home, theirs), _new_code(home, theirs)
    staged: list[tuple[Path, Path]] = []
    changes: Changes = {}

    def change(database: sqlite3.Connection) -> None:
        ours = {name: rows_of(database, name) for name in ROWS}
        changes.update(new_rows(ours, {name: getattr(theirs.tables, name) for name in ROWS}))
        for table, rows in changes.items():
            names = [field.name for field in msgspec.structs.fields(ROWS[table])]
            statement = f"INSERT OR REPLACE INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
            database.executemany(statement, map(msgspec.structs.astuple, rows))
        taken = [(_taken(ref, part), "yes") for ref, text in theirs.notes.items() for part in parts_of(text)]
        database.executemany("INSERT OR IGNORE INTO setting (name, value) VALUES (?, ?)", taken)

    try:
        for path, text in {**notes, **code}.items():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            beside = path.with_name(f".{path.name}.import-{os.getpid()}")
            staged.append((beside, path))
            write_atomically(beside, text.encode())
        progress.together(change)
        for beside, path in staged:
            beside.replace(path)
    except (OSError, sqlite3.DatabaseError) as error:
        for beside, _ in staged:
            with suppress(OSError):
                beside.unlink(missing_ok=True)
        reason = getattr(error, "strerror", None) or error
        raise StateError(
            Text(
                zh=f"导入没有完成：{reason}。请检查 {home.data} 所在磁盘的空间和权限，再导入一次；已有的都还在。",
                en=f"The import was not finished: {reason}. Check the space and permissions of {home.data}, and "
                "import again; what was there still is.",
            )
        ) from error
    return Taken({name: len(rows) for name, rows in changes.items()}, len(notes), len(code))


def new_rows(ours: Mapping[str, Iterable[Row]], theirs: Mapping[str, Iterable[Row]]) -> Changes:
    """The rows to be written so that both sides' work is kept, by table; none for a table that has them all.

    A confidence follows the prediction that is kept. A setting that exists here is kept.
    """
    changes: Changes = {}
    for name in ROWS:
        here = {row.key: row for row in ours.get(name, ())}
        before = dict(here)
        for row in theirs.get(name, ()):
            known = here.get(row.key)
            if known is None or (known != row and _replaces(name, row, known, ours, theirs)):
                here[row.key] = row
        changed = [row for key, row in here.items() if before.get(key) != row]
        if changed:
            changes[name] = changed
    return changes


def _replaces(
    table: str, row: Row, known: Row, ours: Mapping[str, Iterable[Row]], theirs: Mapping[str, Iterable[Row]]
) -> bool:
    if table == "setting":
        return False
    if isinstance(row, Confidence):
        here, there = _prediction(ours, row.experiment), _prediction(theirs, row.experiment)
        if here != there:
            return here is None or (there is not None and there.preferred(here))
    return row.preferred(known)


def _prediction(tables: Mapping[str, Iterable[Row]], experiment: str) -> Prediction | None:
    rows = (row for row in tables.get("prediction", ()) if isinstance(row, Prediction))
    return next((row for row in rows if row.experiment == experiment), None)


def _taken(ref: str, part: str) -> str:
    """The name of the setting that records that this part of a note was imported."""
    return TAKEN + hashlib.sha256(f"{ref}\0{part}".encode()).hexdigest()[:16]


def _new_notes(progress: Progress, home: Home, theirs: State) -> dict[Path, str]:
    """The notes to be written, by file; a part that was imported before comes again only where there is no note."""
    found = {}
    for ref, text in theirs.notes.items():
        try:
            here = read_note(home, ref)
        except NoteError as error:
            raise StateError(error.message) from error
        unknown = [part for part in parts_of(text) if progress.setting(_taken(ref, part)) is None]
        together = merged(here, joined(unknown)) if unknown and here.strip() else here or text
        if together != here and together.strip():
            found[note_file(home, ref)] = together
    return found


def _new_code(home: Home, theirs: State) -> dict[Path, str]:
    """The files of exercises to be written: one that differs from the one here goes beside it, under its own name."""
    found: dict[Path, str] = {}
    for name, text in theirs.exercises.items():
        path = home.exercises / name
        variants = {other: found.get(other) or _read_code(other) for other in [path, *_variants(path), *found]}
        if any(_stem(other) == _stem(path) and known == text for other, known in variants.items()):
            continue
        if variants[path] is not None:
            digest = hashlib.sha256(text.encode()).hexdigest()[:8]
            path = path.with_name(f"{path.name.partition('.')[0]}.imported-{digest}.py")
        found[path] = text
    return found


def _stem(path: Path) -> Path:
    """The path of a file up to the first dot of its name: all files of one exercise share it."""
    return path.with_name(path.name.partition(".")[0])


def _variants(path: Path) -> list[Path]:
    """The files about the same exercise."""
    return [other for other in path.parent.glob("*.py") if _stem(other) == _stem(path)] if path.parent.is_dir() else []


def _code_files(home: Home) -> dict[str, str]:
    found = {}
    for path in sorted(home.exercises.glob("*/*.py")):
        name, text = f"{path.parent.name}/{path.name}", _read_code(path)
        with suppress(msgspec.ValidationError):
            if text is not None:
                found[msgspec.convert(name, CodeFile)] = text
    return found


def _read_code(path: Path) -> str | None:
    try:
        return read_bounded(path, LARGEST_CODE).decode()
    except (OSError, UnicodeDecodeError):
        return None
