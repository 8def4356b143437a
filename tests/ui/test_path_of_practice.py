"""A module's quiz, exercises and cards as steps of its path: how they stand, opened by Enter, done by evidence."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from minimind_tui.base.text import LANGUAGES, Language
from minimind_tui.content.course import load_course
from minimind_tui.practice import exercises, quiz
from minimind_tui.practice.store import Progress
from minimind_tui.practice.trust import trust
from minimind_tui.ui.app import TutorApp
from minimind_tui.ui.screens.exercise import ExerciseScreen
from minimind_tui.ui.screens.finish import FinishScreen
from minimind_tui.ui.screens.quiz import QuizScreen
from minimind_tui.ui.screens.review import ReviewScreen
from minimind_tui.ui.screens.study import StudyScreen
from tests.embedding import embedding_course
from tests.tiny import home_in
from tests.tiny_practice import SOLUTION, add_practice
from tests.ui.practising import answer
from tests.ui.seeing import see, shown, until

SIZES: dict[Language, tuple[int, int]] = {"zh": (80, 24), "en": (120, 40)}


@pytest.fixture(autouse=True)
def no_editor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EDITOR", raising=False)
    monkeypatch.delenv("VISUAL", raising=False)


def practising_app(folder: Path, language: Language = "en") -> TutorApp:
    """A path of three lessons, then quiz, exercise and cards; the module after it is planned."""
    app = TutorApp(home_in(folder), load_course(add_practice(embedding_course(folder / "course"))), language)
    trust(app.progress, app.course.root)
    return app


async def to_the_quiz(pilot: Pilot[int], app: TutorApp) -> StudyScreen:
    """From the home screen past the three lessons."""
    await pilot.press("enter")
    for place in range(1, 4):
        await see(pilot, f"{place}/6")
        await pilot.press("n")
    await see(pilot, "4/6")
    assert isinstance(app.screen, StudyScreen)
    return app.screen


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_path_leads_through_quiz_exercise_and_cards_to_its_end(tmp_path: Path, language: Language) -> None:
    app = practising_app(tmp_path, language)
    say = app.say
    async with app.run_test(size=SIZES[language], notifications=True) as pilot:
        await to_the_quiz(pilot, app)
        await see(pilot, say("测验（小模块）", "Quiz (Small module)"), say("8 道题", "8 questions, 1 of them open"))
        await see(
            pilot,
            say("还没做过", "Not begun yet"),
            say("▶ Enter 做测验；或 n 下一步：翻倍", "Enter for the quiz, or n"),
        )
        await pilot.press("enter")
        await see(pilot, "1/8")
        screen = app.screen
        assert isinstance(screen, QuizScreen)
        await answer(pilot, screen, right=False)
        await pilot.press("escape")
        await see(pilot, say("现在对 0/8，错 1 题", "Now 0/8 right, 1 wrong"), "4/6", "███▓░░")
        await pilot.press("enter")
        await see(pilot, "1/8")
        screen = app.screen
        assert isinstance(screen, QuizScreen)
        for number in range(8):
            await see(pilot, f"{number + 1}/8")
            await answer(pilot, screen, right=True)
            await see(pilot, say("n ", "n for the"))
            await pilot.press("n")
        await see(pilot, say("8 题答对 8", "8 of 8 right"))
        await pilot.press("escape")
        await see(
            pilot, say("✓ 已通过。现在对 8/8", "✓ Passed. Now 8/8 right"), "████░░", say("通过了：n", "Passed. n next")
        )

        await pilot.press("n")
        await see(pilot, "5/6", say("手写代码，约 5 分钟", "Code by hand, some 5 min"), "double")
        await see(pilot, say("还没试过", "Not tried yet"), say("Enter 动手写", "Enter to write it"))
        code = app.home.exercises / "small/double.py"
        code.parent.mkdir(parents=True)
        code.write_text(SOLUTION, encoding="utf-8")
        await pilot.press("enter")
        await see(pilot, say("c 检查现在的", "c to check it"))
        assert isinstance(app.screen, ExerciseScreen)
        await pilot.press("c")
        await see(pilot, say("通过了！", "Passed! "))
        await pilot.press("escape")
        await see(pilot, say("✓ 已通过。检查过 1 次", "✓ Passed. Checked 1 time"), "█████░")

        await pilot.press("n")
        await see(pilot, "6/6", say("2 张卡片", "2 cards"), say("见过 0/2 张；现在要过 3 张", "0/2 seen; 3 to go now"))
        await pilot.press("enter")
        await see(pilot, say("一？", "One?"))
        assert isinstance(app.screen, ReviewScreen)
        await pilot.press("space", "4", "escape")
        await see(pilot, say("见过 1/2 张", "1/2 seen"), say("Enter 过一遍卡片", "Enter for the cards"))
        await pilot.press("enter")
        await see(pilot, say("二？", "Two?"))
        await pilot.press("space", "4")
        await see(pilot, say("到期 0，新的 1，", "0 due, 1 new"))  # the question that was missed
        await pilot.press("space", "4")
        await see(pilot, say("今天的复习做完了", "review is done"))
        await pilot.press("escape")
        await see(pilot, say("✓ 完成了。见过 2/2 张", "✓ Done. 2/2 seen"), "██████", say("n 完成", "n to finish"))
        assert {("quiz", "small/quiz"), ("exercise", "small/double"), ("review", "small/cards")} <= Progress(
            app.home.database
        ).done()
        await pilot.press("n")
        await see(
            pilot, say("练习做完了：1 次测验、1 份代码、1 组卡片", "Practice done: 1 quiz, 1 exercise, 1 set of cards")
        )


async def test_beside_practice_there_is_no_lab(tmp_path: Path) -> None:
    app = practising_app(tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await to_the_quiz(pilot, app)
        await see(pilot, "Enter Open", "Practice")
        before = shown(app)
        for words in ("2 Lab", "r Run", "o Parameters", "v View"):
            assert words not in before
        for key in ("r", "o", "v", "c", "s", "2", "tab", "z"):
            await pilot.press(key)
        await pilot.pause(0.2)
        assert shown(app) == before
        assert app.screen is screen
        await pilot.press("p")
        await see(pilot, "The end", "2 Lab")
        assert "Enter Open" not in shown(app)
        await pilot.press("enter")
        assert app.screen is screen


async def test_what_is_skipped_is_named_at_the_end(tmp_path: Path) -> None:
    app = practising_app(tmp_path)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await to_the_quiz(pilot, app)
        await pilot.press("n", "n", "n")
        await until(pilot, lambda: isinstance(app.screen, FinishScreen), "the end of the path")
        await see(pilot, "goes no further yet", "Practice still open", "Small module: Quiz; Double; Interview cards")
        await pilot.press("enter")
        await see(pilot, "3/8", "go on: Interview cards (Small module)")
        await pilot.press("P")
        await see(pilot, "1 quiz, 1 exercise, 1 set of cards")
        await pilot.press("escape", "left_square_bracket")
        await see(pilot, "01 Small module", "3/8")
        await pilot.press("space")
        await see(pilot, "Practice:", "Interview cards")
        await pilot.press("enter")
        await see(pilot, "4/6", "Quiz (Small module)")


async def test_what_was_done_elsewhere_counts_when_the_step_is_opened(tmp_path: Path) -> None:
    app = practising_app(tmp_path)
    questions = app.course.quiz("small")
    for question in questions:
        quiz.keep_answer(app.progress, "small", question, [], 1.0)
    assert ("quiz", "small/quiz") not in app.progress.done()
    async with app.run_test(size=(120, 40)) as pilot:
        await to_the_quiz(pilot, app)
        await see(pilot, "✓ Passed", "████░░")
        quiz.keep_answer(app.progress, "small", questions[0], [], 0.0)
        await pilot.press("p", "n")
        await see(pilot, "Now 7/8 right, 1 wrong; at best 8 were right")
        exercises.keep_hint(app.progress, "small/double", 2)
        await pilot.press("n")
        await see(pilot, "5/6", "Not tried yet")


async def test_the_language_changes_beside_practice(tmp_path: Path) -> None:
    app = practising_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        await to_the_quiz(pilot, app)
        before = shown(app)
        await pilot.press("L")
        await see(pilot, "测验（小模块）", "Enter 做测验")
        assert "2 实验" not in shown(app)
        await pilot.press("L")
        await until(pilot, lambda: shown(app) == before, "the same")


async def test_a_quiz_that_cannot_be_read_says_so_on_its_step(tmp_path: Path) -> None:
    app = practising_app(tmp_path)
    file = app.course.root / "lessons/small/quiz.toml"
    file.write_text("format = 1\nquestions = 3\n", encoding="utf-8")
    async with app.run_test(size=(100, 30)) as pilot:
        await to_the_quiz(pilot, app)
        await see(pilot, "This practice cannot be opened", "Expected array", "▶ n next: Double")
        await pilot.press("n")
        await see(pilot, "5/6", "Double")
