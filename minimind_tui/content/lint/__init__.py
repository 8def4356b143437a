"""The linter of the course: it reports every mistake in its files that can be found without running anything."""

from __future__ import annotations

from minimind_tui.content.course import Course
from minimind_tui.content.files import Problem
from minimind_tui.content.lint.embeds import embed_problems, unmet_experiments
from minimind_tui.content.lint.experiments import experiment_problems
from minimind_tui.content.lint.glossary import glossary_problems
from minimind_tui.content.lint.lessons import lesson_problems
from minimind_tui.content.lint.practice import practice_problems
from minimind_tui.content.lint.ready import ready_problems
from minimind_tui.content.lint.roadmap import roadmap_problems
from minimind_tui.content.lint.unwritten import unwritten_problems

__all__ = ["lint"]


def lint(course: Course) -> list[Problem]:
    """Every problem in the course's files, starting with those found while it was loaded."""
    recorded: dict[str, set[str]] = {}
    found = [
        *course.problems,
        *roadmap_problems(course),
        *unwritten_problems(course),
        *ready_problems(course),
        *unmet_experiments(course),
        *(problem for module in course.modules for problem in practice_problems(course, module)),
        *(problem for ref in course.experiments for problem in experiment_problems(course, ref)),
        *(
            problem
            for ref in [*course.lessons, *course.experiments]
            for problem in lesson_problems(course, ref, recorded)
        ),
        *(problem for ref in [*course.lessons, *course.experiments] for problem in embed_problems(course, ref)),
        *glossary_problems(course),
    ]
    return list(dict.fromkeys(found))  # a table that a path needed has been complained of already
