"""Modules that begin with a self-test: whoever passes it may skip the rest, which then counts as done."""

from __future__ import annotations

from collections.abc import Collection

from minimind_tui.content.course import Course
from minimind_tui.content.paths import module_tasks


def self_test_passed(course: Course, done: Collection[tuple[str, str]], module: str) -> bool:
    """Whether `module` begins with a self-test and that is among `done`: the learner may skip the rest."""
    known = course.modules.get(module)
    return known is not None and known.quiz_first and ("quiz", f"{module}/quiz") in done


def credited(course: Course, done: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """What counts as done, by kind and reference: what was done, and all of the modules whose self-test was passed."""
    skippable = [module for module in course.modules if self_test_passed(course, done, module)]
    return {*done, *((task.kind, task.ref) for module in skippable for task in module_tasks(course, module))}
