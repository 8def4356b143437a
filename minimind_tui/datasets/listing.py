"""Which data sets there are, and what is known of each: what `minimind-tui data list` shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from minimind_tui.base.text import Text
from minimind_tui.datasets import plain, store
from minimind_tui.datasets.catalogue import BUILT_IN, CorpusError, Known
from minimind_tui.datasets.kinds import DataKind

Catalogue = Mapping[str, Known]
State = Literal["built in", "here", "added", "partial", "absent", "damaged"]


@dataclass(frozen=True)
class Entry:
    """One data set as `listing` shows it. `size` is the bytes that lie on this machine."""

    name: str
    state: State
    size: int
    title: Text | None
    kind: DataKind = "text"
    rows: int | None = None
    """None of a plain text, and where nobody has counted them."""
    characters: int | None = None
    """Of a text that is here."""
    joined_rows: int | None = None
    """How many of the rows experiments that read one long text are given; None of what is no such text."""


def listing(catalogue: Catalogue, folder: Path) -> list[Entry]:
    """All data sets: the built-in one, the known ones, and those that the learner added, by name."""
    grammar = Text(zh="会写小故事的语法，熵已知", en="A grammar of small stories, its entropy known")
    entries = [Entry(BUILT_IN, "built in", 0, grammar)]
    for known in catalogue.values():
        path = store.place(folder, known.name, "txt")
        part = path.with_name(path.name + ".part")
        if path.is_file():
            whole = known.is_in(path)
            characters = _characters(folder, known.name) if whole else None
            state: State = "here" if whole else "damaged"
            entries.append(Entry(known.name, state, path.stat().st_size, known.title, characters=characters))
        elif part.is_file():
            entries.append(Entry(known.name, "partial", part.stat().st_size, known.title))
        else:
            entries.append(Entry(known.name, "absent", 0, known.title))
    for name, kind in store.stored(folder).items():
        if name not in catalogue:
            entries.append(_added(folder, name, kind))
    return entries


def _added(folder: Path, name: str, kind: DataKind) -> Entry:
    note, files = store.note_of(folder, name), store.files_of(folder, name)
    size = sum(path.stat().st_size for path in files.values())
    rows_path = files.get("jsonl")
    counted = note is not None and rows_path is not None and note.files["jsonl"].still(rows_path)
    characters = _characters(folder, name) if kind == "text" else None
    row_count, joined = (note.rows, note.joined_rows) if note and counted else (None, None)
    return Entry(name, "added", size, None, kind, row_count, characters, joined)


def _characters(folder: Path, name: str) -> int | None:
    """How many characters a stored text has, as noted or counted; None where it cannot be read."""
    note, path = store.note_of(folder, name), store.place(folder, name, "txt")
    try:
        if note is not None and "txt" in note.files and note.files["txt"].still(path):
            return note.characters
        return len(plain.read(path).decode("utf-8-sig"))
    except (OSError, CorpusError):
        return None
