"""One sitting of the spaced review: which card is asked, whether its answer is seen, how long one may still speak.

It knows nothing of a screen. Every grade is kept in the learner's progress as soon as it is given.
"""

from __future__ import annotations

from datetime import timedelta
from enum import Enum, auto

from minimind_tui.content.course import Course
from minimind_tui.content.practice import Card, FollowUp
from minimind_tui.content.schema import Step
from minimind_tui.practice import review
from minimind_tui.practice.clock import day, now
from minimind_tui.practice.review import Grade, Item
from minimind_tui.practice.steps import settle
from minimind_tui.practice.store import Progress

SPEAKING = 60
"""Seconds to answer aloud."""


class Stage(Enum):
    """What the sitting waits for."""

    ASKED = auto()
    """The question is seen, its answer is not."""
    REVEALED = auto()
    """The answer is seen, and waits for a grade."""
    OVER = auto()
    """Nothing is due."""


class ReviewSitting:
    """What is due of some modules, card by card; None is every module of the course."""

    def __init__(self, course: Course, progress: Progress, modules: list[str] | None = None) -> None:
        self.offered: list[Item] = []
        """All that could be asked."""
        self.item: Item | None = None
        """What is asked."""
        self.stage = Stage.OVER
        self.follow_ups_answered = 0
        """How many follow-ups of the card have their answers seen, from the first on."""
        self.graded = 0
        """How many grades were given in this sitting."""
        self.spoken = progress.setting("spoken") == "yes"
        """Whether answers are given aloud, in a minute each."""
        self.seconds_left = SPEAKING
        self._course, self._progress = course, progress
        self._modules = list(course.modules) if modules is None else modules

    def begin(self) -> None:
        """Read the cards and ask the first one that is due."""
        self.offered = review.items(self._course, self._progress, self._modules)
        self.take()

    @property
    def waiting(self) -> review.Session:
        """What is still to be asked."""
        return review.session(self._progress, self.offered, now())

    @property
    def follow_ups(self) -> list[FollowUp]:
        """What an interviewer asks next; nothing before the answer is seen, and nothing about a quiz question."""
        content = self.item.content if self.item is not None and self.stage is Stage.REVEALED else None
        return content.follow_ups if isinstance(content, Card) else []

    @property
    def counting(self) -> bool:
        """Whether the seconds to answer are running."""
        return self.spoken and self.stage is Stage.ASKED

    def take(self) -> None:
        """Ask what is due next, if anything is."""
        items = self.waiting.items
        self.item = items[0] if items else None
        self.stage = Stage.ASKED if items else Stage.OVER
        self.follow_ups_answered = 0
        self.seconds_left = SPEAKING

    def reveal(self) -> bool:
        """Show the answer; False where it is seen already, or nothing is asked."""
        if self.stage is not Stage.ASKED:
            return False
        self.stage = Stage.REVEALED
        return True

    def answer_follow_up(self) -> bool:
        """Show the answer of the next follow-up; False where there is none without it."""
        if self.follow_ups_answered >= len(self.follow_ups):
            return False
        self.follow_ups_answered += 1
        return True

    def second_passed(self) -> None:
        """One second less to answer; after the last one the answer is seen."""
        if self.counting:
            self.seconds_left -= 1
            if self.seconds_left <= 0:
                self.reveal()

    def turn_spoken(self) -> None:
        """Answers aloud, or in the head; kept for the next sittings, and the minute begins again."""
        self.spoken = not self.spoken
        self._progress.set_setting("spoken", "yes" if self.spoken else "no")
        self.seconds_left = SPEAKING

    def grade(self, grade: Grade) -> bool:
        """Keep how well the answer was remembered and ask the next; False where no answer is seen yet."""
        if self.item is None or self.stage is not Stage.REVEALED:
            return False
        review.keep_grade(self._progress, self.item, grade, now())
        settle(self._course, self._progress, Step(kind="review", ref=f"{self.item.module}/cards"), now())
        self.graded += 1
        self.take()
        return True

    def set_interview(self, days: int | None) -> None:
        """The interview is in so many days, or there is none; where nothing was due, something may be now."""
        review.set_interview(self._progress, None if days is None else day(now()) + timedelta(days=days))
        if self.stage is Stage.OVER:
            self.take()
