"""The tutor in a terminal, as a learner who practises sees it."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

from minimind_tui.base.text import Language
from tests.terminal.command import command, environment
from tests.terminal.console import Console
from tests.tiny import home_in

SIZES: dict[Language, tuple[int, int]] = {"zh": (80, 24), "en": (120, 40)}


class Tutor:
    """One learner's home and the tiny course, opened in a terminal or asked for a command."""

    def __init__(self, folder: Path, course: Path, language: Language, more: Mapping[str, str] | None = None) -> None:
        folder.mkdir(exist_ok=True)
        self.environment = {**environment(folder, language), **(more or {})}
        self.home = home_in(Path(self.environment["MINIMIND_TUI_HOME"]))
        self.course, self.language, self.folder = course, language, folder

    def open(self) -> Console:
        """The tutor in a terminal."""
        columns, rows = SIZES[self.language]
        arguments = [command(), "--course", str(self.course)]
        return Console(arguments, columns=columns, rows=rows, environment=self.environment, folder=self.folder)

    def run(self, *arguments: str) -> str:
        """A command of the tutor, to its end."""
        done = subprocess.run(
            [command(), "--course", str(self.course), *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def say(self, chinese: str, english: str) -> str:
        """The words that the screen shows."""
        return chinese if self.language == "zh" else english
