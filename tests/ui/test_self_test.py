"""The self-test that the course begins with: whoever passes it goes on to module 01, and no more of 00 stays open."""

from __future__ import annotations

from pathlib import Path

import pytest

from minimind_tui.base.text import LANGUAGES, Language
from minimind_tui.content.course import load_course
from minimind_tui.content.roots import bundled_root
from minimind_tui.practice import quiz
from minimind_tui.practice.self_test import credited
from minimind_tui.ui.app import TutorApp
from minimind_tui.ui.screens.quiz import QuizScreen
from minimind_tui.ui.screens.study import StudyScreen
from tests.tiny import home_in
from tests.ui.practising import answer
from tests.ui.seeing import see, shown, until

SIZES: dict[Language, tuple[int, int]] = {"zh": (80, 24), "en": (120, 40)}


def our_app(folder: Path, language: Language = "en") -> TutorApp:
    return TutorApp(home_in(folder), load_course(bundled_root()), language)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_whoever_passes_goes_on_to_module_one(tmp_path: Path, language: Language) -> None:
    app = our_app(tmp_path, language)
    say, steps = app.say, app.course.steps("systematic")
    first = next(at for at, step in enumerate(steps) if step.ref.startswith("normalization/"))
    async with app.run_test(size=SIZES[language]) as pilot:
        await pilot.press("down", "enter")
        await see(
            pilot,
            f"1/{len(steps)}",
            say("自测：这个", "A self-test."),
            say("按 S 直接", "S leads to"),
            say("下一步：从文字到向量", "From text to v"),
        )
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, QuizScreen), "the quiz")
        screen = app.screen
        assert isinstance(screen, QuizScreen)
        for number in range(10):
            await see(pilot, f"{number + 1}/10")
            await answer(pilot, screen, right=True)
            await pilot.press("n")
        await see(pilot, say("10 题答对 10", "10 of 10 right"), say("可以放心跳过它", "with a clear conscience"))
        await pilot.press("escape")
        await see(pilot, say("通过了：S 直接去模块 01", "Passed. S on to module 01"))
        await pilot.press("S")
        title = app.course.title_of(steps[first]).of(language)
        await see(pilot, f"{first + 1}/{len(steps)}", title)
        assert "S " not in shown(app).split("\n")[-1]
        await pilot.press("escape", "left_square_bracket")
        await see(pilot, say("✓ 00 起步", "✓ 00 Basics"), "1/", say("自测通过", "self-test passed"))


async def test_nothing_of_a_skipped_module_is_asked_for_at_the_end(tmp_path: Path) -> None:
    app = our_app(tmp_path)
    steps = app.course.steps("systematic")
    app.progress.mark_done("quiz", "basics/quiz")
    for step in steps:
        if step.kind == "lesson" and not step.ref.startswith("basics/"):
            app.progress.mark_done(step.kind, step.ref)
    app.progress.set_place("systematic", len(steps) - 1)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("enter")
        await see(pilot, f"{len(steps)}/{len(steps)}")
        await pilot.press("n")
        await see(pilot, "“Systematic”: its lessons are done", "Practice still open")
        lines = shown(app)
        assert "Practice done: 1 quiz." in lines
        assert "Basics" not in lines


async def test_without_a_pass_the_lessons_come_next_and_the_key_skips_all_the_same(tmp_path: Path) -> None:
    app = our_app(tmp_path)
    quiz.keep_answer(app.progress, "basics", app.course.quiz("basics")[0], [], 0.0)
    assert credited(app.course, app.progress.done()) == set()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("down", "enter")
        await see(pilot, "Enter for the quiz, or n next: From text to vectors", "S Next module")
        await pilot.press("n")
        await see(pilot, "2/", "From text to vectors")
        assert "S Next module" not in shown(app)
        screen = app.screen
        assert isinstance(screen, StudyScreen)
        await pilot.press("S")
        await see(pilot, "2/", "From text to vectors")
        await pilot.press("p", "S")
        await see(pilot, "A signal through many layers")
