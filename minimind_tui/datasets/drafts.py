"""Files on their way into the folder of data sets: beside their places until they are whole, and never two at once."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final

from minimind_tui.base.text import Text
from minimind_tui.datasets import plain
from minimind_tui.datasets.catalogue import CorpusError, Progress, unwritable
from minimind_tui.datasets.store import Checked, Ending, place

STEP: Final = 2**23
"""Bytes between two reports of how far it is."""


class Draft:
    """A file on its way into the folder: written beside its place, its SHA-256 taken as it grows."""

    def __init__(self, folder: Path, name: str, ending: Ending) -> None:
        self._target = place(folder, name, ending)
        self._path = self._target.with_name(f".{self._target.name}.adding")
        self._digest = hashlib.sha256()

    def __enter__(self) -> Draft:
        with writing(self._target.parent):
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
        with writing(self._target.parent):
            self._file.write(content)

    def finish(self) -> Checked:
        """Bring it to the disk; what it is."""
        with writing(self._target.parent):
            self._file.flush()
            os.fsync(self._file.fileno())
            status = os.fstat(self._file.fileno())
        return Checked(size=status.st_size, modified=status.st_mtime_ns, sha256=self._digest.hexdigest())

    def put(self) -> Path:
        """Put it in its place, which is returned."""
        with writing(self._target.parent):
            self._path.replace(self._target)
        return self._target


class Copied:
    """A learner's file whose lines are copied as they are read."""

    def __init__(self, source: BinaryIO, file: Path, size: int, draft: Draft, progress: Progress | None) -> None:
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
def alone(folder: Path) -> Iterator[None]:
    """Hold the folder, so that nobody else adds to it; drafts, of a process that was killed too, are cleared away."""
    with writing(folder):
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
def writing(folder: Path) -> Iterator[None]:
    """Whatever the disk refuses is said as that."""
    try:
        yield
    except OSError as error:
        raise unwritable(folder, error) from error
