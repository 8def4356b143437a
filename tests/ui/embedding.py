"""An app on a course whose lesson has experiments inside."""

from __future__ import annotations

from pathlib import Path

from textual.pilot import Pilot

from minimind_tui.content.course import load_course
from minimind_tui.practice.trust import trust
from minimind_tui.ui.app import TutorApp
from minimind_tui.ui.key_bar import NextBar
from minimind_tui.ui.lab.model import Lab
from minimind_tui.ui.screens.study import StudyScreen
from tests.embedding import PARAGRAPHS, embedding_course
from tests.tiny import CODE, home_in
from tests.ui.seeing import see, until


def embedding_app(folder: Path, paragraphs: int = PARAGRAPHS, again: str = CODE) -> TutorApp:
    course = load_course(embedding_course(folder / "course", paragraphs, again))
    app = TutorApp(home_in(folder), course, "en")
    trust(app.progress, course.root)
    return app


def study(app: TutorApp) -> StudyScreen:
    screen = app.screen
    assert isinstance(screen, StudyScreen)
    return screen


def lab_of(app: TutorApp) -> Lab:
    """What is in the lab."""
    lab = study(app).lab.state
    assert lab is not None
    return lab


def foot(app: TutorApp) -> str:
    return app.screen.query_one(NextBar).sentence


async def in_lab(pilot: Pilot[int], experiment: str) -> None:
    app = pilot.app
    assert isinstance(app, TutorApp)
    await until(pilot, lambda: study(app).companion.in_lab == experiment, f"{experiment} in the lab")


async def open_lesson(pilot: Pilot[int]) -> None:
    await pilot.press("enter", "n")
    await see(pilot, "Two experiments", "2/3")


async def run_both(pilot: Pilot[int]) -> None:
    """The lesson with two experiments, both run."""
    await open_lesson(pilot)
    await pilot.press("r", "b", "enter")
    await see(pilot, "✓ finished", "small/count gave 10")
    await pilot.press("tab", "end", "r")
    await in_lab(pilot, "small/again")
    await see(pilot, "✓ finished", "small/again gave 10")
    await pilot.press("tab")
