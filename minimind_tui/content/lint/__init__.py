"""The course's linter: what a reader would stumble over, found before a reader does."""

from __future__ import annotations

from minimind_tui.content.course import Course, Problem
from minimind_tui.content.lint.experiments import experiment_problems
from minimind_tui.content.lint.lessons import lesson_problems
from minimind_tui.content.lint.roadmap import roadmap_problems

__all__ = ["lint"]


def lint(course: Course) -> list[Problem]:
    """Every problem in the course's files, those that loading it found first."""
    return [
        *course.problems,
        *roadmap_problems(course),
        *(problem for ref in course.experiments for problem in experiment_problems(course, ref)),
        *(problem for ref in [*course.lessons, *course.experiments] for problem in lesson_problems(course, ref)),
    ]
