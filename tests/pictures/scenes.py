"""What the pictures show, and the keys that lead there: a real app and the course as it is, with recorded runs."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from textual import events

from minimind_tui.base.home import Home
from minimind_tui.base.text import Language
from minimind_tui.content.course import Course
from minimind_tui.content.schema import Kind, Step
from minimind_tui.ui.app import TutorApp
from minimind_tui.ui.lab.pane import LabPane
from minimind_tui.ui.rest import passed
from minimind_tui.ui.screens.study import StudyScreen
from tests.pictures.picture import Picture, as_words, picture_of
from tests.pictures.replay import Replay, replaying

README_SIZE = (120, 36)
COMMON_SIZE = (80, 24)

DEADLINE_SECONDS = 60.0
LOOK_SECONDS = 0.02
STILL_SECONDS = 0.05
"""A screen that shows the same after this, with nothing left to do, is taken to be at rest."""

Pictures = dict[str, Picture]
"""By their names."""


class Stage:
    """An app that is led from scene to scene by its keys."""

    def __init__(self, app: TutorApp, replay: Replay, suffix: str) -> None:
        self.app = app
        self.replay = replay
        self.taken: Pictures = {}
        self._suffix = suffix

    async def press(self, *keys: str) -> None:
        """Press keys; the next ones wait until these have had their effect."""
        for key in keys:
            self.app.typed.take(events.Key(key, key if len(key) == 1 else None))
        await self.until(lambda: self.app.typed.idle, "the end of what the keys do")

    async def open(self, kind: Kind, ref: str) -> None:
        """Open a step of the course."""
        before = self.app.screen
        self.app.open_step(Step(kind=kind, ref=ref))
        await self.until(lambda: self.app.screen is not before and bool(self.app.screen.query(LabPane)), ref)
        await passed([self.app, *self.app.screen.walk_children(with_self=True)])

    async def finished(self) -> None:
        """Wait until the lab shows that its run has finished."""

        def there() -> bool:
            panes = self.app.screen.query(LabPane)
            return bool(panes) and panes.first().finished

        await self.until(there, "a finished run")

    async def reached(self, arm: str, step: int) -> None:
        """Wait until the lab shows `arm` after `step`."""

        def there() -> bool:
            panes = self.app.screen.query(LabPane)
            summary = panes.first().state.summary if panes and panes.first().state else None  # type: ignore[union-attr]
            return summary is not None and arm in summary.arms and summary.arms[arm].step > step

        await self.until(there, f"{arm} after step {step}")

    async def take(self, name: str) -> None:
        """Take a picture of the screen once it is at rest."""
        before, now = None, picture_of(self.app)
        while now != before:
            await passed([self.app, *self.app.screen.walk_children(with_self=True)])
            await asyncio.sleep(STILL_SECONDS)
            before, now = now, picture_of(self.app)
        self.taken[f"{name}-{self._suffix}"] = now

    async def until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait for a condition."""
        end = time.monotonic() + DEADLINE_SECONDS
        while not condition():
            assert time.monotonic() < end, f"never came about: {what}\n{as_words(picture_of(self.app))}"
            await asyncio.sleep(LOOK_SECONDS)


@asynccontextmanager
async def stage(course: Course, language: Language, size: tuple[int, int], suffix: str) -> AsyncIterator[Stage]:
    """An app in an empty home."""
    with replaying(course) as replay, tempfile.TemporaryDirectory() as folder:
        app = TutorApp(Home(Path(folder, "data"), Path(folder, "cache"), Path(folder, "config")), course, language)
        app.animation_level = "none"
        async with app.run_test(size=size):
            yield Stage(app, replay, suffix)


async def readme_pictures(course: Course, language: Language) -> Pictures:
    """The pictures of the README, as a learner would come to them."""
    async with stage(course, language, README_SIZE, language) as on:
        await _quick_start(on)
        await _tracer(on)
        await _broken(on)
        await _embedded(on)
        await _trained(on)
        return on.taken


async def _quick_start(on: Stage) -> None:
    """Two experiments of the quick start, and what is then to be seen of them."""
    await on.press("enter", "n")
    await on.press("r", "c", "enter")
    await on.finished()
    await on.take("study-finished")
    await on.press("v", "v")
    await on.take("findings")
    await on.press("n", "n", "n", "n", "n")
    on.replay.hold("rope", 60)
    await on.press("r", "b", "enter")
    await on.reached("rope", 60)
    await on.take("study-running")
    await on.press("question_mark")
    await on.take("help")
    await on.press("escape")
    on.replay.go_on()
    await on.finished()
    await on.press("R")
    await on.take("runs")
    await on.press("escape", "escape")
    await on.take("home")


async def _tracer(on: Stage) -> None:
    """The shape tracer at the scores, then who looks at whom, layer by layer and head by head."""
    await on.open("experiment", "block/shape-tracer")
    await on.press("r", "c", "enter")
    await on.finished()
    await on.press(*["down"] * 15)
    await on.take("tracer")
    await on.press("v")
    await on.take("heads")
    await on.press("escape")


async def _broken(on: Stage) -> None:
    """A healthy model, and beside it one without residual connections."""
    await on.open("lesson", "normalization/quick-why")
    await on.press("B", "d")
    await on.finished()
    await on.take("break-it")
    await on.press("escape", "escape")


async def _embedded(on: Stage) -> None:
    """A lesson with an experiment inside, run where it stands."""
    await on.open("lesson", "position/rotation")
    screen = on.app.screen
    assert isinstance(screen, StudyScreen)
    await on.until(lambda: "position/rope-rotation" in screen.lesson.spots, "the text")
    while not screen.lesson.page.shows(screen.lesson.spots["position/rope-rotation"]):
        await on.press("space")
    await on.press("r", "b", "enter")
    await on.finished()
    await on.press("v", "v")
    await on.take("lesson")
    await on.press("escape")


async def _trained(on: Stage) -> None:
    """A whole small model at the end of its training: its losses, and what it wrote on the way."""
    await on.open("experiment", "block/train-your-own")
    await on.press("r")
    await on.finished()
    await on.take("trained")
    await on.press("v")
    await on.take("written")


async def common_size_pictures(course: Course, language: Language) -> Pictures:
    """Home and study in the terminal that everybody has, in each theme."""
    width, height = COMMON_SIZE
    async with stage(course, language, COMMON_SIZE, f"{width}x{height}-{language}") as on:
        await on.take("home-dark")
        await on.press("enter")
        await on.take("lesson-dark")
        await on.press("n", "r", "c", "enter")
        await on.finished()
        await on.take("lab-dark")
        for theme in ("light", "16-colours"):
            await on.press("t")
            await on.take(f"lab-{theme}")
            await on.press("escape")
            await on.take(f"home-{theme}")
            await on.press("enter")
        return on.taken
