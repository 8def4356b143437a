"""The runs that a run has started, because it begins from what they make.

They are runs like any other and belong to nobody: whoever stops the one that started them lets them go on. But their
processes descend from its own, and whatever descends from a run is ended with it: it writes down which are not meant.
"""

from __future__ import annotations

from pathlib import Path

from minimind_tui.base.bounded import read_bounded
from minimind_tui.base.files import is_locked
from minimind_tui.run.lock import LOCK, processes

STARTED = "started"
"""The file in a run's folder: one id a line."""

LARGEST_FILE = 100_000


def note_started(folder: Path, run_id: str) -> None:
    """Write down that the run in `folder` has started another. Raises OSError."""
    with (folder / STARTED).open("a", encoding="utf-8") as file:
        file.write(f"{run_id}\n")


def processes_started_by(folder: Path) -> set[int]:
    """The processes over the living runs that the run in `folder` has started, or one of those, and so on."""
    found: set[int] = set()
    waiting, seen = [folder], {folder.name}
    while waiting:
        for name in _started_by(waiting.pop()):
            run = folder.parent / name
            if name in seen or "/" in name:
                continue
            seen.add(name)
            waiting.append(run)
            over, _ = processes(run)
            if over is not None and is_locked(run / LOCK):
                found.add(over)
    return found


def _started_by(folder: Path) -> list[str]:
    try:
        return read_bounded(folder / STARTED, LARGEST_FILE).decode("utf-8").split()
    except (OSError, UnicodeDecodeError):
        return []
