"""Stops a run: by a request first, by a kill after a grace time."""

from __future__ import annotations

import os
import shutil
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from minimind_tui.base.files import is_locked, try_lock
from minimind_tui.base.home import Home
from minimind_tui.run.ending import STOP_FILE, ending, write_ending
from minimind_tui.run.lock import LOCK, processes
from minimind_tui.run.started import processes_started_by

if TYPE_CHECKING:
    import psutil

GRACE_SECONDS = 3.0
LOCK_PATIENCE_SECONDS = 0.2


def stop(home: Home, run_id: str, grace: float = GRACE_SECONDS) -> bool:
    """End a run and all its processes; whether there was a living one. The log says how it ended.

    It is asked by a file and SIGTERM, and killed when `grace` seconds have passed. What it started is ended by the
    process over the worker; where that is gone, or the system is not Linux, those are killed that descended from it
    when it was asked.
    """
    from minimind_tui.run.descendants import kill  # psutil: for this moment only

    folder = home.runs / run_id
    if not is_locked(folder / LOCK):
        return False
    with suppress(OSError):  # on a full or read-only disk the signal says it too
        (folder / STOP_FILE).touch()
    started = _started_by(folder)
    _signal(folder, signal.SIGTERM)
    how = "asked"
    if not _free_within(folder, grace):
        how = "killed"
        started += _started_by(folder)
        _signal(folder, signal.SIGKILL)
        _free_within(folder, grace)
    kill(started)
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


def _started_by(folder: Path) -> list[psutil.Process]:
    """What descends from the run's processes now, the runs apart that it has started.

    Both processes are of the session that the one over the worker leads.
    """
    from minimind_tui.run.descendants import descendants

    session, apart = processes(folder)[0], processes_started_by(folder)
    if session is None:
        return []
    own = [process for process in processes(folder) if process is not None]
    return [found for process in own for found in descendants(process, session, apart)]


def _signal(folder: Path, number: signal.Signals) -> None:
    """Send a signal to the worker's process group, or to the supervisor before the worker has a group."""
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
    while is_locked(folder / LOCK):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _write_ending(folder: Path, how: str) -> None:
    """Write the ending, under the lock, of a run that was stopped before it could do so itself."""
    lock = try_lock(folder / LOCK, LOCK_PATIENCE_SECONDS) if folder.is_dir() else None
    if lock is None:
        return
    try:
        if ending(folder) is None:
            write_ending(folder, "stopped", how=how)
    except OSError:
        pass  # nothing can be written here: the free lock says that it has ended
    finally:
        os.close(lock)
