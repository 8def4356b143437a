"""Quiz and review by keys: what is answered is kept before the screen says so, and asked again when it should be."""

from __future__ import annotations

from pathlib import Path

import pytest

from minimind_tui.base.text import Language
from minimind_tui.content.practice import MultipleChoice, OpenQuestion, SingleChoice
from minimind_tui.practice import quiz, review
from minimind_tui.practice.clock import now
from minimind_tui.practice.sitting import Stage
from minimind_tui.practice.store import Progress
from minimind_tui.ui.screens.calculator import CalculatorScreen
from minimind_tui.ui.screens.quiz import QuizScreen
from minimind_tui.ui.screens.review import ReviewScreen
from tests.ui.practising import answer, practice_app
from tests.ui.seeing import see, shown, until


async def test_a_quiz_is_answered_explained_and_asked_again_the_wrong_ones_first(tmp_path: Path) -> None:
    app = practice_app(tmp_path)
    questions = app.course.quiz("small")
    async with app.run_test(size=(100, 34)) as pilot:
        screen = QuizScreen("small")
        app.push_screen(screen)
        await see(pilot, "Quiz", "Small module", "1/8", "to answer")
        await see(pilot, f"a–{'abcde'[len(screen.sitting.options) - 1]}")
        for number in range(len(questions)):
            await answer(pilot, screen, right=number not in (0, 3))
            await see(pilot, "Not right" if number in (0, 3) else "Right", "n for the")
            assert len(quiz.last_scores(Progress(app.home.database), "small")) == number + 1
            if not isinstance(screen.sitting.question, OpenQuestion):
                await see(pilot, "Two and four." if isinstance(screen.sitting.question, MultipleChoice) else "Count.")
            await pilot.press("n")
        await see(pilot, "6 of 8 right", "Not passed yet", "Missed", "r again")
        missed = {question.id for question in screen.sitting.missed}
        await pilot.press("r")
        await see(pilot, "1/8")
        assert {question.id for question in screen.sitting.questions[:2]} == missed
        for number in range(len(questions)):
            await see(pilot, f"{number + 1}/8")
            await answer(pilot, screen, right=True)
            await see(pilot, "n for the")
            await pilot.press("n")
        await see(pilot, "8 of 8 right", "Passed")
        assert ("quiz", "small/quiz") in app.progress.done()


async def test_a_choice_can_be_reached_by_arrows_and_several_by_space(tmp_path: Path) -> None:
    app = practice_app(tmp_path, "zh")
    async with app.run_test(size=(80, 24)) as pilot:
        screen = QuizScreen("small")
        app.push_screen(screen)
        await see(pilot, "测验", "小模块")
        while not isinstance(screen.sitting.question, MultipleChoice):
            await answer(pilot, screen, right=True)
            await pilot.press("enter")
        await see(pilot, "多选")
        await pilot.press("enter")
        assert screen.sitting.stage is Stage.MARKING
        for option in screen.sitting.options:
            if option.right:
                await pilot.press("space")
            await pilot.press("down")
        await pilot.press("enter")
        await see(pilot, "✓ 对", "二和四")


async def test_a_test_out_explains_nothing_and_counts_at_its_end(tmp_path: Path) -> None:
    app = practice_app(tmp_path)
    async with app.run_test(size=(100, 34)) as pilot:
        screen = QuizScreen("small", test_out=True)
        app.push_screen(screen)
        await see(pilot, "Test-out", "1/7")
        for number in range(7):
            await see(pilot, f"{number + 1}/7")
            await answer(pilot, screen, right=True)
            await pilot.pause()
            assert "Count." not in shown(app)
        await see(pilot, "7 of 7 right", "Tested out")
        assert ("tested-out", "small") in app.progress.done()


async def test_the_language_changes_under_an_answered_question(tmp_path: Path) -> None:
    app = practice_app(tmp_path)
    async with app.run_test(size=(100, 34)) as pilot:
        screen = QuizScreen("small")
        app.push_screen(screen)
        await see(pilot, "1/8")
        while not isinstance(screen.sitting.question, SingleChoice):
            await answer(pilot, screen, right=True)
            await pilot.press("n")
        await answer(pilot, screen, right=True)
        await see(pilot, "Count.")
        await pilot.press("L")
        await see(pilot, "数一数。", "✓ 对")


async def test_cards_come_back_over_simulated_days(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = practice_app(tmp_path)
    async with app.run_test(size=(100, 34)) as pilot:
        app.push_screen(ReviewScreen())
        await see(pilot, "One?", "Answer first", "2 new")
        assert "One, " not in shown(app)
        await pilot.press("3")  # nothing is graded before it is seen
        assert review.reviews(app.progress) == {}
        await pilot.press("space")
        await see(pilot, "One, ", "Two?", "again in", "How well?")
        await pilot.press("4")
        await see(pilot, "Answer first")
        assert list(review.reviews(Progress(app.home.database))) == ["card small/first"]
        await pilot.press("space", "4")
        await see(pilot, "review is done", "2 this time", "The days that come")
        await pilot.press("escape")
        monkeypatch.setenv("MINIMIND_TUI_DAYS_AHEAD", "30")
        app.push_screen(ReviewScreen())
        await see(pilot, "2 due", "One?")


@pytest.mark.parametrize(
    ("language", "first", "second", "head", "name"),
    [
        ("en", "Twice one, 2.", "None at all.", "Asked next", "Follow-up"),
        ("zh", "就是两个一，2。", "一个也没有。", "接着会问", "答追问"),
    ],
)
async def test_follow_ups_are_answered_one_at_a_time(
    tmp_path: Path, language: Language, first: str, second: str, head: str, name: str
) -> None:
    app = practice_app(tmp_path, language)
    async with app.run_test(size=(100, 34)) as pilot:
        screen = ReviewScreen()
        app.push_screen(screen)
        await see(pilot, "One?" if language == "en" else "一？")
        await pilot.press("f")  # nothing is answered before the card itself
        await pilot.press("space")
        await see(pilot, head, name)
        assert first not in shown(app)
        await pilot.press("f")
        await see(pilot, first, name)
        assert second not in shown(app)
        await pilot.press("f")
        await see(pilot, first, second)
        await until(pilot, lambda: name not in shown(app), "the key is gone with the last answer")
        await pilot.press("f", "4", "space")
        await see(pilot, head, name)
        assert screen.sitting.follow_ups_answered == 0, "the next card begins with questions"


async def test_an_interview_makes_a_plan(tmp_path: Path) -> None:
    app = practice_app(tmp_path)
    async with app.run_test(size=(100, 34)) as pilot:
        app.push_screen(ReviewScreen())
        await see(pilot, "One?")
        await pilot.press("space", "4", "space", "4")
        await see(pilot, "review is done")
        await pilot.press("i")
        await see(pilot, "In how many days")
        await pilot.press("9", "9", "9", "enter")
        await see(pilot, "whole number from 0 to 365")
        await pilot.press("backspace", "backspace", "backspace", "3", "enter")
        await see(pilot, "interview in 3 d", "Until the interview", "Small module", "cards alone")
        await pilot.press("i", "enter")
        await see(pilot, "i to plan")
        assert review.interview(app.progress) is None


async def test_spoken_answers_have_a_minute_and_both_languages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("minimind_tui.practice.review_sitting.SPEAKING", 2)
    app = practice_app(tmp_path)
    async with app.run_test(size=(120, 34)) as pilot:
        app.push_screen(ReviewScreen())
        await see(pilot, "One?")
        await pilot.press("m")
        await see(pilot, "中文", "English", "是一", "One, ", "接着会问", "Asked next")  # revealed when the time is over
        assert app.progress.setting("spoken") == "yes"


async def test_the_minute_stands_still_behind_a_dialog(tmp_path: Path) -> None:
    app = practice_app(tmp_path)
    async with app.run_test(size=(100, 34)) as pilot:
        screen = ReviewScreen()
        app.push_screen(screen)
        await see(pilot, "One?")
        await pilot.press("m", "i")
        await see(pilot, "In how many days")
        left = screen.sitting.seconds_left
        screen._tick()
        assert screen.sitting.seconds_left == left
        await pilot.press("escape")
        await see(pilot, "Enter for the answer")
        screen._tick()
        assert screen.sitting.seconds_left < left


async def test_a_missed_question_is_reviewed_with_its_right_choice(tmp_path: Path) -> None:
    app = practice_app(tmp_path)
    question = app.course.quiz("small")[0]
    quiz.keep_answer(app.progress, "small", question, ["a"], 0.0)
    for card in ("first", "second"):
        app.progress.execute("INSERT INTO review VALUES (?, ?, 4)", f"card small/{card}", now())
    async with app.run_test(size=(100, 34)) as pilot:
        app.push_screen(ReviewScreen())
        await see(pilot, "What is 1 and 1?")
        await pilot.press("space")
        await see(pilot, "• 2", "Count.")


async def test_the_list_of_practice_leads_to_each_and_shows_how_it_stands(tmp_path: Path) -> None:
    app = practice_app(tmp_path)
    async with app.run_test(size=(100, 34)) as pilot:
        await see(pilot, "Small path")
        await pilot.press("E")
        await see(pilot, "Today's review", "0 due, 2 new", "Sums", "Quiz", "0/8 right", "Double", "5 min")
        await pilot.press("enter")
        await see(pilot, "One?")
        await pilot.press("space", "4", "escape")
        await see(pilot, "0 due, 1 new")
        await pilot.press("j", "j")
        await see(pilot, "o to test out")
        await pilot.press("enter")
        await see(pilot, "1/8")
        screen = app.screen
        assert isinstance(screen, QuizScreen)
        await answer(pilot, screen, right=True)
        await pilot.press("escape")
        await see(pilot, "1/8 right")
        await pilot.press("o")
        await see(pilot, "Test-out")


async def test_sums_are_graded_with_the_way_to_the_answer(tmp_path: Path) -> None:
    app = practice_app(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = CalculatorScreen()
        app.push_screen(screen)
        await see(pilot, "parameters", "Write the answer")
        await pilot.press(*"many", "enter")
        await see(pilot, "That is no number")
        await pilot.press(*["backspace"] * 4, *f"{screen.problem.answer / 1e6:.2f}M", "enter")
        await see(pilot, "✓ right", "embedding", "1 of 1 right", "n for another")
        await pilot.press("n")
        await see(pilot, "Write the answer")
        await pilot.press("1", "enter")
        await see(pilot, "✗ you wrote 1", "1 of 2 right")
        await pilot.press("tab")
        await see(pilot, "KV cache", "Write the answer")
        await pilot.press("L")  # a letter in the field is an answer
        assert app.language == "en"
