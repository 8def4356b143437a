"""No right answer is refused for the tools that it uses; one process checks them all."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from minimind_tui.exercise.checker import Job, Outcome, first_failure, outcomes
from tests.exercises.files import COURSE
from tests.exercises.honest import HONEST, NORM, Honest
from tests.exercises.mistakes import folder_of


def forbidden(exercise: str) -> list[str]:
    """What the exercise forbids."""
    module, _, name = exercise.partition("/")
    return next(each.forbidden for each in COURSE.exercises(module) if each.id == name)


@cache
def tried() -> list[Outcome]:
    """What became of every answer."""
    with TemporaryDirectory() as folder:
        jobs = []
        for number, answer in enumerate(HONEST):
            file, exercise = Path(folder) / f"answer_{number}.py", answer.exercise or NORM
            file.write_bytes(answer.code)
            jobs.append(Job(str(file), str(folder_of(exercise) / "check.py"), forbidden=forbidden(exercise)))
        return list(outcomes(jobs))


@pytest.mark.parametrize("answer", HONEST, ids=str)
def test_an_honest_answer_is_never_refused(answer: Honest) -> None:
    failure = first_failure(tried()[HONEST.index(answer)])
    assert failure is None, failure


def test_there_are_many_of_them() -> None:
    assert len(HONEST) > 40
    assert len({answer.name for answer in HONEST}) == len(HONEST)
