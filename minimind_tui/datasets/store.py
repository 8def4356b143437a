"""Where data sets lie on this machine, and what is known of each without reading it.

All in one folder. A plain text is `<name>.txt`; rows are `<name>.jsonl`, byte for byte the file that was added. Rows of
texts are both: experiments that read one long text find their texts joined in `<name>.txt`. Beside them `<name>.json`
notes what was found when they were checked, so that gigabytes are read once. A text from before there were notes, and
one that was downloaded, has none.

The file that makes a data set exist, `<name>.txt` of a text and else `<name>.jsonl`, is put in place last.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Literal

import msgspec

from minimind_tui.base.bounded import read_bounded
from minimind_tui.datasets.catalogue import NAME_RULE
from minimind_tui.datasets.kinds import DataKind

LARGEST_NOTE = 10_000

Ending = Literal["txt", "jsonl"]
"""Of the files that hold data."""


class Checked(msgspec.Struct, frozen=True):
    """What a file was when it was checked. One whose size or time differs now has to be read again."""

    size: int
    modified: int
    """Nanoseconds since 1970."""
    sha256: str

    def still(self, path: Path) -> bool:
        """Whether the file at `path` has not been touched since. Raises OSError."""
        status = path.stat()
        return (status.st_size, status.st_mtime_ns) == (self.size, self.modified)


class Note(msgspec.Struct, frozen=True):
    """`<name>.json`: what a data set is."""

    kind: DataKind
    files: dict[Ending, Checked]
    rows: int | None = None
    """None of a plain text."""
    characters: int | None = None
    """Of its text; None of what is no text."""
    joined_rows: int | None = None
    """How many of the rows, from the first, are in the joined text; None of what has none."""
    format: Literal[1] = 1


def place(folder: Path, name: str, ending: str) -> Path:
    """Where a file of the data set `name` lies."""
    return folder / f"{name}.{ending}"


def note_of(folder: Path, name: str) -> Note | None:
    """What is noted of a data set; None where nothing is, or nothing that can be read."""
    try:
        return msgspec.json.decode(read_bounded(place(folder, name, "json"), LARGEST_NOTE), type=Note)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def kind_of(folder: Path, name: str) -> DataKind | None:
    """The kind of the data set `name`; None where there is no such set."""
    if not NAME_RULE.fullmatch(name):
        return None
    if place(folder, name, "txt").is_file():
        return "text"
    note = note_of(folder, name) if place(folder, name, "jsonl").is_file() else None
    return None if note is None or note.kind == "text" else note.kind


def stored(folder: Path) -> dict[str, DataKind]:
    """The data sets in `folder`, by name, and their kinds."""
    names = sorted({path.stem for ending in ("txt", "jsonl") for path in folder.glob(f"*.{ending}")})
    return {name: kind for name in names if (kind := kind_of(folder, name)) is not None}


def files_of(folder: Path, name: str) -> dict[Ending, Path]:
    """The files of the data set `name` with their endings, that which makes it exist first; none where it is not."""
    kind, note = kind_of(folder, name), note_of(folder, name)
    if kind is None:
        return {}
    if kind != "text":
        return {"jsonl": place(folder, name, "jsonl")}
    found: dict[Ending, Path] = {"txt": place(folder, name, "txt")}
    rows = place(folder, name, "jsonl")
    if note is not None and "jsonl" in note.files and rows.is_file():
        found["jsonl"] = rows
    return found


def fingerprint(folder: Path, name: str) -> str | None:
    """The SHA-256 of the data set `name`, of several files that of theirs; None where it is not or cannot be read.

    A file that has not been touched since it was checked is not read again.
    """
    note = note_of(folder, name)
    checked = {} if note is None else note.files
    try:
        found = [sha256_of(path, checked.get(ending)) for ending, path in sorted(files_of(folder, name).items())]
    except OSError:
        return None
    if len(found) < 2:
        return found[0] if found else None
    return hashlib.sha256("".join(found).encode()).hexdigest()


def sha256_of(path: Path, checked: Checked | None = None) -> str:
    """The SHA-256 of a file, which is not read where it still is what was `checked`. Raises OSError."""
    if checked is not None and checked.still(path):
        return checked.sha256
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
