"""The texts on this machine: lists them, fetches known ones and adds the learner's own.

They lie in one folder, `<name>.txt` each, whole and checked: a file is written beside its place and renamed.
A known corpus (see `catalogue.py`) must be the one that was published, wherever its file came from.
"""

from __future__ import annotations

import contextlib
import difflib
import hashlib
import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from minimind_tui.base.text import Text
from minimind_tui.datasets.catalogue import (
    BUILT_IN,
    NAME_RULE,
    CorpusError,
    Known,
    Progress,
    check_name,
    read_catalogue,
    unwritable,
)

__all__ = ["BUILT_IN", "CorpusError", "Entry", "Known", "add", "available", "find", "get", "listing", "read_catalogue"]

MAXIMUM_BYTES: Final = 64 * 1024 * 1024
"""The largest text that may be added: it is held in memory whole, and its tokens take several times as much."""

Catalogue = Mapping[str, Known]
State = Literal["built in", "here", "added", "partial", "absent", "damaged"]


@dataclass(frozen=True)
class Entry:
    """One corpus as `listing` shows it. `size` is the bytes that lie on this machine."""

    name: str
    state: State
    size: int
    title: Text | None


def listing(catalogue: Catalogue, folder: Path) -> list[Entry]:
    """All corpora: the built-in one, the known ones, and those that the learner added, by name."""
    entries = [
        Entry(
            BUILT_IN,
            "built in",
            0,
            Text(zh="会写小故事的语法，熵已知", en="A grammar of small stories, its entropy known"),
        )
    ]
    for known in catalogue.values():
        path = _place(folder, known.name)
        part = path.with_name(path.name + ".part")
        if path.is_file():
            state: State = "here" if known.is_in(path) else "damaged"
            entries.append(Entry(known.name, state, path.stat().st_size, known.title))
        elif part.is_file():
            entries.append(Entry(known.name, "partial", part.stat().st_size, known.title))
        else:
            entries.append(Entry(known.name, "absent", 0, known.title))
    for name in sorted(_stored(folder) - set(catalogue)):
        entries.append(Entry(name, "added", _place(folder, name).stat().st_size, None))
    return entries


def available(folder: Path) -> list[str]:
    """The names that an experiment may be given now: the built-in corpus first, then those in `folder`.

    Only names are looked at, so that a screen may ask often; a damaged text is reported when it is read.
    """
    return [BUILT_IN, *sorted(_stored(folder))]


def get(name: str, catalogue: Catalogue, folder: Path, progress: Progress | None = None) -> Path:
    """Download the known corpus `name` into `folder` unless it is there whole; the path of its text.

    Raises CorpusError: an unknown name, no connection, a refusal, a text that is not the published one.
    """
    if name not in catalogue:
        raise CorpusError(_unknown(name, catalogue, "minimind-tui data add FILE --name NAME"))
    known = catalogue[name]
    path = _place(folder, name)
    if not (path.is_file() and known.is_in(path)):
        from minimind_tui.datasets.download import download  # HTTP takes a while to import

        download(known, path, progress)
    return path


def add(file: Path, catalogue: Catalogue, folder: Path, name: str | None = None) -> Path:
    """Copy the learner's text `file` into `folder` as `name` (default: from the file's name).

    Raises CorpusError if it is no UTF-8 text, empty, too large, badly named, under a name that another text
    has, or under a known corpus's name without being that corpus.
    """
    name = file.stem.lower() if name is None else name
    check_name(name)
    content = _read(file)
    known = catalogue.get(name)
    if known is not None and not known.matches(content):
        raise CorpusError(
            Text(
                zh=f"{file} 不是 {name}：应有 {known.size} 字节，SHA-256 为 {known.sha256}。"
                "请换一个文件，或用 --name 换一个名字。",
                en=f"{file} is not {name}, which has {known.size} bytes and the SHA-256 {known.sha256}. "
                "Give another file, or another name with --name.",
            )
        )
    path = _place(folder, name)
    if known is None and path.is_file() and not _holds(path, content):
        raise CorpusError(
            Text(
                zh=f"已经有另一个文本叫 {name}。请用 --name 换一个名字，或先删除 {path}。",
                en=f"Another text is called {name}. Choose a name with --name, or delete {path} first.",
            )
        )
    _write(path, content)
    return path


def find(name: str, catalogue: Catalogue, folder: Path) -> Path:
    """The path of the text `name`, whole; raises CorpusError naming the command that brings it."""
    path = _place(folder, name)
    known = catalogue.get(name)
    if known is not None and not path.is_file():
        raise CorpusError(
            Text(
                zh=f"{name} 还没有下载。请运行 `minimind-tui data get {name}`。",
                en=f"{name} is not on this machine yet. Run `minimind-tui data get {name}`.",
            )
        )
    if known is not None and not known.is_in(path):
        raise CorpusError(
            Text(
                zh=f"{path} 已损坏（SHA-256 不符）。请运行 `minimind-tui data get {name}`，它会重新下载。",
                en=f"{path} is damaged (its SHA-256 differs). Run `minimind-tui data get {name}` to replace it.",
            )
        )
    if name not in _stored(folder):
        names = {BUILT_IN, *catalogue, *_stored(folder)}
        raise CorpusError(_unknown(name, names, f"minimind-tui data add FILE --name {name}"))
    return path


def fingerprint(name: str, folder: Path) -> str | None:
    """The SHA-256 of the stored text `name`; None where it is built in, missing or cannot be read."""
    if name not in _stored(folder):
        return None
    try:
        with _place(folder, name).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def _holds(path: Path, content: bytes) -> bool:
    return path.stat().st_size == len(content) and path.read_bytes() == content


def _place(folder: Path, name: str) -> Path:
    return folder / f"{name}.txt"


def _stored(folder: Path) -> set[str]:
    return {path.stem for path in folder.glob("*.txt") if NAME_RULE.fullmatch(path.stem) and path.is_file()}


def _read(file: Path) -> bytes:
    """The bytes of the learner's `file`; raises CorpusError unless they are a text that can be trained on."""
    if file.exists() and not (file.is_file() or file.is_dir()):
        raise CorpusError(
            Text(
                zh=f"{file} 是管道或设备，不是文件。请给一个文本文件。",
                en=f"{file} is a pipe or a device. Give a file of text.",
            )
        )
    try:
        with file.open("rb") as source:
            content = source.read(MAXIMUM_BYTES + 1)
    except OSError as error:
        raise CorpusError(
            Text(
                zh=f"读不了 {file}：{error.strerror or error}。请检查路径和权限。",
                en=f"Cannot read {file}: {error.strerror or error}. Check the path and its permissions.",
            )
        ) from error
    if len(content) > MAXIMUM_BYTES:
        limit = MAXIMUM_BYTES // 2**20
        raise CorpusError(
            Text(
                zh=f"{file} 超过 {limit} MiB。请截取一部分，例如 `head -n 100000 FILE > part.txt`。",
                en=f"{file} is over {limit} MiB. Take a part, for example `head -n 100000 FILE > part.txt`.",
            )
        )
    try:
        text = content.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise CorpusError(
            Text(
                zh=f"{file} 不是 UTF-8 文本：第 {error.start} 个字节（从 0 数起）处无法解码。"
                "请先转换，例如 `iconv -f GB18030 -t UTF-8 FILE > text.txt`。",
                en=f"{file} is not UTF-8 text: it cannot be read at byte {error.start} (counted from 0). "
                "Convert it first, for example `iconv -f GB18030 -t UTF-8 FILE > text.txt`.",
            )
        ) from error
    if "\0" in text:
        raise CorpusError(
            Text(
                zh=f"{file} 里有 NUL 字符，不是文本。请给一个文本文件。",
                en=f"{file} holds NUL characters: it is no text. Give a file of text.",
            )
        )
    if not text.strip():
        raise CorpusError(
            Text(
                zh=f"{file} 里没有文字。请给一个有内容的文件。",
                en=f"{file} holds no text. Give a file that does.",
            )
        )
    return content


def _write(path: Path, content: bytes) -> None:
    """Put `content` at `path` whole or not at all."""
    temporary: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            temporary = file.name
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        if temporary is not None:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
        raise unwritable(path.parent, error) from error


def _unknown(name: str, names: Iterable[str], command: str) -> Text:
    choices = sorted(names)
    close = difflib.get_close_matches(name, choices, n=1)
    listed = ", ".join(choices)
    return Text(
        zh=f"没有叫 {name!r} 的语料"
        + (f"，是不是 {close[0]}？" if close else f"。可选：{listed}。")
        + f"自己的文本用 `{command}` 加入。",
        en=f"There is no corpus {name!r}"
        + (f": did you mean {close[0]}? " if close else f". There are: {listed}. ")
        + f"Add a text of your own with `{command}`.",
    )
