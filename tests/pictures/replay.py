"""Recorded runs in place of workers, on a clock that stands still: a screen then shows the same at any time."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgspec

from minimind_tui.base.files import try_lock
from minimind_tui.base.home import Home
from minimind_tui.content.course import Course
from minimind_tui.run.ending import LOG
from minimind_tui.run.lock import LOCK
from minimind_tui.run.request import Request, encode_request
from tests.pictures.recordings import path_of, read

BEGINNING = datetime(2026, 3, 2, 9, 30).timestamp()
"""When the learner of the pictures sits down: the same local time in every time zone."""

PAUSE_SECONDS = 90.0
"""How long the learner reads before a run."""


class Replay:
    """Starts runs as `run.launch.start` does, but their logs are written at once and the clock is set to their end."""

    def __init__(self, course: Course) -> None:
        self.now = BEGINNING
        self._course = course
        self._runs = 0
        self._hold_at: tuple[str, int] | None = None
        self._held: tuple[Path, list[dict[str, Any]], int] | None = None
        """The folder of the run that goes on, the rest of its log, and its lock."""

    def hold(self, arm: str, step: int) -> None:
        """Let the next run go no further than `arm` after `step`, until `go_on`."""
        self._hold_at = (arm, step)

    def start(self, home: Home, request: Request) -> str:
        """Begin the recorded run of the experiment that is asked for; the run's id."""
        self._runs += 1
        self.now += PAUSE_SECONDS
        moment = datetime.fromtimestamp(self.now).strftime("%Y%m%d-%H%M%S")
        folder = home.runs / f"{moment}-{request.experiment.rpartition('/')[2]}-{self._runs:04}"
        (folder / "models").mkdir(parents=True)
        (folder / "request.json").write_bytes(encode_request(msgspec.structs.replace(request, created=self.now)))
        recording = read(path_of(self._course.experiments[request.experiment], request.language))
        for name in recording.models:
            (folder / "models" / name).touch()
        lines = [{**line, "t": self.now + line["t"]} for line in recording.lines]
        lock = try_lock(folder / LOCK)
        assert lock is not None, "a new run's lock is free"
        count = self._lines_before_the_hold(lines)
        self._held = (folder, lines[count:], lock)
        self._write(folder, lines[:count])
        if count == len(lines):
            self.go_on()
        return folder.name

    def go_on(self) -> None:
        """Let the run that was held come to its end."""
        assert self._held is not None, "no run is held"
        folder, rest, lock = self._held
        self._held = None
        self._write(folder, rest)
        os.close(lock)

    def _lines_before_the_hold(self, lines: list[dict[str, Any]]) -> int:
        hold, self._hold_at = self._hold_at, None
        if hold is None:
            return len(lines)
        arm, step = hold
        reached = (line["kind"] == "metric" and line["arm"] == arm and line["step"][-1] > step for line in lines)
        return list(reached).index(True) + 1

    def _write(self, folder: Path, lines: list[dict[str, Any]]) -> None:
        with (folder / LOG).open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        if lines:
            self.now = lines[-1]["t"]


@contextmanager
def replaying(course: Course) -> Iterator[Replay]:
    """While this is open, whatever is run is replayed, and the time is the replay's."""
    replay = Replay(course)
    terminal = {name: value for name, value in os.environ.items() if not name.startswith("TEXTUAL")}
    for name in ("NO_COLOR", "COLORTERM", "VISUAL", "EDITOR", "MINIMIND_TUI_DAYS_AHEAD"):
        terminal.pop(name, None)
    with (
        patch("minimind_tui.ui.lab.model.start", replay.start),
        patch("time.time", lambda: replay.now),
        patch.dict(os.environ, terminal | {"TERM": "xterm-256color"}, clear=True),
    ):
        yield replay
