"""Reviews are counted in the learner's days, which begin at 4:00: in any time zone, over changes of the clock."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minimind_tui.content.course import Course
from minimind_tui.practice import clock, review
from minimind_tui.practice.clock import DAY, day
from minimind_tui.practice.store import Progress

CHINA, NEW_YORK = "CST-8", "EST5EDT,M3.2.0,M11.1.0"
ATHENS = "EET-2EEST,M3.5.0/3,M10.5.0/4"
"""Its clocks go back from 4:00 to 3:00, and on from 3:00 to 4:00: a day begins just there."""
ZONES = ("UTC0", CHINA, NEW_YORK, ATHENS, "<+1245>-12:45<+1345>,M9.5.0/2:45,M4.1.0/3:45", "<-12>12", "<+14>-14")

GRADES = st.sampled_from((1, 2, 3, 4))
DATES = st.dates(date(2026, 1, 1), date(2027, 12, 31))
IN_A_DAY = st.floats(0.0, 22.9 * 3600)
"""Seconds after the beginning of a day that has 23, 24 or 25 hours."""


@contextmanager
def zone(name: str) -> Iterator[None]:
    """The machine is in this time zone."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = name
    time.tzset()
    try:
        yield
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        time.tzset()


@pytest.fixture(autouse=True)
def at_home() -> Iterator[None]:
    with zone(CHINA):
        yield


def at(written: str) -> float:
    """The moment that the clock on the wall shows."""
    return datetime.fromisoformat(written).timestamp()


def counted(moment: float) -> int:
    """The number of the learner's day, counted plainly from what the clock on the wall shows."""
    wall = time.localtime(moment)
    return date(wall.tm_year, wall.tm_mon, wall.tm_mday).toordinal() - (wall.tm_hour < 4)


@given(st.sampled_from(ZONES), st.floats(1.6e9, 2e9))
def test_a_day_is_from_four_to_four(name: str, moment: float) -> None:
    with zone(name):
        today = day(moment)
        assert today.toordinal() == counted(moment)
        assert clock.beginning(today) <= moment < clock.beginning(today + timedelta(days=1))
        assert counted(clock.beginning(today)) == counted(clock.beginning(today) - 1) + 1 == today.toordinal()


@given(
    st.sampled_from(ZONES),
    st.lists(st.tuples(DATES, GRADES, IN_A_DAY, IN_A_DAY), min_size=1, max_size=6),
)
def test_a_schedule_depends_on_the_days_alone(
    name: str, reviewed: list[tuple[date, review.Grade, float, float]]
) -> None:
    """Each is reviewed at two times of the same days: both stand alike, as many days later as plain counting says."""
    with zone(name):
        reviewed.sort(key=lambda each: each[0])
        early = [(clock.beginning(when) + second, grade) for when, grade, second, _ in reviewed]
        late = [(clock.beginning(when) + second, grade) for when, grade, _, second in reviewed]
        one, other = review.schedule(early), review.schedule(late)
        assert one.interval == other.interval > timedelta()
        assert one.stability == other.stability > 0
        if one.interval >= review.IN_DAYS:
            assert one.due == other.due
            assert counted(one.due) - reviewed[-1][0].toordinal() == one.interval.days
            assert counted(one.due - 1) == counted(one.due) - 1
        else:
            assert one.due == early[-1][0] + one.interval.total_seconds()


def test_a_review_on_the_next_day_counts_however_few_hours_lie_between() -> None:
    first = at("2026-03-01T20:10")
    assert review.schedule([(first, 4)]).stability == pytest.approx(8.2956)
    same = review.schedule([(first, 4), (at("2026-03-02T03:59"), 3)])
    apart = [review.schedule([(first, 4), (at(f"2026-03-02T{hour}"), 3)]) for hour in ("04:00", "20:09", "20:11")]
    assert same.stability == pytest.approx(8.2956, abs=0.5)
    assert {each.stability for each in apart} == {apart[0].stability}
    assert apart[0].stability > same.stability + 4


@pytest.mark.parametrize(
    ("name", "when", "hours"),
    [
        (NEW_YORK, date(2026, 3, 7), 23),
        (NEW_YORK, date(2026, 10, 31), 25),
        (ATHENS, date(2026, 3, 28), 23),
        (ATHENS, date(2026, 10, 24), 25),
        (CHINA, date(2026, 3, 7), 24),
    ],
)
def test_a_day_may_have_another_hour_or_one_less(name: str, when: date, hours: int) -> None:
    with zone(name):
        begins, ends = clock.beginning(when), clock.beginning(when + timedelta(days=1))
        assert ends - begins == hours * 3600
        same = review.schedule([(begins, 4), (ends - 60, 3)])
        apart = review.schedule([(ends - 60, 4), (ends, 3)])
        assert same.stability == pytest.approx(8.2956, abs=0.5), "on one day, even if it has 25 hours"
        assert apart.stability > same.stability + 4, "on two days, a minute apart"


def test_a_card_is_offered_from_four_in_the_morning_of_its_day(course: Course, progress: Progress) -> None:
    card, other = offered = review.items(course, progress, ["small"])
    review.keep_grade(progress, other, 4, at("2026-02-01T12:00"))
    graded: list[tuple[float, review.Grade]] = [
        (at("2026-03-01T20:10"), 1),
        (at("2026-03-01T20:12"), 3),
        (at("2026-03-01T20:25"), 3),
    ]
    for moment, grade in graded:
        review.keep_grade(progress, card, grade, moment)
    due = date(2026, 3, 1) + review.schedule(graded).interval
    assert day(review.schedule(graded).due) == due
    night = at(f"{due}T03:59:59")
    assert review.session(progress, offered, night).items == [other], "what is due at 4:00 is not there before"
    assert review.coming(progress, offered, night) == [(due - timedelta(days=1), 1), (due, 1)]
    for time_of_day in ("04:00", "19:30", "23:59"):
        moment = at(f"{due}T{time_of_day}")
        assert review.session(progress, offered, moment).due == [other, card]
        assert review.coming(progress, offered, moment) == [(due, 2)]
    assert review.session(progress, offered, at(f"{due + timedelta(days=1)}T01:00")).due == [other, card]


def test_after_midnight_it_is_still_the_evening_before(
    course: Course, progress: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review, "NEW_A_DAY", 1)
    first, second = offered = review.items(course, progress, ["small"])
    review.keep_grade(progress, first, 4, at("2026-03-01T23:00"))
    assert review.session(progress, offered, at("2026-03-02T03:00")).new == []
    assert review.session(progress, offered, at("2026-03-02T04:00")).new == [second]


def test_what_is_forgotten_comes_back_in_minutes_over_the_beginning_of_a_day(
    course: Course, progress: Progress
) -> None:
    first, _ = offered = review.items(course, progress, ["small"])
    moment = at("2026-03-02T03:59:30")
    review.keep_grade(progress, first, 1, moment)
    assert review.session(progress, offered, moment + 1).soon == [first]
    assert review.session(progress, offered, moment + 61).due == [first]


@pytest.mark.parametrize("there", [NEW_YORK, "<+14>-14"])
def test_a_journey_moves_a_card_by_a_day_at_most_and_loses_nothing(
    course: Course, progress: Progress, there: str
) -> None:
    card, _ = offered = review.items(course, progress, ["small"])
    review.keep_grade(progress, card, 4, at("2026-03-01T09:00"))
    before = review.schedule(review.reviews(progress)[card.ref])
    with zone(there):
        away = review.schedule(review.reviews(progress)[card.ref])
        assert away.interval == before.interval
        assert abs(away.due - before.due) <= DAY
        assert review.session(progress, offered, away.due).due == [card]
    assert review.schedule(review.reviews(progress)[card.ref]) == before, "back at home all is as it was"


def test_a_clock_that_was_wrong_hides_no_card_and_loses_no_review(course: Course, progress: Progress) -> None:
    first, second = offered = review.items(course, progress, ["small"])
    today = at("2026-03-01T12:00")
    review.keep_grade(progress, first, 4, today - 20 * DAY)
    for item in offered:
        review.keep_grade(progress, item, 4, at("2031-01-01T12:00"))
    assert review.session(progress, offered, today).items == [first, second]
    for item in offered:
        review.keep_grade(progress, item, 4, today)
    assert review.session(progress, offered, today).items == []
    assert sum(map(len, review.reviews(progress).values())) == 5
    assert review.interval_after(progress, first, 3, today + 30 * DAY) > timedelta(days=30)
    later = review.session(progress, offered, today + 200 * DAY)
    assert later.due == [second, first], "the one that was known before the wrong date comes later"


def test_a_clock_set_back_by_an_hour_asks_nothing_twice(course: Course, progress: Progress) -> None:
    first, second = offered = review.items(course, progress, ["small"])
    moment = at("2026-03-01T12:00")
    review.keep_grade(progress, first, 4, moment)
    review.keep_grade(progress, second, 4, moment - 3600)
    assert review.session(progress, offered, moment - 3600).items == []


def test_the_running_program_notices_another_time_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = at("2026-03-01T12:00")
    monkeypatch.setenv("TZ", "<-12>12")
    assert clock.now() > moment
    assert datetime.fromtimestamp(moment).hour == 16, "16:00 of the day before, twenty hours west"
