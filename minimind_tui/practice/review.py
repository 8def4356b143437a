"""Spaced review: what the learner should be asked today, by FSRS.

Kept is each grade with its time, nothing else: where a card stands follows from its grades, so that the reviews of
two machines can be put together. FSRS: Ye, Su, Cao 2022, "A Stochastic Shortest Path Algorithm for Optimizing Spaced
Repetition Scheduling", in its sixth version.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Literal, NamedTuple

from fsrs import Card as Schedule
from fsrs import Rating, Scheduler

from minimind_tui.content.course import Course
from minimind_tui.content.files import ContentError
from minimind_tui.content.practice import Card, Question
from minimind_tui.practice.clock import day
from minimind_tui.practice.quiz import ever_missed
from minimind_tui.practice.store import Progress

RETENTION = 0.9
"""An item comes back when the chance to remember it has fallen to this."""

NEW_A_DAY = 10
"""New items per day: each comes back several times in the days after."""

AHEAD = timedelta(minutes=20)
"""Items that become due within this time belong to the present session, at its end."""

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
    log, days_left = reviews(progress), days_until(interview(progress), moment)
    present = datetime.fromtimestamp(moment, UTC)
    schedules = {item.ref: schedule(log[item.ref], days_left) for item in offered if item.ref in log}
    asked = [item for item in offered if item.ref in schedules and schedules[item.ref].due <= present + AHEAD]
    asked.sort(key=lambda item: schedules[item.ref].due)
    due = [item for item in asked if schedules[item.ref].due <= present]
    first = [min(log[item.ref])[0] for item in offered if item.ref in log]
    today = sum(day(at) == day(moment) for at in first)
    new = [item for item in offered if item.ref not in log][: max(0, NEW_A_DAY - today)]
    return Session(due, new, asked[len(due) :], len(offered))


def keep_grade(progress: Progress, item: Item, grade: Grade, moment: float) -> None:
    """Store how well an item was remembered."""
    progress.execute("INSERT OR REPLACE INTO review VALUES (?, ?, ?)", item.ref, moment, grade)


def reviews(progress: Progress) -> dict[str, list[tuple[float, Grade]]]:
    """(moment, grade) of every review, by item, in their order."""
    found: defaultdict[str, list[tuple[float, Grade]]] = defaultdict(list)
    rows = progress.execute(
        "SELECT item, at, grade FROM review WHERE typeof(item) = 'text' AND typeof(at) IN ('real', 'integer') "
        "AND at BETWEEN 0 AND 1e10 AND grade IN (1, 2, 3, 4) ORDER BY at"
    )
    for item, at, grade in rows:
        found[item].append((float(at), grade))
    return dict(found)


def schedule(graded: Sequence[tuple[float, Grade]], days_left: int | None = None) -> Schedule:
    """Where an item stands after these reviews: `due`, `stability` in days, `difficulty`.

    No item is scheduled after the day of the interview.
    """
    longest = max(1, days_left) if days_left is not None else 36500
    scheduler = Scheduler(desired_retention=RETENTION, maximum_interval=longest, enable_fuzzing=False)
    state = Schedule(card_id=1, due=datetime.fromtimestamp(0, UTC))
    for at, grade in graded:
        state, _ = scheduler.review_card(state, Rating(grade), datetime.fromtimestamp(at, UTC))
    return state


def due_after(progress: Progress, item: Item, grade: Grade, moment: float) -> datetime:
    """When an item would come back if it got this grade at `moment`."""
    graded = [*reviews(progress).get(item.ref, []), (moment, grade)]
    return schedule(graded, days_until(interview(progress), moment)).due


def coming(progress: Progress, offered: Sequence[Item], moment: float) -> list[tuple[date, int]]:
    """(day, number of items due) for the coming days."""
    log, days_left = reviews(progress), days_until(interview(progress), moment)
    days = Counter(
        max(day(moment), day(schedule(log[item.ref], days_left).due.timestamp())) for item in offered if item.ref in log
    )
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
