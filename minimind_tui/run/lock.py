"""The file that a run is locked by, and which processes it names: the one over the worker, then the worker."""

from __future__ import annotations

import os
from pathlib import Path

from minimind_tui.base.bounded import open_regular

LOCK = "lock"
LARGEST_FILE = 1 << 20
WORKER_AT = 16
"""Where in the file the worker's number stands; before it stands that of the process over it."""


def write_process(lock: int, process: int, at: int = 0) -> None:
    """Write a process's number into the file that `lock` is open on."""
    os.pwrite(lock, f"{process}\n".encode(), at)


def processes(folder: Path) -> tuple[int | None, int | None]:
    """The process over the worker and the worker itself, as far as they have been recorded."""
    try:
        with open_regular(folder / LOCK, LARGEST_FILE) as file:
            content = file.read(64)
    except OSError:
        return None, None
    over, worker = (part.strip(b"\0").strip() for part in (content[:WORKER_AT], content[WORKER_AT:]))
    return (
        int(over) if over.isdigit() and int(over) > 1 else None,
        int(worker) if worker.isdigit() and int(worker) > 1 else None,
    )
