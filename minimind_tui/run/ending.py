"""The ending of a run: read from the end of its log without reading the rest, and appended there."""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path
from typing import Any

from minimind_tui.base.bounded import open_regular
from minimind_tui.run import events
from minimind_tui.run.log import LARGEST_LOG
from minimind_tui.run.request import CannotBegin, TextChanged
from minimind_tui.run.speed import DeviceMissing

LOG = "events.jsonl"
OUTPUT = "worker.log"
STOP_FILE = "stop"
RESERVE = "reserve"
"""A file that reserves disk space for the ending; it is removed before the ending is written."""

RESERVED_BYTES = 1 << 16
OUTPUT_BYTES, OUTPUT_LINES = 8192, 20
TAIL_BYTES = 1 << 16
Ending = events.Finished | events.Failed | events.Crashed | events.Stopped


def reserve_room(folder: Path) -> None:
    """Reserve disk space for the ending. Raises OSError on a full disk."""
    with (folder / RESERVE).open("wb") as file:
        file.write(os.urandom(RESERVED_BYTES))  # zeros would take no room where the disk compresses
        file.flush()
        os.fsync(file.fileno())


def write_ending(folder: Path, kind: str, **fields: Any) -> None:
    """Append how the run ended, in the reserved disk space. Raises OSError."""
    (folder / RESERVE).unlink(missing_ok=True)
    append(folder, kind, **fields)


def append(folder: Path, kind: str, **fields: Any) -> None:
    """Append an event to a log that nobody else writes, on a line of its own even after a torn one."""
    with (folder / LOG).open("ab+") as file:
        torn = b""
        if file.seek(0, os.SEEK_END) > 0:
            file.seek(-1, os.SEEK_END)
            torn = b"" if file.read(1) == b"\n" else b"\n"
        file.write(torn + events.encode(kind, time.time(), fields))


def ending(folder: Path) -> Ending | None:
    """The last ending in the log; None for a run that is running, was resumed, or ended without writing one."""
    for line in reversed(last_lines(folder / LOG)):
        event = events.decode(line)
        if isinstance(event, Ending):
            return event
        if isinstance(event, events.Resumed):
            return None
    return None


def last_lines(path: Path) -> list[bytes]:
    """The last few lines of a log; none where there is no log."""
    try:
        with open_regular(path, LARGEST_LOG) as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL_BYTES))
            return [line for line in file.read(TAIL_BYTES).rsplit(b"\n", 5)[-5:] if line]
    except OSError:
        return []


def last_output(folder: Path) -> list[str]:
    """The last lines that the worker and its experiment printed."""
    try:
        with open_regular(folder / OUTPUT, LARGEST_LOG) as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - OUTPUT_BYTES))
            return file.read(OUTPUT_BYTES).decode("utf-8", "replace").splitlines()[-OUTPUT_LINES:]
    except OSError:
        return []


def cause_of(error: BaseException) -> str:
    """What a screen can explain about an exception: `disk`, `memory`, `text`, `device`, `base`, `model`, or nothing."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "disk"
    if isinstance(error, MemoryError) or "can't allocate memory" in str(error):
        return "memory"
    if isinstance(error, DeviceMissing):
        return "device"
    if isinstance(error, CannotBegin):
        return error.cause
    return "text" if isinstance(error, TextChanged) else ""
