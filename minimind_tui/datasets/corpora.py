"""The data sets on this machine: which there are, of what kind, and how an experiment gets at one.

A known text (see `catalogue.py`) must be the one that was published, wherever its file came from. What the learner adds
is checked to the last row when it is added (`adding.py`); where it lies says `store.py`.
"""

from __future__ import annotations

import difflib
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Any, Final

from minimind_tui.base.text import Text
from minimind_tui.datasets import plain, store
from minimind_tui.datasets.adding import add
from minimind_tui.datasets.catalogue import BUILT_IN, CorpusError, Known, Progress, read_catalogue
from minimind_tui.datasets.kinds import KINDS, DataKind
from minimind_tui.datasets.listing import Catalogue, Entry, State, listing
from minimind_tui.datasets.rows import rows as rows_in

__all__ = [
    "BUILT_IN", "LONGEST_TEXT", "Catalogue", "CorpusError", "Entry", "Known", "State", "add", "available", "check",
    "find", "fingerprint", "get", "listing", "path_of", "read_catalogue", "rows",
]  # fmt: skip

BUILT_IN_KINDS: Final[tuple[DataKind, ...]] = ("text",)
"""The kinds of data that are made here, under the name BUILT_IN, and need no file."""

LONGEST_TEXT: Final = plain.MAXIMUM_BYTES
"""Bytes of a text in one piece."""


def available(folder: Path, kind: DataKind = "text") -> list[str]:
    """The names that an experiment that reads `kind` may be given now: the built-in data first, then what is stored.

    By names and notes alone, so that a screen may ask often; damaged data is found out when it is read.
    """
    built_in = [BUILT_IN] if kind in BUILT_IN_KINDS else []
    return [*built_in, *(name for name, found in store.stored(folder).items() if found == kind)]


def check(name: str, kind: DataKind, folder: Path) -> None:
    """Raise CorpusError unless `name` may be given to an experiment that reads `kind`."""
    here = available(folder, kind)
    if name in here:
        return
    found = store.kind_of(folder, name) or ("text" if name == BUILT_IN else None)
    if found is not None:
        raise CorpusError(_other_kind(name, found, kind, here))
    listed, word = ", ".join(here) or "-", KINDS[kind].word
    raise CorpusError(
        Text(
            zh=f"没有叫 {name} 的{word.zh}数据；现有：{listed}。下载或加入：minimind-tui data",
            en=f"there is no {word.en} data set {name}; here: {listed}. More: minimind-tui data",
        )
    )


def get(name: str, catalogue: Catalogue, folder: Path, progress: Progress | None = None) -> Path:
    """Download the known corpus `name` into `folder` unless it is there whole; the path of its text.

    Raises CorpusError: an unknown name, no connection, a refusal, a text that is not the published one.
    """
    if name not in catalogue:
        raise CorpusError(_unknown(name, catalogue, "minimind-tui data add FILE --name NAME"))
    known = catalogue[name]
    path = store.place(folder, name, "txt")
    if not (path.is_file() and known.is_in(path)):
        from minimind_tui.datasets.download import download  # HTTP takes a while to import

        download(known, path, progress)
    return path


def find(name: str, catalogue: Catalogue, folder: Path, kind: DataKind = "text") -> Path:
    """The path of the data set `name`, whole: its text where `kind` is text, else its rows.

    The text of rows is their texts joined when they were added (`joined.py`), so that whoever opens the path of a text
    (`data.corpus`) need not know how it came in.

    Raises CorpusError, naming the command that brings it, where it is not here, damaged, or of another kind.
    """
    known = catalogue.get(name)
    path = store.place(folder, name, "txt")
    if known is not None and kind == "text" and not path.is_file():
        raise CorpusError(
            Text(
                zh=f"{name} 还没有下载。请运行 `minimind-tui data get {name}`。",
                en=f"{name} is not on this machine yet. Run `minimind-tui data get {name}`.",
            )
        )
    if known is not None and kind == "text" and not known.is_in(path):
        raise CorpusError(
            Text(
                zh=f"{path} 已损坏（SHA-256 不符）。请运行 `minimind-tui data get {name}`，它会重新下载。",
                en=f"{path} is damaged (its SHA-256 differs). Run `minimind-tui data get {name}` to replace it.",
            )
        )
    found = store.kind_of(folder, name)
    if found is None:
        names = {*available(folder, kind), *(catalogue if kind == "text" else ())}
        said = "" if kind == "text" else f" --kind {kind}"
        raise CorpusError(_unknown(name, names, f"minimind-tui data add FILE{said} --name {name}"))
    if found != kind:
        raise CorpusError(_other_kind(name, found, kind, available(folder, kind)))
    return next(iter(store.files_of(folder, name).values()))


def rows(name: str, catalogue: Catalogue, folder: Path, kind: DataKind) -> Generator[Any, None, None]:
    """The rows of the data set `name`, one by one, each the struct of its kind; of a plain text one row with all of it.

    Raises CorpusError as `find` does, and at a row that is not of its kind any more.
    """
    path = find(name, catalogue, folder, kind)
    path = store.files_of(folder, name).get("jsonl", path)
    if path.suffix == ".txt":
        text = plain.read(path).decode("utf-8-sig").replace("\r\n", "\n")
        yield KINDS[kind].row(text)
        return
    with plain.opened(path) as source:
        yield from rows_in(source, path, KINDS[kind])


def fingerprint(name: str, folder: Path) -> str | None:
    """The SHA-256 of the stored data set `name`; None where it is built in, missing or cannot be read."""
    return store.fingerprint(folder, name)


def path_of(name: str, folder: Path) -> Path:
    """The file of the data set `name` that was touched since it was checked, else the one that experiments read."""
    note, files = store.note_of(folder, name), store.files_of(folder, name)
    checked = {} if note is None else note.files
    touched = (path for ending, path in files.items() if ending in checked and not checked[ending].still(path))
    return next(touched, next(iter(files.values()), store.place(folder, name, "txt")))


def _other_kind(name: str, found: DataKind, wanted: DataKind, here: list[str]) -> Text:
    """That a data set is of another kind than the experiment reads, and which would do."""
    listed = ", ".join(here)
    has, reads = KINDS[found].word, KINDS[wanted].word
    command = f"minimind-tui data add FILE --kind {wanted}"
    return Text(
        zh=f"{name} 是{has.zh}数据，这个实验读{reads.zh}数据"
        + (f"；可选：{listed}。" if here else f"，这里还没有；用 `{command}` 加入。"),
        en=f"{name} holds {has.en}, and this experiment reads {reads.en}"
        + (f"; here: {listed}." if here else f", of which there is none here; add some with `{command}`."),
    )


def _unknown(name: str, names: Iterable[str], command: str) -> Text:
    choices = sorted(names)
    close = difflib.get_close_matches(name, choices, n=1)
    listed = ", ".join(choices) or "-"
    return Text(
        zh=f"没有叫 {name!r} 的语料"
        + (f"，是不是 {close[0]}？" if close else f"。可选：{listed}。")
        + f"自己的数据用 `{command}` 加入。",
        en=f"There is no corpus {name!r}"
        + (f": did you mean {close[0]}? " if close else f". There are: {listed}. ")
        + f"Add your own with `{command}`.",
    )
