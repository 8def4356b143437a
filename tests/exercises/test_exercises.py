"""Every exercise of the course: its solution passes, what the learner begins with does not."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from minimind_tui.commands.check import Tried
from minimind_tui.exercise.checker import Outcome, first_failure, outcomes
from tests.exercises.files import FILES


@cache
def tried() -> dict[Path, Outcome]:
    """What became of every file: one process tries them all."""
    return dict(zip((file.path for file in FILES), outcomes([file.job for file in FILES]), strict=True))


@pytest.mark.parametrize(
    "file", [pytest.param(file, id=f"{file.module}/{file.exercise} {file.part}") for file in FILES]
)
def test_a_solution_passes_and_a_starter_does_not(file: Tried) -> None:
    outcome = tried()[file.path]
    failure = first_failure(outcome)
    if file.part == "solution":
        assert failure is None, f"line {failure[1]}: {failure[0].en}" if failure else ""
        return
    assert failure is not None, "the starter passes"
    assert outcome.problem is None, "a starter can be loaded, and each case ends in its time"
