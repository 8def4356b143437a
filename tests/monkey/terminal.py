"""A monkey at a real terminal: bursts as bytes, the app in a process of its own."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterable
from pathlib import Path

from minimind_tui.base.text import Language
from tests.monkey.bursts import Burst, as_sent
from tests.terminal.command import command, environment
from tests.terminal.console import Console
from tests.tiny import home_in

COLUMNS, ROWS = 120, 40
STAY = ("stay", "不退出")
LEAVES = "\x11"
"""Ctrl+Q, which no line and no dialog takes for itself."""


def play(folder: Path, course: Path, bursts: Iterable[Burst], seed: int, language: Language) -> str:
    """A learner with a home in `folder` does what `bursts` say, then leaves; what went wrong, or nothing.

    One who has left by keys opens the app again and goes on.
    """
    folder.mkdir(exist_ok=True)
    settings, chance, left = environment(folder, language), random.Random(seed), deque(bursts)
    wrong = ""
    while left and not wrong:
        wrong = _open_and_play(folder, course, left, chance, settings)
    return wrong


def _open_and_play(
    folder: Path, course: Path, bursts: deque[Burst], chance: random.Random, settings: dict[str, str]
) -> str:
    arguments = [command(), "--course", str(course), "--trust"]
    with Console(arguments, columns=COLUMNS, rows=ROWS, environment=settings, folder=folder) as console:
        console.wait_for("Enter")
        while bursts and console.child.isalive():
            burst = bursts.popleft()
            if burst.kind == "size":
                console.resize(*burst.pair)
            else:
                console.child.send(as_sent(burst))
            console.pump(chance.choice((0, 0.01, 0.03, 0.1)))
        if console.child.isalive():
            console.resize(COLUMNS, ROWS)
            console.child.send(LEAVES)
        console.wait(lambda: not console.child.isalive() or any(word in console.text for word in STAY), "leaving")
        if console.child.isalive():
            console.press("l")
        status = console.wait_exit()
    return reports(settings) or ("" if status == 0 else f"it ended with {status}\n{console.text}")


def reports(settings: dict[str, str]) -> str:
    """What was kept of errors in this learner's home."""
    folder = home_in(Path(settings["MINIMIND_TUI_HOME"])).reports
    return "\n".join(file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.txt")))
