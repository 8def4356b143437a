"""One exercise while a learner works at it: the file, its checks, the hints taken, the timer, and how all that stands.

It knows nothing of a screen. What a screen alone can know, whether keys are letters at the moment and whether the task
has been read to its end, is passed to `state`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import Enum, auto
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from minimind_tui.base.home import Home
from minimind_tui.base.text import Text
from minimind_tui.content.course import Course
from minimind_tui.content.files import ContentError
from minimind_tui.exercise.checker import Checker, Outcome
from minimind_tui.practice import exercises
from minimind_tui.practice.code_file import CodeFile
from minimind_tui.practice.exercises import CourseExercise, ExerciseError, Standing
from minimind_tui.practice.store import Progress
from minimind_tui.run.own_code import keep_passed

HINTS = 3
"""How many hints an exercise has; what is asked for after the last one is the solution."""


class State(Enum):
    """What the learner can best do next; the first that holds, in this order."""

    UNAVAILABLE = auto()
    """There is no such exercise, or its file cannot be read."""
    WRITING = auto()
    CHECKING = auto()
    READING = auto()
    """Nothing has been checked yet, and the task has not been read to its end."""
    UNCHECKED = auto()
    """The code as it stands has not been checked."""
    PASSED_AND_COMPARED = auto()
    """Passed, with the solution beside it."""
    PASSED = auto()
    SOLUTION_SHOWN = auto()
    """Failed, with the solution beside it."""
    SOLUTION_KNOWN = auto()
    """Failed; the solution was shown before, or the exercise was passed once."""
    FAILED = auto()
    """Failed, with hints left to take."""
    HINTS_TAKEN = auto()
    """Failed, with every hint taken and the solution not asked for."""


class Check(NamedTuple):
    """A check that was begun: what is checked, and how many seconds after the exercise was opened."""

    chosen: CourseExercise
    path: Path
    code: str
    opened: float


class ExerciseSession:
    """The work at the exercise `ref` (`module/exercise`); another exercise, or a fresh start, is another session.

    `clock` counts seconds and never runs back. Only `run` may be called from another thread.
    """

    def __init__(
        self,
        course: Course,
        home: Home,
        progress: Progress,
        ref: str,
        checker: Checker,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.ref = ref
        self.file: CodeFile | None = None
        self.trouble: Text | None = None
        """Why the exercise cannot be worked at."""
        self.outcome: Outcome | None = None
        """Of the last check that came to its end."""
        self.stale = False
        """Whether `outcome` is that of an earlier text."""
        self.checking = False
        self.solution_shown = False
        self._course, self._home, self._progress = course, home, progress
        self._checker, self._clock = checker, clock
        self._opened_at = clock()
        self._timer_from: float | None = None
        self._latest: Check | None = None
        """The check that was begun last, at its end or not."""

    # The exercise and its file.

    @cached_property
    def all_exercises(self) -> list[CourseExercise]:
        """Every exercise of the course, in its order."""
        return exercises.all_exercises(self._course)

    @cached_property
    def chosen(self) -> CourseExercise | None:
        """The exercise; None where the course has none of this name."""
        return next((each for each in self.all_exercises if each.ref == self.ref), None)

    @property
    def position(self) -> tuple[int, int]:
        """Its number among the exercises of the course, from 1, and how many there are."""
        numbers = {each.ref: number for number, each in enumerate(self.all_exercises, 1)}
        return numbers.get(self.ref, 0), len(numbers)

    def neighbour(self, by: int) -> str | None:
        """The exercise so many places on; past the last one comes the first."""
        number, total = self.position
        return self.all_exercises[(number - 1 + by) % total].ref if number else None

    @property
    def opened(self) -> bool:
        """Whether `open` has found the file, or why there is none."""
        return self.file is not None or self.trouble is not None

    def open(self) -> None:
        """Read the learner's file, which begins as the starter; `trouble` says why that cannot be done."""
        if self.chosen is None:
            self.trouble = Text(zh=f"没有练习 {self.ref}。", en=f"There is no exercise {self.ref}.")
            return
        try:
            self.file = CodeFile(exercises.open_file(self._course, self._home, self.chosen))
        except ExerciseError as error:
            self.trouble = error.message

    def reset(self) -> Path | None:
        """Put the starter in the file's place; where the old file is kept. Raises ExerciseError.

        This session is over then.
        """
        if self.chosen is None:
            return None
        aside = exercises.reset(self._course, self._home, self.chosen)
        self._checker.cancel()
        return aside

    # How it stands.

    @property
    def standing(self) -> Standing:
        """Tries, hints taken, whether it was ever passed: what is kept."""
        return exercises.standing(self._progress, self.ref)

    @property
    def may_see_solution(self) -> bool:
        """Whether the solution is the learner's to see without asking."""
        stands = self.standing
        return stands.passed or stands.hints > HINTS

    def state(self, *, writing: bool, reading: bool) -> State:
        """What the learner can best do next."""
        if self.trouble is not None:
            return State.UNAVAILABLE
        if writing:
            return State.WRITING
        if self.checking:
            return State.CHECKING
        if self.outcome is None or self.stale:
            return State.READING if reading and self.outcome is None else State.UNCHECKED
        if self.outcome.passed:
            return State.PASSED_AND_COMPARED if self.solution_shown else State.PASSED
        if self.solution_shown:
            return State.SOLUTION_SHOWN
        if self.may_see_solution:
            return State.SOLUTION_KNOWN
        return State.FAILED if self.standing.hints < HINTS else State.HINTS_TAKEN

    # Checking.

    def typed(self) -> bool:
        """A letter was typed: the outcome is about another text now. Whether that is news."""
        news = self.outcome is not None and not self.stale
        self.stale = self.stale or news
        return news

    @property
    def unchecked(self) -> bool:
        """Whether what the file holds was not checked, and is not being checked."""
        if self.file is None or self._latest is None or self._latest.code != self.file.text:
            return True
        return self.stale and not self.checking

    def begin_check(self) -> Check | None:
        """Begin to check what the file holds; an earlier check no longer counts. None where there is no file."""
        if self.file is None or self.chosen is None:
            return None
        self._latest = Check(self.chosen, self.file.path, self.file.text, self._opened_at)
        self.checking = True
        return self._latest

    def run(self, check: Check) -> Outcome | None:
        """What the check finds; it may take seconds. None where it was cancelled."""
        try:
            return self._checker.check(exercises.job(self._course, check.chosen, check.path, check.code))
        except ContentError as error:
            return Outcome(problem=error.problem.message)
        except OSError as error:  # no process can be started
            reason = error.strerror or str(error)
            problem = Text(
                zh=f"检查的进程启动不了：{reason}。", en=f"The process that checks cannot be started: {reason}."
            )
            return Outcome(problem=problem)

    def keep(self, check: Check, outcome: Outcome) -> None:
        """Write down that a check came to its end, whether or not anybody still waits for it."""
        exercises.keep_attempt(self._progress, self.ref, outcome, self._clock() - check.opened)
        if outcome.passed:
            keep_passed(self._home, self.ref, check.code)

    def take(self, check: Check, outcome: Outcome, text: str) -> bool:
        """Let `outcome` be shown, if its check is the latest; `text` is what the learner's code is by now."""
        if check is not self._latest:
            return False
        self.checking, self.outcome, self.stale = False, outcome, text != check.code
        if outcome.passed:
            self._timer_from = None
        return True

    def leave(self) -> None:
        """The learner goes elsewhere: what is being checked does not matter any more."""
        self._checker.cancel()

    # Help.

    def take_hint(self) -> bool:
        """Take the next hint; False where there is none left."""
        taken = self.standing.hints
        if self.chosen is None or taken >= HINTS:
            return False
        exercises.keep_hint(self._progress, self.ref, taken + 1)
        self.solution_shown = False
        return True

    def give_up(self) -> None:
        """The learner asks for the solution without having passed."""
        exercises.keep_hint(self._progress, self.ref, HINTS + 1)

    def solution(self) -> str:
        """The solution's code. Raises ContentError."""
        return "" if self.chosen is None else exercises.text_of(self._course, self.chosen, "solution")

    # The timer.

    @property
    def seconds_left(self) -> float | None:
        """On the timer; negative past its end, None where it does not run. It stops when the exercise is passed."""
        if self._timer_from is None or self.chosen is None:
            return None
        return self.chosen.exercise.minutes * 60 - (self._clock() - self._timer_from)

    def turn_timer(self) -> None:
        """Begin to count down, or stop."""
        self._timer_from = self._clock() if self._timer_from is None and self.chosen is not None else None
