"""Takes a file of the learner's in: checked to its last byte while it is copied, and in place whole or not at all.

Plain text is read whole; rows go by one at a time, so that some gigabytes of them need no more memory than one line.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from minimind_tui.base.files import write_atomically
from minimind_tui.base.text import Text
from minimind_tui.datasets import plain
from minimind_tui.datasets.catalogue import CorpusError, Known, Progress, check_name
from minimind_tui.datasets.drafts import Copied, Draft, alone, writing
from minimind_tui.datasets.joined import Joined
from minimind_tui.datasets.kinds import KINDS, DataKind
from minimind_tui.datasets.rows import kind_of_file, rows
from minimind_tui.datasets.store import Checked, Ending, Note, place, sha256_of

ROW_ENDINGS: Final = (".jsonl", ".ndjson", ".json")
"""A file with one of these names is taken for rows; any other one for plain text, unless a kind is said."""

MAXIMUM_ROW_BYTES: Final = 16 * 2**30
"""Bytes of a file of rows: MiniMind's largest has 14 GB."""


def add(
    file: Path,
    catalogue: Mapping[str, Known],
    folder: Path,
    name: str | None = None,
    kind: DataKind | None = None,
    progress: Progress | None = None,
) -> Path:
    """Copy the learner's `file` into `folder` as `name`, by default the file's; the path of what experiments read.

    The kind, where none is said: that of the first row of a `.jsonl`, `.ndjson` or `.json`, else plain text. Raises
    CorpusError, with nothing changed, where the file is not of its kind, too large, or badly named; under a name that
    another data set has; under a known text's name without being that text.
    """
    name = file.stem.lower() if name is None else name
    check_name(name)
    row_kind = _row_kind(file, kind)
    if row_kind is None:
        return _add_text(file, name, catalogue.get(name), folder)
    if name in catalogue:
        raise _not_known(file, catalogue[name])
    return _add_rows(file, name, row_kind, folder, progress)


def _row_kind(file: Path, said: DataKind | None) -> DataKind | None:
    """The kind of the rows in `file`; None where it is to be plain text."""
    if said not in (None, "text"):
        return said
    if file.suffix.lower() not in ROW_ENDINGS:
        return None
    with plain.opened(file) as source:
        if said is None:
            return kind_of_file(source, file)
        return "text" if source.read(16).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{") else None


def _add_text(file: Path, name: str, known: Known | None, folder: Path) -> Path:
    content = plain.read(file)
    if known is not None and not known.matches(content):
        raise _not_known(file, known)
    with alone(folder), Draft(folder, name, "txt") as draft:
        draft.write(content)
        checked = draft.finish()
        if known is None:
            _check_free(folder, name, {"txt": checked})
        characters = len(content.decode("utf-8").removeprefix("\ufeff"))
        _write_note(folder, name, Note(kind="text", files={"txt": checked}, characters=characters))
        return draft.put()


def _add_rows(file: Path, name: str, kind: DataKind, folder: Path, progress: Progress | None) -> Path:
    with plain.opened(file) as source, alone(folder), contextlib.ExitStack() as drafts:
        size = os.fstat(source.fileno()).st_size
        if size > MAXIMUM_ROW_BYTES:
            raise _too_large(file)
        with writing(folder):
            if size > shutil.disk_usage(folder).free:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        draft = drafts.enter_context(Draft(folder, name, "jsonl"))
        joined = Joined() if kind == "text" else None
        text = drafts.enter_context(Draft(folder, name, "txt")) if joined else None
        count = 0
        for row in rows(Copied(source, file, size, draft, progress), file, KINDS[kind]):
            count += 1
            if joined and text:
                text.write(joined.take(row.text))
        files: dict[Ending, Checked] = {"jsonl": draft.finish()}
        if joined is None or text is None:
            _check_free(folder, name, files)
            _write_note(folder, name, Note(kind=kind, files=files, rows=count))
            return draft.put()
        files["txt"] = text.finish()
        _check_free(folder, name, files)
        draft.put()
        note = Note(kind=kind, files=files, rows=count, characters=joined.characters, joined_rows=joined.rows)
        _write_note(folder, name, note)
        return text.put()


def _write_note(folder: Path, name: str, note: Note) -> None:
    with writing(folder):
        write_atomically(place(folder, name, "json"), msgspec.json.format(msgspec.json.encode(note), indent=1))


def _check_free(folder: Path, name: str, files: Mapping[Ending, Checked]) -> None:
    """Refuse a name under which another data set lies; the same one may be added again, as another kind too."""
    endings: tuple[Ending, ...] = ("txt", "jsonl")
    there: dict[Ending, Path] = {each: path for each in endings if (path := place(folder, name, each)).is_file()}
    with writing(folder):
        same = all(each in files and sha256_of(path) == files[each].sha256 for each, path in there.items())
    if not same:
        listed = ", ".join(str(path) for path in there.values())
        raise CorpusError(
            Text(
                zh=f"已经有另一份数据叫 {name}。请用 --name 换一个名字，或先删除 {listed}。",
                en=f"Another data set is called {name}. Choose a name with --name, or delete {listed} first.",
            )
        )


def _too_large(file: Path) -> CorpusError:
    limit = MAXIMUM_ROW_BYTES // 2**30
    return CorpusError(
        Text(
            zh=f"{file} 超过 {limit} GiB。请截取一部分，例如 `head -n 100000 FILE > part.jsonl`。",
            en=f"{file} is over {limit} GiB. Take a part, for example `head -n 100000 FILE > part.jsonl`.",
        )
    )


def _not_known(file: Path, known: Known) -> CorpusError:
    return CorpusError(
        Text(
            zh=f"{file} 不是 {known.name}：应有 {known.size} 字节，SHA-256 为 {known.sha256}。"
            "请换一个文件，或用 --name 换一个名字。",
            en=f"{file} is not {known.name}, which has {known.size} bytes and the SHA-256 {known.sha256}. "
            "Give another file, or another name with --name.",
        )
    )
