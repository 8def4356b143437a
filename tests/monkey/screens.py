"""A monkey at the level of screens: what is typed goes straight to the app, without a terminal between.

It is faster than the one at a terminal, and it waits less: the next burst may come in the middle of the last one.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from textual import events
from textual.geometry import Size
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.screen import Screen

from minimind_tui.content.course import Course
from minimind_tui.practice.trust import trust
from minimind_tui.ui.app import TutorApp
from tests.monkey.bursts import NAMED, Burst
from tests.tiny import home_in

START = (120, 40)
LONGEST_WAIT = 60.0


@dataclass
class Seen:
    """What came of a sequence."""

    reports: list[str] = field(default_factory=list)
    ended: BaseException | str | None = None
    """Why the app is no longer there, or what it no longer does."""
    screens: set[str] = field(default_factory=set)

    @property
    def well(self) -> bool:
        """Whether nothing broke."""
        return not self.reports and self.ended is None


async def play(folder: Path, course: Course, bursts: Iterable[Burst], seed: int = 0) -> Seen:
    """A learner with a home in `folder` does what `bursts` say; afterwards a key must still have its effect.

    One who has left by keys opens the app again and goes on.
    """
    seen, chance, left = Seen(), random.Random(seed), deque(bursts)
    while left and seen.well:
        app = TutorApp(home_in(folder), course, "en")
        if seed % 4:
            trust(app.progress, course.root)
        try:
            async with app.run_test(size=START) as pilot:
                while left and app.is_running:
                    send(app, left.popleft())
                    await asyncio.sleep(chance.choice((0, 0, 0.005, 0.02)))
                    if not left or chance.random() < 0.3:
                        await effect(app)
                    seen.screens.update(type(screen).__name__ for screen in app.screen_stack)
                if app.is_running:
                    seen.ended = await still_answers(app, pilot)
        except Exception as error:
            seen.ended = error
        app.progress.close()
        seen.reports = [file.read_text(encoding="utf-8") for file in sorted(app.home.reports.glob("*.txt"))]
    return seen


def send(app: TutorApp, burst: Burst) -> None:
    """All of a burst at once."""
    if burst.kind == "keys":
        for key in burst.keys:
            press(app, key)
    elif burst.kind == "text":
        app.post_message(events.Paste(burst.what))
    elif burst.kind == "size":
        resize(app, *burst.pair)
    elif burst.kind == "window":
        app.post_message(events.AppFocus() if burst.what == "in" else events.AppBlur())
    else:
        x, y = burst.pair
        for kind in (events.MouseDown, events.MouseUp):
            app.post_message(kind(None, x, y, 0, 0, 1, False, False, False, x, y))


def press(app: TutorApp, key: str) -> None:
    """One key, as the driver gives it to the app."""
    character = NAMED.get(key) or (key if len(key) == 1 else None)
    name = _character_to_key(key) if len(key) == 1 else key
    app.post_message(events.Key(name, character))


def resize(app: TutorApp, columns: int, rows: int) -> None:
    """The terminal has another size."""
    size = Size(columns, rows)
    assert app._driver is not None
    app._driver._size = size
    app.post_message(events.Resize(size, size))


async def effect(app: TutorApp) -> None:
    """Wait until all that was typed has had its effect."""
    loop = asyncio.get_running_loop()
    latest = loop.time() + LONGEST_WAIT
    await asyncio.sleep(0)
    while app.is_running and not (app.typed.idle and app.message_queue_size == 0):
        assert loop.time() < latest, f"keys wait for ever on {app.screen_stack}"
        await asyncio.sleep(0.005)


async def still_answers(app: TutorApp, pilot: Pilot[int]) -> str | None:
    """Whether the app can be left by keys from wherever it is; what is wrong, else."""
    resize(app, *START)
    await pilot.pause()
    for _ in range(30):
        top: Screen[object] = app.screen
        if len(app.screen_stack) == 1:
            break
        press(app, "escape")
        await effect(app)
        if app.screen is top and len(app.screen_stack) > 1:
            press(app, "escape")  # out of a line, then out of the screen
            await effect(app)
    if len(app.screen_stack) > 1:
        return f"Esc does not lead back from {app.screen_stack}"
    before = app.language
    press(app, "L")
    await effect(app)
    await pilot.pause()
    return None if app.language != before else "L does not change the language"
