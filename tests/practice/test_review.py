"""Cards come back by FSRS, over simulated days; before an interview nothing is put off beyond it."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minimind_tui.content.course import Course
from minimind_tui.practice import quiz, review
from minimind_tui.practice.clock import DAY, day
from minimind_tui.practice.store import Progress

NOON = datetime(2026, 3, 1, 12).timestamp()


def test_cards_and_missed_questions_are_offered(course: Course, progress: Progress) -> None:
    assert [item.ref for item in review.items(course, progress, ["small", "none"])] == [
        "card small/first",
        "card small/second",
    ]
    quiz.keep_answer(progress, "small", course.quiz("small")[0], ["a"], 0.0)
    assert "question small/sum-1" in [item.ref for item in review.items(course, progress, ["small"])]


def test_a_remembered_card_comes_back_later_and_later_a_forgotten_one_soon(course: Course, progress: Progress) -> None:
    item, other = review.items(course, progress, ["small"])
    today, gaps = NOON, []
    for _ in range(5):
        gaps.append(review.interval_after(progress, item, 3, today))
        review.keep_grade(progress, item, 3, today)
        if gaps[-1] >= review.IN_DAYS:
            assert item not in review.session(progress, [item, other], today + (gaps[-1].days - 1) * DAY).items
        today += gaps[-1].total_seconds()
        assert item in review.session(progress, [item, other], today).due
    assert gaps == sorted(gaps)
    assert gaps[-1] > timedelta(days=20)
    assert review.interval_after(progress, item, 1, today) < timedelta(minutes=60)
    assert review.coming(progress, [item, other], today) == [(day(today), 1)]


def test_a_card_just_forgotten_waits_until_the_others_were_asked(course: Course, progress: Progress) -> None:
    first, second = offered = review.items(course, progress, ["small"])
    review.keep_grade(progress, first, 1, NOON)
    waiting = review.session(progress, offered, NOON + 1)
    assert waiting.items == [second, first]
    assert waiting.again == 1
    assert review.session(progress, offered, NOON + 120).items == [first, second]


def test_new_ones_are_rationed_by_the_day(course: Course, progress: Progress, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(review, "NEW_A_DAY", 1)
    offered = review.items(course, progress, ["small"])
    assert len(review.session(progress, offered, NOON).new) == 1
    review.keep_grade(progress, offered[0], 4, NOON)
    assert review.session(progress, offered, NOON + 60).new == []
    assert review.session(progress, offered, NOON + DAY).new == [offered[1]]


def test_nothing_is_put_off_beyond_the_interview(course: Course, progress: Progress) -> None:
    (item, _), moment = review.items(course, progress, ["small"]), NOON
    review.set_interview(progress, date(2026, 3, 11))
    for _ in range(6):
        interval = review.interval_after(progress, item, 4, moment)
        review.keep_grade(progress, item, 4, moment)
        assert day(moment) + interval <= max(date(2026, 3, 11), day(moment) + timedelta(days=1))
        moment = min(moment + interval.total_seconds(), NOON + 9 * DAY)
    review.set_interview(progress, None)
    assert review.interval_after(progress, item, 4, moment) > timedelta(days=20)


@given(
    graded=st.dictionaries(st.one_of(st.floats(), st.text(max_size=3), st.integers()), st.integers(-1, 9), max_size=8)
)
def test_whatever_is_in_the_file_there_is_a_schedule(graded: dict[float | str | int, int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        progress = Progress(Path(folder) / "progress.sqlite3")
        for at, grade in graded.items():
            with suppress(OverflowError):
                progress.execute("INSERT OR REPLACE INTO review VALUES ('card a/b', ?, ?)", at, grade)
        for reviews in review.reviews(progress).values():
            assert review.schedule(reviews).stability > 0
        progress.close()
