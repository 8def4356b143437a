"""Stopping a run: asked first, then made to."""

from __future__ import annotations

import os
import shutil
import signal
import time
from contextlib import suppress
from pathlib import Path

from minimind_tui.home import Home
from minimind_tui.run.ending import STOP_FILE, ending, write_ending
from minimind_tui.run.files import is_locked, try_lock
from minimind_tui.run.supervise import WORKER_AT

GRACE_SECONDS = 3.0
PATIENCE = 0.2


def stop(home: Home, run_id: str, grace: float = GRACE_SECONDS) -> bool:
    """End a run and all its processes; whether there was a living one. The log says how it ended.

    It is asked by a file and SIGTERM, and killed when `grace` seconds have passed.
    """
    folder = home.runs / run_id
    if not is_locked(folder / "lock"):
        return False
    with suppress(OSError):  # on a full or read-only disk the signal says it too
        (folder / STOP_FILE).touch()
    _signal(folder, signal.SIGTERM)
    how = "asked"
    if not _free_within(folder, grace):
        how = "killed"
        _signal(folder, signal.SIGKILL)
        _free_within(folder, grace)
    _write_ending(folder, how)
    return True


def delete(home: Home, run_id: str) -> int:
    """Stop a run and remove its folder; the bytes that this frees. Raises OSError where it cannot be removed."""
    stop(home, run_id)
    folder = home.runs / run_id
    freed = size_of(folder)
    shutil.rmtree(folder)
    return freed


def size_of(folder: Path) -> int:
    """The bytes of a run's files."""
    return sum(file.lstat().st_size for file in folder.rglob("*"))


def processes(folder: Path) -> tuple[int | None, int | None]:
    """The process over the worker and the worker itself, as far as they have been recorded."""
    try:
        with (folder / "lock").open("rb") as file:
            content = file.read(64)
    except OSError:
        return None, None
    over, worker = (part.strip(b"\0").strip() for part in (content[:WORKER_AT], content[WORKER_AT:]))
    return (
        int(over) if over.isdigit() and int(over) > 1 else None,
        int(worker) if worker.isdigit() and int(worker) > 1 else None,
    )


def _signal(folder: Path, number: signal.Signals) -> None:
    """Signal the worker's whole group; before there is one, the process that is about to make it."""
    over, worker = processes(folder)
    group = worker or over
    if group is None:
        return
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return


def _free_within(folder: Path, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while is_locked(folder / "lock"):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _write_ending(folder: Path, how: str) -> None:
    """A run that was stopped before it listened wrote no ending: say under its lock what happened."""
    lock = try_lock(folder / "lock", PATIENCE) if folder.is_dir() else None
    if lock is None:
        return
    try:
        if ending(folder) is None:
            write_ending(folder, "stopped", how=how)
    except OSError:
        pass  # nothing can be written here: the free lock says that it has ended
    finally:
        os.close(lock)
