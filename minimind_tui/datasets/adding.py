"""Takes a file of the learner's in: checked to its last byte while it is copied, and in place whole or not at all.

Plain text is read whole; rows go by one at a time, so that some gigabytes of them need no more memory than one line.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Literal

import msgspec

from minimind_tui.base.files import write_atomically
from minimind_tui.base.text import Text
from minimind_tui.datasets import plain
from minimind_tui.datasets.catalogue import CorpusError, Known, Progress, check_name, unwritable
from minimind_tui.datasets.joined import Joined
from minimind_tui.datasets.kinds import KINDS, DataKind
from minimind_tui.datasets.rows import kind_of_file, rows
from minimind_tui.datasets.store import Checked, Note, place, sha256_of

ROW_ENDINGS: Final = (".jsonl", ".ndjson", ".json")
"""A file with one of these names is taken for rows; any other one for plain text, unless a kind is said."""

MAXIMUM_ROW_BYTES: Final = 16 * 2**30
"""Bytes of a file of rows: MiniMind's largest has 14 GB."""

STEP: Final = 2**23
"""Bytes between two reports of how far it is."""

Ending = Literal["txt", "jsonl"]


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
    with _alone(folder), _Draft(folder, name, "txt") as draft:
        draft.write(content)
        checked = draft.finish()
        if known is None:
            _check_free(folder, name, {"txt": checked})
        characters = len(content.decode("utf-8").removeprefix("\ufeff"))
        _write_note(folder, name, Note(kind="text", files={"txt": checked}, characters=characters))
        return draft.put()


def _add_rows(file: Path, name: str, kind: DataKind, folder: Path, progress: Progress | None) -> Path:
    with plain.opened(file) as source, _alone(folder), contextlib.ExitStack() as drafts:
        size = os.fstat(source.fileno()).st_size
        if size > MAXIMUM_ROW_BYTES:
            raise _too_large(file)
        if size > shutil.disk_usage(folder).free:
            raise unwritable(folder, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
        draft = drafts.enter_context(_Draft(folder, name, "jsonl"))
        joined = Joined() if kind == "text" else None
        text = drafts.enter_context(_Draft(folder, name, "txt")) if joined else None
        count = 0
        for row in rows(_Copied(source, file, size, draft, progress), file, KINDS[kind]):
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


class _Draft:
    """A file on its way into the folder: written beside its place, its SHA-256 taken as it grows."""

    def __init__(self, folder: Path, name: str, ending: Ending) -> None:
        self._target = place(folder, name, ending)
        self._path = self._target.with_name(f".{self._target.name}.adding")
        self._digest = hashlib.sha256()

    def __enter__(self) -> _Draft:
        with _writing(self._target.parent):
            self._file = os.fdopen(
                os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "wb"
            )
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with contextlib.suppress(OSError):  # what could not be written is thrown away
            self._file.close()

    def write(self, content: bytes) -> None:
        """Append to it."""
        self._digest.update(content)
        with _writing(self._target.parent):
            self._file.write(content)

    def finish(self) -> Checked:
        """Bring it to the disk; what it is."""
        with _writing(self._target.parent):
            self._file.flush()
            os.fsync(self._file.fileno())
            status = os.fstat(self._file.fileno())
        return Checked(size=status.st_size, modified=status.st_mtime_ns, sha256=self._digest.hexdigest())

    def put(self) -> Path:
        """Put it in its place, which is returned."""
        with _writing(self._target.parent):
            self._path.replace(self._target)
        return self._target


class _Copied:
    """A learner's file whose lines are copied as they are read."""

    def __init__(self, source: BinaryIO, file: Path, size: int, draft: _Draft, progress: Progress | None) -> None:
        self._source, self._file, self._size, self._draft, self._progress = source, file, size, draft, progress
        self._done, self._told = 0, 0

    def readline(self, size: int, /) -> bytes:
        """The next line, at most `size` bytes of it."""
        try:
            line = self._source.readline(size)
        except OSError as error:
            raise plain.unreadable(self._file, error) from error
        self._draft.write(line)
        self._done += len(line)
        if self._progress is not None and self._done >= self._told + STEP:
            self._told = self._done
            self._progress(self._done, max(self._size, self._done))
        return line


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder, so that nobody else adds to it; drafts, of a process that was killed too, are cleared away."""
    with _writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _sweep(folder)
        try:
            yield
        finally:
            _sweep(folder)
    except BlockingIOError:
        raise CorpusError(
            Text(
                zh="另一个 minimind-tui 正在加入数据。请等它完成。",
                en="Another minimind-tui is adding data. Wait for it to finish.",
            )
        ) from None
    finally:
        os.close(lock)


def _sweep(folder: Path) -> None:
    for draft in folder.glob(".*.adding"):
        with contextlib.suppress(OSError):
            draft.unlink()


@contextlib.contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Whatever the disk refuses is said as that."""
    try:
        yield
    except OSError as error:
        raise unwritable(folder, error) from error


def _write_note(folder: Path, name: str, note: Note) -> None:
    with _writing(folder):
        write_atomically(place(folder, name, "json"), msgspec.json.format(msgspec.json.encode(note), indent=1))


def _check_free(folder: Path, name: str, files: Mapping[Ending, Checked]) -> None:
    """Refuse a name under which another data set lies; the same one may be added again, as another kind too."""
    endings: tuple[Ending, ...] = ("txt", "jsonl")
    there: dict[Ending, Path] = {each: path for each in endings if (path := place(folder, name, each)).is_file()}
    with _writing(folder):
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
