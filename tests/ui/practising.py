"""An app on a course with questions and cards."""

from __future__ import annotations

from pathlib import Path

from textual.pilot import Pilot

from minimind_tui.base.text import Language
from minimind_tui.content.course import load_course
from minimind_tui.content.practice import OpenQuestion
from minimind_tui.ui.app import TutorApp
from minimind_tui.ui.screens.quiz import LETTERS, QuizScreen
from tests.tiny import home_in, tiny_course
from tests.tiny_practice import add_practice


def practice_app(folder: Path, language: Language = "en") -> TutorApp:
    return TutorApp(home_in(folder), load_course(add_practice(tiny_course(folder / "course"))), language)


async def answer(pilot: Pilot[int], screen: QuizScreen, right: bool) -> None:
    """Answer the question on the screen, rightly or not."""
    question = screen.sitting.question
    assert question is not None
    if isinstance(question, OpenQuestion):
        await pilot.press("enter", *(LETTERS[: len(question.rubric)] if right else ""), "enter")
        return
    options = screen.sitting.options
    wanted = [letter for letter, option in zip(LETTERS, options, strict=False) if option.right]
    if not right:
        wanted = [letter for letter, option in zip(LETTERS, options, strict=False) if not option.right][:1]
    await pilot.press(*wanted, "enter")
