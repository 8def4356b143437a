"""The history: every run of this home, without reading whole logs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG
from threading import Lock

from minimind_tui.base.files import is_locked
from minimind_tui.base.home import Home
from minimind_tui.content.tables import Value
from minimind_tui.run import events
from minimind_tui.run.ending import LOG, ending, last_lines
from minimind_tui.run.lock import LOCK
from minimind_tui.run.request import read_request
from minimind_tui.run.states import ENDINGS, State


@dataclass(frozen=True)
class RunInfo:
    """One line of the history. `seconds` is None for a run that has not finished."""

    id: str
    experiment: str
    state: State
    seed: int
    parameters: dict[str, Value]
    created: float
    seconds: float | None
    full: bool = False


_ended: dict[tuple[Path, tuple[int, int]], RunInfo] = {}
"""A cache of ended runs, by folder and state of the log: the history is listed often."""
_reading = Lock()
"""Held while the history is read, so that two threads do not read it twice."""


def list_runs(home: Home) -> list[RunInfo]:
    """All runs, newest first. A folder that is not a run is passed over."""
    try:
        folders = sorted((entry for entry in home.runs.iterdir() if entry.is_dir()), reverse=True)
    except OSError:
        return []
    with _reading:
        runs = [info for folder in folders if (info := _info(folder)) is not None]
    return sorted(runs, key=lambda info: info.created, reverse=True)


def _info(folder: Path) -> RunInfo | None:
    key = (folder, _stamp(folder))
    known = _ended.get(key)
    if known is not None:
        return known
    request = read_request(folder)
    if request is None:
        return None
    state, seconds = _state(folder)
    if state == "crashed" and _never_began(folder):
        return None
    info = RunInfo(
        folder.name,
        request.experiment,
        state,
        request.seed,
        request.parameters,
        request.created,
        seconds,
        request.full,
    )
    if state in ENDINGS:
        _ended[key] = info
    return info


def _never_began(folder: Path) -> bool:
    """Whether the process that asked for the run was killed before it could start a worker.

    In that case the log and the lock file exist, and both are empty.
    """
    try:
        found = [(folder / name).lstat() for name in (LOG, LOCK)]
    except OSError:
        return False
    return all(S_ISREG(each.st_mode) and each.st_size == 0 for each in found)


def _stamp(folder: Path) -> tuple[int, int]:
    """Modification time and size of the log: they change when an ended run is resumed."""
    try:
        found = (folder / LOG).stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


def _state(folder: Path) -> tuple[State, float | None]:
    ended, alive = ending(folder), True
    if ended is None:
        alive = is_locked(folder / LOCK)
        ended = ending(folder)  # it may have ended before the look at the lock
    if isinstance(ended, events.Finished):
        return "finished", ended.seconds
    if isinstance(ended, events.Failed):
        return "failed", None
    if isinstance(ended, events.Stopped):
        return "stopped", None
    if ended is not None or not alive:
        return "crashed", None
    return ("running" if last_lines(folder / LOG) else "waiting"), None
