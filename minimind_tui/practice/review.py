"""Spaced review: what the learner should be asked today, by FSRS.

Kept is each grade with its time, nothing else: where a card stands follows from its grades, so that the reviews of
two machines can be put together. FSRS: Ye, Su, Cao 2022, "A Stochastic Shortest Path Algorithm for Optimizing Spaced
Repetition Scheduling", in its sixth version.

Time is counted in the learner's days (`clock.day`), as in Anki: two reviews are as many days apart as their days are, a
card is due on a day, from its beginning on, and what is forgotten comes back in minutes on the same day. The library
counts full 24 hours between two moments, and knows of no days: it is told midnights, one for each day.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, NamedTuple

from fsrs import Card as Memory
from fsrs import Rating, Scheduler

from minimind_tui.content.course import Course
from minimind_tui.content.files import ContentError
from minimind_tui.content.practice import Card, Question
from minimind_tui.practice.clock import beginning, day
from minimind_tui.practice.quiz import ever_missed
from minimind_tui.practice.store import Progress

RETENTION = 0.9
"""An item comes back when the chance to remember it has fallen to this."""

NEW_A_DAY = 10
"""New items per day: each comes back several times in the days after."""

AHEAD = timedelta(minutes=20)
"""Items that come back in minutes, within this time, belong to the present session, at its end."""

IN_DAYS = timedelta(days=1)
"""From this interval on, an item is due on a day and not at a moment."""

COMING_DAYS = 14
"""The number of days for which coming reviews are listed."""

INTERVIEW = "interview"
"""The setting that holds the day of the interview."""

Grade = Literal[1, 2, 3, 4]
"""Forgotten, hard, good, easy."""


class Item(NamedTuple):
    """Something to be asked: an interview card, or a question of a quiz that was answered wrongly once."""

    module: str
    content: Card | Question

    @property
    def ref(self) -> str:
        """The name under which the grades of the item are stored."""
        kind = "card" if isinstance(self.content, Card) else "question"
        return f"{kind} {self.module}/{self.content.id}"


class Session(NamedTuple):
    """What is to be asked: what is due, then what is new, then what comes back in minutes; and the number of items."""

    due: list[Item]
    new: list[Item]
    soon: list[Item]
    total: int

    @property
    def items(self) -> list[Item]:
        """All items of the session in the order in which they are asked."""
        return [*self.due, *self.new, *self.soon]

    @property
    def again(self) -> int:
        """The number of items of this session that were reviewed before."""
        return len(self.due) + len(self.soon)


class Schedule(NamedTuple):
    """When an item comes back, as follows from its reviews."""

    due: float
    """The moment from which on it is asked: the beginning of a day, or some minutes after the last review."""
    interval: timedelta
    """The time since the last review: minutes, or a number of days."""
    stability: float
    """The number of days after which it would still be remembered nine times out of ten."""


def items(course: Course, progress: Progress, modules: Sequence[str]) -> list[Item]:
    """The cards of these modules, and the questions missed there; a file that cannot be read gives none."""
    found = []
    for module in modules:
        missed = ever_missed(progress, module)
        with suppress(ContentError):
            found += [Item(module, card) for card in course.cards(module)]
        with suppress(ContentError):
            found += [Item(module, question) for question in course.quiz(module) if question.id in missed]
    return found


def session(progress: Progress, offered: Sequence[Item], moment: float) -> Session:
    """What of `offered` is to be asked at `moment`; new ones of other modules do not use up its ration."""
    log, days_left = reviews(progress, moment), days_until(interview(progress), moment)
    schedules = {item.ref: schedule(log[item.ref], days_left) for item in offered if item.ref in log}
    asked = sorted((item for item in offered if item.ref in log), key=lambda item: schedules[item.ref].due)
    due = [item for item in asked if schedules[item.ref].due <= moment]
    soon = [item for item in asked[len(due) :] if _comes_back_soon(schedules[item.ref], moment)]
    today = sum(day(log[item.ref][0][0]) == day(moment) for item in asked)
    new = [item for item in offered if item.ref not in log][: max(0, NEW_A_DAY - today)]
    return Session(due, new, soon, len(offered))


def _comes_back_soon(schedule: Schedule, moment: float) -> bool:
    return schedule.interval < IN_DAYS and schedule.due <= moment + AHEAD.total_seconds()


def keep_grade(progress: Progress, item: Item, grade: Grade, moment: float) -> None:
    """Store how well an item was remembered."""
    progress.execute("INSERT OR REPLACE INTO review VALUES (?, ?, ?)", item.ref, moment, grade)


def reviews(progress: Progress, moment: float | None = None) -> dict[str, list[tuple[float, Grade]]]:
    """(moment, grade) of every review, by item, in their order.

    At a `moment`, what is dated after its day is left out: it comes from a clock that was wrong, and would keep the
    item hidden until then.
    """
    found: defaultdict[str, list[tuple[float, Grade]]] = defaultdict(list)
    rows = progress.execute(
        "SELECT item, at, grade FROM review WHERE typeof(item) = 'text' AND typeof(at) IN ('real', 'integer') "
        "AND at BETWEEN 0 AND 1e10 AND grade IN (1, 2, 3, 4) ORDER BY at"
    )
    for item, at, grade in rows:
        if moment is None or day(at) <= day(moment):
            found[item].append((float(at), grade))
    return dict(found)


def schedule(graded: Sequence[tuple[float, Grade]], days_left: int | None = None) -> Schedule:
    """When an item comes back after these reviews, one at least, in their order; not after the day of the interview."""
    longest = max(1, days_left) if days_left is not None else 36500
    scheduler = Scheduler(desired_retention=RETENTION, maximum_interval=longest, enable_fuzzing=False)
    memory, last = Memory(card_id=1, due=_midnight(date.min)), date.min
    for at, grade in graded:
        last = max(last, day(at))
        memory, _ = scheduler.review_card(memory, Rating(grade), _midnight(last))
    interval = memory.due - _midnight(last)
    due = beginning(last + interval) if interval >= IN_DAYS else at + interval.total_seconds()
    return Schedule(due, interval, memory.stability or 0.0)


def _midnight(when: date) -> datetime:
    """The day as the library wants it: a moment in UTC, where each day has its 24 hours."""
    return datetime.combine(when, time(), UTC)


def interval_after(progress: Progress, item: Item, grade: Grade, moment: float) -> timedelta:
    """After how many minutes or days an item would come back if it got this grade at `moment`."""
    graded = sorted([*reviews(progress, moment).get(item.ref, []), (moment, grade)])
    return schedule(graded, days_until(interview(progress), moment)).interval


def coming(progress: Progress, offered: Sequence[Item], moment: float) -> list[tuple[date, int]]:
    """(day, number of items due) for the coming days."""
    log, days_left = reviews(progress, moment), days_until(interview(progress), moment)
    days = Counter(day(max(moment, schedule(log[item.ref], days_left).due)) for item in offered if item.ref in log)
    return sorted((when, count) for when, count in days.items() if (when - day(moment)).days < COMING_DAYS)


def interview(progress: Progress) -> date | None:
    """The day of the learner's interview, if one is set."""
    try:
        return date.fromisoformat(progress.setting(INTERVIEW) or "")
    except ValueError:
        return None


def set_interview(progress: Progress, when: date | None) -> None:
    """Set the day of the interview; None removes it."""
    progress.set_setting(INTERVIEW, when.isoformat() if when else "")


def days_until(when: date | None, moment: float) -> int | None:
    """Full days left; None without an interview, or after it."""
    if when is None:
        return None
    left = (when - day(moment)).days
    return left if left >= 0 else None
