"""A step of practice is done by what was answered and graded, not by being opened."""

from __future__ import annotations

from datetime import datetime

import pytest

from minimind_tui.content.course import Course
from minimind_tui.content.schema import Step
from minimind_tui.practice import quiz, review
from minimind_tui.practice.clock import DAY
from minimind_tui.practice.steps import cards_seen, settle
from minimind_tui.practice.store import Progress

NOON = datetime(2026, 3, 1, 12).timestamp()
QUIZ, CARDS = Step(kind="quiz", ref="small/quiz"), Step(kind="review", ref="small/cards")


def test_a_quiz_is_done_when_enough_of_it_stands_as_right(course: Course, progress: Progress) -> None:
    questions = course.quiz("small")
    needed = quiz.needed(len(questions))
    assert (len(questions), needed) == (8, 7)
    for question in questions[: needed - 1]:
        quiz.keep_answer(progress, "small", question, [], 1.0)
        assert not settle(course, progress, QUIZ, NOON)
    quiz.keep_answer(progress, "small", questions[-1], [], 1.0)
    assert settle(course, progress, QUIZ, NOON)
    assert ("quiz", "small/quiz") in progress.done()
    for question in questions:
        quiz.keep_answer(progress, "small", question, [], 0.0)
    assert settle(course, progress, QUIZ, NOON), "what was passed stays passed"
    assert quiz.standing(progress, "small", questions).right == 0
    assert quiz.best(progress, "small", questions) == needed


def test_cards_are_done_when_each_was_seen(course: Course, progress: Progress) -> None:
    first, second = review.items(course, progress, ["small"])
    assert not settle(course, progress, CARDS, NOON)
    review.keep_grade(progress, first, 1, NOON)
    assert cards_seen(course, progress, "small") == (1, 2)
    assert not settle(course, progress, CARDS, NOON)
    review.keep_grade(progress, second, 1, NOON + 3 * DAY)
    assert settle(course, progress, CARDS, NOON + 3 * DAY)


def test_or_when_a_days_session_was_gone_through(
    course: Course, progress: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review, "NEW_A_DAY", 1)
    first, _ = review.items(course, progress, ["small"])
    review.keep_grade(progress, first, 1, NOON)
    assert not settle(course, progress, CARDS, NOON), "what was forgotten comes back in the same session"
    review.keep_grade(progress, first, 4, NOON + 60)
    assert not settle(course, progress, CARDS, NOON + DAY), "the next day has a new one"
    assert settle(course, progress, CARDS, NOON + 120)


def test_cards_of_another_module_do_not_use_up_the_ration(
    course: Course, progress: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review, "NEW_A_DAY", 1)
    progress.execute("INSERT INTO review VALUES ('card other/one', ?, 4)", NOON)
    assert len(review.session(progress, review.items(course, progress, ["small"]), NOON).new) == 1


def test_what_is_not_there_is_not_done(course: Course, progress: Progress) -> None:
    for step in (Step(kind="quiz", ref="none/quiz"), Step(kind="review", ref="none/cards")):
        assert not settle(course, progress, step, NOON)
    assert not settle(course, progress, Step(kind="exercise", ref="small/double"), NOON)
