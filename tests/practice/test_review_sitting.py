"""A sitting of the review without any screen: nothing is graded before it is seen, and a minute has an end."""

from __future__ import annotations

import pytest

from minimind_tui.content.course import Course
from minimind_tui.practice import review
from minimind_tui.practice.review_sitting import SPEAKING, ReviewSitting, Stage
from minimind_tui.practice.store import Progress


@pytest.fixture
def sitting(course: Course, progress: Progress) -> ReviewSitting:
    sitting = ReviewSitting(course, progress)
    sitting.begin()
    return sitting


def test_each_card_is_asked_seen_and_graded(sitting: ReviewSitting, progress: Progress) -> None:
    first = sitting.item
    assert first is not None
    assert (sitting.stage, sitting.grade(4), review.reviews(progress)) == (Stage.ASKED, False, {})
    assert (sitting.reveal(), sitting.reveal(), sitting.stage) == (True, False, Stage.REVEALED)
    assert sitting.grade(4)
    assert list(review.reviews(progress)) == [first.ref]
    assert (sitting.stage, sitting.item != first, sitting.graded) == (Stage.ASKED, True, 1)
    sitting.reveal()
    assert sitting.grade(4)
    assert (sitting.stage, sitting.item, sitting.graded) == (Stage.OVER, None, 2)
    assert (sitting.reveal(), sitting.grade(1)) == (False, False)


def test_a_spoken_answer_has_a_minute(sitting: ReviewSitting, course: Course, progress: Progress) -> None:
    sitting.second_passed()
    assert sitting.seconds_left == SPEAKING, "who does not speak has all the time"
    sitting.turn_spoken()
    assert ReviewSitting(course, progress).spoken
    for left in range(SPEAKING - 1, 0, -1):
        sitting.second_passed()
        assert (sitting.seconds_left, sitting.counting) == (left, True)
    sitting.second_passed()
    assert (sitting.stage, sitting.counting) == (Stage.REVEALED, False)
    assert sitting.grade(4)
    assert (sitting.seconds_left, sitting.counting) == (SPEAKING, True)
    sitting.turn_spoken()
    assert not ReviewSitting(course, progress).spoken


def test_an_interview_may_make_something_due_again(
    sitting: ReviewSitting, progress: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    while sitting.item is not None:
        sitting.reveal()
        sitting.grade(4)
    monkeypatch.setenv("MINIMIND_TUI_DAYS_AHEAD", "3")
    sitting.set_interview(None)
    assert (sitting.stage, review.interview(progress)) == (Stage.OVER, None)
    sitting.set_interview(1)
    assert review.interview(progress) is not None
    assert sitting.stage is Stage.ASKED, "nothing is put off beyond the interview"


def test_without_cards_it_is_over(course: Course, progress: Progress) -> None:
    sitting = ReviewSitting(course, progress, ["gone"])
    sitting.begin()
    assert (sitting.stage, sitting.offered) == (Stage.OVER, [])
