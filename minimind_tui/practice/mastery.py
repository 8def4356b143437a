"""What a module still needs: each criterion is tied to evidence, not to a tick that the learner sets.

A module is mastered when its lessons are read, its experiments run, its quiz and its exercises passed. Whoever
knows it already can test out: nearly all choice questions right in one sitting without help, and the exercises. Of a
module that begins with a self-test that alone is asked for.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal, NamedTuple

from minimind_tui.content.course import Course
from minimind_tui.content.files import ContentError
from minimind_tui.content.paths import module_tasks
from minimind_tui.content.practice import OpenQuestion, Question
from minimind_tui.practice.clock import day
from minimind_tui.practice.quiz import needed, standing
from minimind_tui.practice.review import days_until, interview
from minimind_tui.practice.self_test import self_test_passed
from minimind_tui.practice.store import Progress

TESTED_OUT = "tested-out"
"""The kind of step as which a passed test-out is stored."""

TEST_OUT = 0.9
"""The share of choice questions that must be right in one sitting."""

Kind = Literal["lessons", "experiments", "quiz", "exercises"]


class Criterion(NamedTuple):
    """One thing that a module asks for: so much is done, of so much; `enough` of it suffices."""

    kind: Kind
    done: int
    total: int
    enough: int

    @property
    def met(self) -> bool:
        """Whether the criterion is met."""
        return self.done >= self.enough


class Mastery(NamedTuple):
    """The criteria of a module, and how far each is met."""

    criteria: list[Criterion]
    tested_out: bool
    self_tested: bool = False
    """Whether the module begins with a self-test, and it was passed: nothing more is asked for."""

    @property
    def mastered(self) -> bool:
        """Whether nothing is missing; a module without anything cannot be mastered."""
        if not self.criteria:
            return False
        if self.self_tested:
            return True
        asked = [each for each in self.criteria if not self.tested_out or each.kind == "exercises"]
        return all(each.met for each in asked)

    @property
    def fraction(self) -> float:
        """The progress in the module, 0 to 1: the mean over its criteria."""
        if self.mastered:
            return 1.0
        parts = [min(1.0, each.done / each.enough) for each in self.criteria if each.enough]
        return sum(parts) / len(parts) if parts else 0.0


def mastery(course: Course, progress: Progress, module: str) -> Mastery:
    """The mastery of `module`, from what is stored in `progress`."""
    done = progress.done()
    criteria: list[Criterion] = []
    tasks = module_tasks(course, module)
    for kind, step_kind in (("lessons", "lesson"), ("experiments", "experiment")):
        steps = [step for step in tasks if step.kind == step_kind]
        if steps:
            finished = sum((step.kind, step.ref) in done for step in steps)
            criteria.append(Criterion(kind, finished, len(steps), len(steps)))  # type: ignore[arg-type]
    questions = questions_of(course, module)
    if questions:
        stands = standing(progress, module, questions)
        criteria.append(Criterion("quiz", stands.right, stands.total, needed(stands.total)))
    exercises = exercises_of(course, module)
    if exercises:
        passed = sum(("exercise", ref) in done for ref in exercises)
        criteria.append(Criterion("exercises", passed, len(exercises), len(exercises)))
    return Mastery(criteria, (TESTED_OUT, module) in done, self_test_passed(course, done, module))


def questions_of(course: Course, module: str) -> list[Question]:
    """The module's quiz; none where it has none that can be read."""
    try:
        return course.quiz(module)
    except ContentError:
        return []


def exercises_of(course: Course, module: str) -> list[str]:
    """The module's exercises as `module/id`; none where it has none that can be read."""
    try:
        return [f"{module}/{exercise.id}" for exercise in course.exercises(module)]
    except ContentError:
        return []


def keep_test_out(progress: Progress, module: str, questions: list[Question], right: int) -> bool:
    """Whether a sitting without help passes the test-out; if so, it is stored."""
    asked = sum(not isinstance(question, OpenQuestion) for question in questions)
    passed = asked > 0 and right >= TEST_OUT * asked
    if passed:
        progress.mark_done(TESTED_OUT, module)
    return passed


class PlannedDay(NamedTuple):
    """A day before the interview, and the modules for it."""

    day: date
    modules: list[str]


def plan(course: Course, progress: Progress, moment: float) -> list[PlannedDay]:
    """The modules that are not mastered, spread over the days until the interview by their hours.

    The last day is left for the cards where there is more than one. Empty without an interview ahead.
    """
    left = days_until(interview(progress), moment)
    if left is None:
        return []
    missing = [
        module
        for module in course.modules.values()
        if module.state == "ready" and not mastery(course, progress, module.id).mastered
    ]
    count = max(1, left)  # days that can be used, today included, the interview's own not
    hours = sum(module.hours for module in missing)
    planned: list[list[str]] = [[] for _ in range(count)]
    usable = max(1, count - 1)
    before = 0.0
    for module in missing:
        first = min(usable - 1, int(before / hours * usable))
        before += module.hours
        last = min(usable - 1, int(before / hours * usable - 1e-9))
        for index in range(first, last + 1):
            planned[index].append(module.id)
    today = day(moment)
    return [PlannedDay(today + timedelta(days=index), modules) for index, modules in enumerate(planned)]
