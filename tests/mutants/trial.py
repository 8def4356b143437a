"""What becomes of the mutants of an exercise: its check catches them, or they survive."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from minimind_tui.exercise.checker import Job, outcomes
from minimind_tui.practice.exercises import all_exercises
from tests.exercises.files import COURSE
from tests.exercises.mistakes import folder_of
from tests.mutants.mutate import Mutant, mutants
from tests.mutants.rewrite import rewrites

HERE = Path(__file__).parents[1] / "exercises"
TABLE, EQUIVALENT = HERE / "mutants.md", HERE / "equivalent.toml"
WITH_GRADIENTS = (
    "attention/scaled-dot-product",
    "attention/multi-head-gqa",
    "block/pre-ln-block",
    "block/tiny-decoder",
    "feed-forward/swiglu",
    "normalization/rmsnorm",
    "position/rope",
    "pretraining/cross-entropy",
)
"""Exercises whose functions are trained through."""

MUTANT_SECONDS = 20.0


def exercises() -> list[str]:
    """Every exercise of the course."""
    return [each.ref for each in all_exercises(COURSE)]


def solution_of(exercise: str) -> str:
    """The exercise's solution."""
    return (folder_of(exercise) / "solution.py").read_text("utf-8")


@cache
def mutants_of(exercise: str) -> list[Mutant]:
    """The mutants of the exercise's solution."""
    return mutants(solution_of(exercise), detached=exercise in WITH_GRADIENTS)


def equivalent() -> dict[str, dict[str, str]]:
    """For each exercise the changes that leave an answer right, and why."""
    return {name: dict(rows) for name, rows in tomllib.loads(EQUIVALENT.read_text("utf-8")).items()}


class Trial(NamedTuple):
    """An exercise's mutants: those that are caught, and those that survive."""

    exercise: str
    caught: list[Mutant]
    survived: list[Mutant]
    rewritten: int = 0
    """How many other ways to write the same were tried."""
    refused: list[str] = []
    """Those of them that the check did not accept."""

    def unexplained(self) -> list[Mutant]:
        """The survivors that are not known to be right."""
        known = equivalent().get(self.exercise, {})
        return [mutant for mutant in self.survived if mutant.change not in known]


def tried(names: Iterable[str]) -> Iterator[Trial]:
    """Every mutant of these exercises, checked, one process for all of an exercise."""
    for name in names:
        every, folder = mutants_of(name), folder_of(name)
        same = rewrites(solution_of(name))
        codes = [*(each.code for each in every), *(code for _, code in same)]
        jobs = [Job(str(folder / "solution.py"), str(folder / "check.py"), source=code) for code in codes]
        passed = [outcome.passed for outcome in outcomes(jobs, MUTANT_SECONDS)]
        refused = [change for (change, _), right in zip(same, passed[len(every) :], strict=True) if not right]
        passed = passed[: len(every)]
        caught = [mutant for mutant, right in zip(every, passed, strict=True) if not right]
        yield Trial(name, caught, [mutant for mutant in every if mutant not in caught], len(same), refused)
