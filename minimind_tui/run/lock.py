"""The lock file of a run, which names two processes: the supervisor of the worker, then the worker."""

from __future__ import annotations

import os
from pathlib import Path

from minimind_tui.base.bounded import open_regular

LOCK = "lock"
LARGEST_FILE = 1 << 20
WORKER_AT = 16
"""The byte at which the worker's process id begins; the supervisor's is at the beginning of the file."""


def write_process(lock: int, process: int, at: int = 0) -> None:
    """Write a process id into the lock file, which is open as the descriptor `lock`."""
    os.pwrite(lock, f"{process}\n".encode(), at)


def processes(folder: Path) -> tuple[int | None, int | None]:
    """The process ids of the supervisor and of the worker; None for one that has not been recorded."""
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
