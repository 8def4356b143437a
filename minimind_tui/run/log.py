"""Reading a run's log while it is written: whole lines only, from where the last reading ended."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from minimind_tui.base.bounded import open_regular
from minimind_tui.run.events import AnyEvent, Metric, Unknown, decode, decode_lines

CHUNK_BYTES = 1 << 18
LARGEST_LOG = 1 << 32
"""A log beyond this (4 GiB) is not one of ours."""

LONGEST_LINE = 1 << 24
"""A line longer than this (16 MiB) is not one of ours: it is skipped instead of being held in memory."""

LARGEST_BLOCK = 4096
"""Steps in one merged block: enough to be quick, little enough to be short-lived."""


class Tail:
    """Follows one file by byte offset. A torn last line waits for its end; damage is counted, never raised."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.unreadable = 0
        self.restarted = False
        """Whether the last reading found a shorter file than before, and began again at its start."""
        self.fraction = 1.0
        """How much of the file the last reading has reached."""
        self._offset = 0
        self._rest = b""
        self._skipping = False

    def read(self) -> list[AnyEvent]:
        """All events of the lines that were finished since the last call."""
        return list(self.events())

    def events(self, most: int | None = None) -> Iterator[AnyEvent]:
        """The events of finished lines, one at a time. With `most`, about that many bytes are read in one call."""
        self.restarted, self.fraction = False, 1.0
        try:
            with open_regular(self.path, LARGEST_LOG) as file:
                length = file.seek(0, os.SEEK_END)
                if self._offset > length:
                    self._offset, self._rest, self._skipping, self.restarted = 0, b"", False, True
                file.seek(self._offset)
                end = math.inf if most is None else self._offset + most
                while self._offset < end and (chunk := file.read(CHUNK_BYTES)):
                    self._offset += len(chunk)
                    yield from self._lines(chunk)
                self.fraction = min(1.0, self._offset / length) if length else 1.0
        except OSError:
            return

    def _lines(self, chunk: bytes) -> Iterator[AnyEvent]:
        lines = (self._rest + chunk).split(b"\n")
        self._rest = lines.pop()
        if self._skipping and lines:
            lines.pop(0)
            self._skipping = False
        if len(self._rest) > LONGEST_LINE or (self._skipping and not lines):
            self.unreadable += not self._skipping
            self._rest, self._skipping = b"", True
        whole = decode_lines(lines)
        if whole is not None:
            yield from whole
            return
        for line in lines:
            event = decode(line)
            if event is not None and not isinstance(event, Unknown):
                yield event
            elif event is None and line.strip():
                self.unreadable += 1


def merged(events: Iterable[AnyEvent]) -> Iterator[AnyEvent]:
    """The same events, with neighbouring blocks of steps of one arm and rank made one: fewer, larger, folded faster."""
    block: Metric | None = None
    for event in events:
        following = event if isinstance(event, Metric) and _is_even(event) else None
        if block is not None and following is not None and _continues(block, following):
            block.step += following.step
            for name, values in following.values.items():
                block.values[name] += values
            continue
        if block is not None:
            yield block
        block = following
        if following is None:
            yield event
    if block is not None:
        yield block


def _is_even(event: Metric) -> bool:
    """Whether there are steps, and each metric has a value for each of them."""
    count = len(event.step)
    for values in event.values.values():
        if len(values) != count:
            return False
    return count > 0


def _continues(block: Metric, event: Metric) -> bool:
    """Whether `event` continues `block`: the same arm, the same metrics, later steps."""
    return (
        event.step[0] > block.step[-1]
        and event.arm == block.arm
        and event.rank == block.rank
        and len(block.step) < LARGEST_BLOCK
        and event.values.keys() == block.values.keys()
    )
