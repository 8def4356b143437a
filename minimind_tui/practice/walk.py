"""A walk along steps, a path's or a module's: which step is open, which comes next, which lab stands beside it."""

from __future__ import annotations

from collections.abc import Collection

from minimind_tui.base.text import Language, Text
from minimind_tui.content.course import PRACTICE, Course
from minimind_tui.content.schema import Step


class Walk:
    """The `steps` and the `index` of the open one; `path_id` is None for what is opened outside a path."""

    def __init__(self, title: Text, steps: list[Step], index: int = 0, path_id: str | None = None) -> None:
        self.title = title
        self.steps = steps
        self.index = max(0, min(index, len(steps) - 1))
        self.path_id = path_id

    @property
    def step(self) -> Step:
        """The step that is open."""
        return self.steps[self.index]

    @property
    def module(self) -> str:
        """The module of the open step."""
        return module_of(self.step)

    @property
    def practises(self) -> bool:
        """Whether the step is one of practice: a page without a lab, from which Enter leads on."""
        return self.step.kind in PRACTICE

    @property
    def following(self) -> Step | None:
        """The step after the open one."""
        return self.steps[self.index + 1] if self.index + 1 < len(self.steps) else None

    @property
    def next_module(self) -> int | None:
        """The index of the first step after the open one that belongs to another module; None where there is none."""
        later = range(self.index + 1, len(self.steps))
        return next((at for at in later if module_of(self.steps[at]) != self.module), None)

    def go(self, by: int) -> bool:
        """Open the step so many places on; False, and nothing changes, where there is none."""
        if not 0 <= self.index + by < len(self.steps):
            return False
        self.index += by
        return True

    def go_to_open(self, done: Collection[tuple[str, str]]) -> bool:
        """Open the first step that is not `done`; False where there is none but steps of practice, which may wait."""
        for at, step in enumerate(self.steps):
            if step.kind not in PRACTICE and (step.kind, step.ref) not in done:
                self.index = at
                return True
        return False

    def experiment_beside(self, course: Course, language: Language) -> str | None:
        """The experiment for the lab beside the open step; None in a module without any.

        It is the step's own, else the last one before it in its module, else the next.
        """
        at = self.index
        for index in (at, *range(at - 1, -1, -1), *range(at + 1, len(self.steps))):
            step = self.steps[index]
            if module_of(step) == self.module:
                found = _experiments_of(step, course, language)
                if found:
                    return found[-1 if index < at else 0]
        return None


def module_of(step: Step) -> str:
    """The module that a step belongs to."""
    return step.ref.partition("/")[0]


def _experiments_of(step: Step, course: Course, language: Language) -> list[str]:
    if step.kind == "lesson":
        from minimind_tui.content.lesson import embedded  # the first screen needs none

        return embedded(course, step.ref, language)
    return [step.ref] if step.kind == "experiment" and step.ref in course.experiments else []
