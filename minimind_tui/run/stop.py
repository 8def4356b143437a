"""Stopping a run: asked first, then made to."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from minimind_tui.home import Home
from minimind_tui.run.events import encode
from minimind_tui.run.files import is_locked, try_lock
from minimind_tui.run.watch import RunView

GRACE_SECONDS = 3.0


def stop(home: Home, run_id: str, grace: float = GRACE_SECONDS) -> bool:
    """End a run and all its processes; whether there was a living one. The log says how it ended.

    It is asked by a file and SIGTERM, and killed when `grace` seconds have passed.
    """
    folder = home.runs / run_id
    if not is_locked(folder / "lock"):
        return False
    (folder / "stop").touch()
    pid = _pid(folder)
    _signal(pid, signal.SIGTERM)
    how = "asked"
    if not _free_within(folder, grace):
        how = "killed"
        _signal(pid, signal.SIGKILL)
        _free_within(folder, grace)
    _write_ending(home, folder, how)
    return True


def _pid(folder: Path) -> int | None:
    try:
        text = (folder / "lock").read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return None
    return int(text) if text.strip().isdigit() and int(text) > 1 else None


def _signal(pid: int | None, number: signal.Signals) -> None:
    """Signal the worker's whole group: it leads one of its own."""
    if pid is None:
        return
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def _free_within(folder: Path, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while is_locked(folder / "lock"):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _write_ending(home: Home, folder: Path, how: str) -> None:
    """A worker that was killed, or stopped before it listened, wrote no ending: say under its lock what happened."""
    lock = try_lock(folder / "lock")
    if lock is None:
        return
    try:
        view = RunView(home, folder.name)
        view.poll()
        if view.summary.outcome is None:
            with (folder / "events.jsonl").open("ab") as file:
                file.write(b"\n" + encode("stopped", time.time(), {"how": how}))
    finally:
        os.close(lock)
