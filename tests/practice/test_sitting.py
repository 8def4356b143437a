"""A sitting without any screen: what each kind of question waits for, and that every answer is kept as it is given."""

from __future__ import annotations

import pytest

from minimind_tui.content.course import Course
from minimind_tui.content.practice import MultipleChoice, OpenQuestion
from minimind_tui.practice import quiz
from minimind_tui.practice.mastery import TESTED_OUT
from minimind_tui.practice.sitting import Sitting, Stage
from minimind_tui.practice.store import Progress


@pytest.fixture
def sitting(course: Course, progress: Progress) -> Sitting:
    sitting = Sitting(course, progress, "small")
    sitting.begin()
    return sitting


def answer(sitting: Sitting, *, right: bool = True) -> None:
    """Answer the question that is asked, rightly or not, until its score is kept."""
    if sitting.stage is Stage.SPEAKING:
        sitting.go_on()
    wanted = [
        index
        for index, option in enumerate(sitting.options)
        if (option.right or sitting.stage is Stage.GRADING) == right
    ]
    for index in wanted if right else wanted[:1]:
        assert sitting.mark(index)
    assert sitting.go_on()


def until(sitting: Sitting, stage: Stage) -> None:
    """Answer rightly until a question waits for `stage`."""
    while sitting.stage is not stage:
        answer(sitting)
        sitting.next()


def test_each_answer_is_kept_and_the_wrong_ones_come_first_again(sitting: Sitting, progress: Progress) -> None:
    total = len(sitting.questions)
    assert (sitting.number, sitting.asked, total) == (1, 0, 8)
    for number in range(total):
        assert (sitting.number, sitting.last) == (number + 1, number == total - 1)
        right = number not in (1, 4)
        answer(sitting, right=right)
        assert (sitting.stage, sitting.answered_rightly, sitting.asked) == (Stage.ANSWERED, right, number + 1)
        assert len(quiz.last_scores(progress, "small")) == number + 1
        assert not sitting.mark(0), "what is answered is answered"
        assert sitting.go_on()
    assert (sitting.stage, sitting.question, sitting.right, sitting.number) == (Stage.OVER, None, 6, total)
    assert not sitting.standing.passed
    assert ("quiz", "small/quiz") not in progress.done()
    missed = {question.id for question in sitting.missed}
    sitting.begin()
    assert {question.id for question in sitting.questions[:2]} == missed
    assert (sitting.right, sitting.missed, sitting.asked) == (0, [], 0)
    answer(sitting)
    assert ("quiz", "small/quiz") in progress.done(), "7 of 8 stand as right"


def test_where_one_choice_is_right_a_mark_takes_the_place_of_another(sitting: Sitting) -> None:
    until(sitting, Stage.CHOOSING)
    first, second = sitting.options[0].id, sitting.options[1].id
    assert sitting.mark(0)
    assert sitting.mark(1)
    assert sitting.marked == {second}
    assert sitting.mark(0)
    assert sitting.mark()
    assert sitting.marked == {first}, "the same again leaves it marked"


def test_where_one_choice_is_right_the_cursor_is_enough(sitting: Sitting) -> None:
    until(sitting, Stage.CHOOSING)
    sitting.move(-1)
    assert sitting.cursor == len(sitting.options) - 1
    assert sitting.go_on()
    assert sitting.marked == {sitting.options[-1].id}
    assert sitting.answered_rightly == sitting.options[-1].right


def test_where_several_are_right_nothing_marked_is_no_answer(sitting: Sitting) -> None:
    until(sitting, Stage.MARKING)
    assert isinstance(sitting.question, MultipleChoice)
    assert not sitting.go_on()
    assert sitting.mark(0)
    assert sitting.mark(0)
    assert (sitting.marked, sitting.stage) == (set(), Stage.MARKING), "a mark is taken away by the same key"
    assert not sitting.mark(3), "there are three choices"
    answer(sitting)
    assert sitting.answered_rightly


def test_an_open_question_is_said_then_graded_by_its_points(sitting: Sitting, progress: Progress) -> None:
    until(sitting, Stage.SPEAKING)
    question = sitting.question
    assert isinstance(question, OpenQuestion)
    before = sitting.asked
    assert (sitting.mark(0), sitting.next()) == (False, False)
    assert sitting.go_on()
    assert (sitting.stage, sitting.asked, sitting.next()) == (Stage.GRADING, before + 1, False)
    assert "why" not in quiz.last_scores(progress, "small")
    assert [option.text for option in sitting.options] == question.rubric
    assert sitting.mark(2)
    assert sitting.go_on()
    assert quiz.last_scores(progress, "small")["why"] == pytest.approx(1 / 3)
    assert (sitting.stage, sitting.answered_rightly) == (Stage.ANSWERED, False)


@pytest.mark.parametrize(("wrong", "passed"), [(0, True), (1, False)])
def test_a_test_out_leads_on_at_once_and_counts_at_its_end(
    course: Course, progress: Progress, wrong: int, passed: bool
) -> None:
    sitting = Sitting(course, progress, "small", test_out=True)
    sitting.begin()
    for number in range(7):
        assert sitting.number == number + 1
        assert (TESTED_OUT, "small") not in progress.done()
        answer(sitting, right=number >= wrong)
    assert (sitting.stage, sitting.right, sitting.tested_out) == (Stage.OVER, 7 - wrong, passed)
    assert ((TESTED_OUT, "small") in progress.done()) == passed


def test_a_module_without_a_quiz_is_over_at_once(course: Course, progress: Progress) -> None:
    sitting = Sitting(course, progress, "gone")
    sitting.begin()
    assert (sitting.stage, sitting.questions, sitting.question, sitting.options) == (Stage.OVER, [], None, [])
    assert not sitting.mark()
