"""The writer of a run's log: whole lines, appended by a process that a stop or a full disk may end at any moment.

Steps are collected in memory and written as one block every quarter of a second by a thread of their own, so that
recording costs a training loop nothing it would notice, and a killed worker loses at most what the last quarter of a
second brought.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from minimind_tui.run.ending import LOG, write_ending
from minimind_tui.run.events import encode, encode_record
from minimind_tui.run.records import Record

FLUSH_SECONDS = 0.25


class StopRequested(BaseException):
    """The learner or the system asked the run to end. Not an Exception: an experiment must not swallow it."""


class Log:
    """The append-only file of the run in `folder`. Safe to use from several threads, and by several ranks at once."""

    def __init__(self, folder: Path, rank: int = 0) -> None:
        self._folder = folder
        self.rank, self._lane = rank, {"rank": rank} if rank else {}
        self._file = os.open(folder / LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._lock = threading.RLock()
        self._pending: dict[str, _Block] = {}
        self._closed = threading.Event()
        self.failure: OSError | None = None
        self._writing = False
        self.stopping: StopRequested | None = None
        """A request to stop that has not been answered yet."""
        self._flusher = threading.Thread(target=self._flush_regularly, name="log", daemon=True)
        self._flusher.start()

    @property
    def run(self) -> str:
        """The run's id."""
        return self._folder.name

    def stop(self, request: StopRequested) -> None:
        """Raise `request` in the experiment: now, or once the line that is being written is whole.

        Called by a signal's handler, which Python runs in the main thread between any two instructions. What
        is raised there can be lost (in the middle of an import, say), so every later line raises it again.
        """
        self.stopping = request
        if not self._writing:
            raise request

    def raise_if_stopping(self) -> None:
        """Raise the request to stop, if there was one."""
        if self.stopping is not None:
            raise self.stopping

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """Hold the log for one line; a stop that is requested meanwhile is raised after it."""
        self._writing = True
        try:
            with self._lock:
                self._raise_failure()
                yield
        finally:
            self._writing = False
        self.raise_if_stopping()

    def metric(self, arm: str, step: int, values: dict[str, float]) -> None:
        """Collect one step; it is on the disk within a quarter of a second."""
        with self._whole():
            block = self._pending.get(arm)
            if block is None or block.values.keys() != values.keys():
                self._write_blocks()
                block = self._pending[arm] = _Block({name: [] for name in values})
            block.steps.append(step)
            for name, value in values.items():
                block.values[name].append(value)

    def event(self, kind: str, **fields: Any) -> None:
        """Write an event now, after all steps collected before it."""
        with self._whole():
            self._write_blocks()
            self._write(encode(kind, time.time(), {**fields, **self._lane}))

    def record(self, record: Record) -> None:
        """Write a record now, after all steps collected before it."""
        with self._whole():
            self._write_blocks()
            record.rank = self.rank
            self._write(encode_record(record, time.time()))

    def flush(self) -> None:
        """Write the collected steps now."""
        with self._lock:
            self._write_blocks()

    def close(self) -> None:
        """Write the collected steps, and nothing any more."""
        with self._lock:
            if not self._closed.is_set():
                self._closed.set()
                try:
                    self._write_blocks()
                finally:
                    os.close(self._file)

    def end(self, kind: str, **fields: Any) -> None:
        """Write the collected steps and the ending; the ending is written on a full disk too, in its reserved space."""
        with self._lock:
            with suppress(OSError):  # the ending says why
                self.close()
            write_ending(self._folder, kind, **fields)

    def _flush_regularly(self) -> None:
        while not self._closed.wait(FLUSH_SECONDS):
            try:
                self.flush()
            except OSError:
                return

    def _write_blocks(self) -> None:
        blocks, self._pending = self._pending, {}
        if blocks:
            now = time.time()
            lines = (encode("metric", now, {**block.fields(arm), **self._lane}) for arm, block in blocks.items())
            self._write(b"".join(lines))

    def _write(self, data: bytes) -> None:
        """Write all of `data`. An OSError is raised now and by every later call: a full disk ends the run."""
        self._raise_failure()
        try:
            while data:
                data = data[os.write(self._file, data) :]
        except OSError as error:
            self.failure = error
            raise

    def _raise_failure(self) -> None:
        if self.failure is not None:
            raise self.failure


class _Block:
    """Steps of one arm with the same metrics."""

    __slots__ = ("steps", "values")

    def __init__(self, values: dict[str, list[float]]) -> None:
        self.steps: list[int] = []
        self.values = values

    def fields(self, arm: str) -> dict[str, Any]:
        return {"arm": arm, "step": self.steps, "values": self.values}
