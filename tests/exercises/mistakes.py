"""Wrong answers for exercises, and right ones of another kind: the solution's text with some of it replaced.

So a wrong answer differs from a right one in its mistake alone. A module's file lists its attempts:

    MISTAKES = [Attempt("block/pre-ln-block", "no second residual", {"x + self.mlp(": "self.mlp("}, "second sum")]
    test_a_mistake_is_named, test_another_way_that_is_right_passes = both_tests(MISTAKES, RIGHT)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest

from minimind_tui.content.roots import bundled_root
from minimind_tui.exercise.checker import Job, Outcome, first_failure, outcomes


def folder_of(exercise: str) -> Path:
    """Where the files of the exercise `module/id` lie."""
    module, _, name = exercise.partition("/")
    return bundled_root() / "lessons" / module / "exercises" / name


class Attempt(NamedTuple):
    """An answer to the exercise `module/id`, and the words that the learner must be told of it."""

    exercise: str
    name: str
    changes: dict[str, str]
    words: str = ""

    @property
    def folder(self) -> Path:
        """Where the exercise's files lie."""
        return folder_of(self.exercise)

    @property
    def code(self) -> str:
        """The answer's text."""
        text = (self.folder / "solution.py").read_text(encoding="utf-8")
        for old, new in self.changes.items():
            assert old in text, f"the solution of {self.exercise} has no {old!r}"
            text = text.replace(old, new)
        return text

    def __str__(self) -> str:
        return f"{self.exercise}: {self.name}"


class Tried:
    """What became of attempts: one process tries them all, when the first is asked for."""

    def __init__(self, *attempts: Sequence[Attempt]) -> None:
        self._attempts = [attempt for group in attempts for attempt in group]

    @cached_property
    def _outcomes(self) -> dict[str, Outcome]:
        with TemporaryDirectory() as folder:
            jobs = []
            for number, attempt in enumerate(self._attempts):
                file = Path(folder) / f"attempt_{number}.py"
                file.write_text(attempt.code, encoding="utf-8")
                jobs.append(Job(str(file), str(attempt.folder / "check.py")))
            return dict(zip(map(str, self._attempts), outcomes(jobs), strict=True))

    def names_the_mistake(self, attempt: Attempt) -> None:
        """Fail unless the first sentence that the learner reads has the attempt's words."""
        failure = first_failure(self._outcomes[str(attempt)])
        assert failure is not None, "it passes"
        assert attempt.words in failure[0].en
        assert failure[0].zh != failure[0].en

    def passes(self, attempt: Attempt) -> None:
        """Fail unless every check passes."""
        failure = first_failure(self._outcomes[str(attempt)])
        assert failure is None, failure


def both_tests(
    mistakes: Sequence[Attempt], right: Sequence[Attempt]
) -> tuple[Callable[[Attempt], None], Callable[[Attempt], None]]:
    """The two tests of a module's attempts, which all are tried by one process: a mistake is named, the rest passes."""
    tried = Tried(mistakes, right)

    @pytest.mark.parametrize("attempt", mistakes, ids=str)
    def a_mistake_is_named(attempt: Attempt) -> None:
        tried.names_the_mistake(attempt)

    @pytest.mark.parametrize("attempt", right, ids=str)
    def another_way_that_is_right_passes(attempt: Attempt) -> None:
        tried.passes(attempt)

    return a_mistake_is_named, another_way_that_is_right_passes
