"""A quiz asks the wrong ones first, grades as a whole, and counts the last answer to each question."""

from __future__ import annotations

from pathlib import Path

import pytest

from minimind_tui.content.course import load_course
from minimind_tui.content.practice import MultipleChoice, OpenQuestion, Question, SingleChoice
from minimind_tui.practice import quiz
from minimind_tui.practice.store import Progress
from tests.tiny import tiny_course
from tests.tiny_practice import add_practice


@pytest.fixture
def questions(tmp_path: Path) -> list[Question]:
    return load_course(add_practice(tiny_course(tmp_path / "course"))).quiz("small")


def test_the_order_is_the_seed_s(progress: Progress, questions: list[Question]) -> None:
    orders = {tuple(q.id for q in quiz.asking_order(progress, "small", questions, seed)) for seed in range(8)}
    assert len(orders) > 4
    assert all(sorted(order) == sorted(q.id for q in questions) for order in orders)
    assert quiz.asking_order(progress, "small", questions, 3) == quiz.asking_order(progress, "small", questions, 3)
    first = questions[0]
    assert isinstance(first, SingleChoice)
    assert len({tuple(c.id for c in quiz.shuffled_choices(first, seed)) for seed in range(20)}) == 6


def test_wrong_ones_come_first_and_known_ones_last(progress: Progress, questions: list[Question]) -> None:
    known, missed = questions[2], questions[5]
    quiz.keep_answer(progress, "small", known, ["a"], 0.0)
    quiz.keep_answer(progress, "small", known, ["b"], 1.0)
    quiz.keep_answer(progress, "small", missed, ["a"], 1.0)
    quiz.keep_answer(progress, "small", missed, ["b"], 0.0)
    order = quiz.asking_order(progress, "small", questions, 1)
    assert (order[0], order[-1]) == (missed, known)
    assert quiz.standing(progress, "small", questions) == (1, 1, len(questions) - 2)
    assert quiz.ever_missed(progress, "small") == {known.id, missed.id}


def test_all_right_choices_and_no_other(questions: list[Question]) -> None:
    even = next(question for question in questions if isinstance(question, MultipleChoice))
    assert quiz.grade(even, ["c", "a"])
    assert not quiz.grade(even, ["a"])
    assert not quiz.grade(even, ["a", "b", "c"])
    assert not quiz.grade(even, [])


def test_an_open_answer_is_worth_the_points_it_meets(questions: list[Question]) -> None:
    why = next(question for question in questions if isinstance(question, OpenQuestion))
    assert [round(quiz.rubric_score(why, range(met)), 2) for met in range(4)] == [0, 0.33, 0.67, 1]
    assert [quiz.is_right(quiz.rubric_score(why, range(met))) for met in range(4)] == [False, False, True, True]
    assert quiz.rubric_score(why, [0, 0, 9]) == pytest.approx(1 / 3)


def test_a_quiz_is_passed_from_four_in_five_on() -> None:
    assert quiz.Standing(8, 2, 0).passed
    assert not quiz.Standing(7, 3, 0).passed
    assert not quiz.Standing(7, 0, 3).passed
    assert not quiz.Standing(0, 0, 0).passed


def test_modules_whose_names_begin_alike_are_apart(progress: Progress, questions: list[Question]) -> None:
    quiz.keep_answer(progress, "small-er", questions[0], ["a"], 0.0)
    quiz.keep_answer(progress, "sma__", questions[1], ["a"], 0.0)
    assert quiz.last_scores(progress, "small") == {}
    assert quiz.ever_missed(progress, "small") == set()
