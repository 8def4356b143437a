"""The history: every run of this home, without reading whole logs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from minimind_tui.content.schema import Value
from minimind_tui.home import Home
from minimind_tui.run import events
from minimind_tui.run.files import is_locked
from minimind_tui.run.request import read_request
from minimind_tui.run.watch import State

TAIL_BYTES = 65536


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


_ended: dict[Path, RunInfo] = {}
"""Runs that cannot change any more, by folder: a history is listed again and again."""


def list_runs(home: Home) -> list[RunInfo]:
    """All runs, newest first. A folder that is not a run is passed over."""
    try:
        folders = sorted((entry for entry in home.runs.iterdir() if entry.is_dir()), reverse=True)
    except OSError:
        return []
    runs = [info for folder in folders if (info := _info(folder)) is not None]
    return sorted(runs, key=lambda info: info.created, reverse=True)


def _info(folder: Path) -> RunInfo | None:
    known = _ended.get(folder)
    if known is not None:
        return known
    request = read_request(folder)
    if request is None:
        return None
    alive = is_locked(folder / "lock")
    state, seconds = _state(folder, alive)
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
    if state not in ("waiting", "running"):
        _ended[folder] = info
    return info


def _state(folder: Path, alive: bool) -> tuple[State, float | None]:
    lines = _last_lines(folder / "events.jsonl")
    for line in reversed(lines):
        event = events.decode(line)
        if isinstance(event, events.Finished):
            return "finished", event.seconds
        if isinstance(event, events.Failed):
            return "failed", None
        if isinstance(event, events.Stopped):
            return "stopped", None
    if not alive:
        return "crashed", None
    return ("running" if lines else "waiting"), None


def _last_lines(path: Path) -> list[bytes]:
    try:
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, 2) - TAIL_BYTES))
            return file.read().splitlines()[-4:]
    except OSError:
        return []
