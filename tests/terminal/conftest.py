"""A learner of its own for each test, whose processes end with the test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal.learner import MANY, Learner
from tests.tiny import until


@pytest.fixture
def learner(tmp_path: Path) -> Iterator[Learner]:
    someone = Learner(tmp_path / "learner", tmp_path / "course")
    someone.prepare(MANY)
    yield someone
    for process in someone.processes():
        process.kill()
    until(lambda: not someone.processes(), "the end of what was left")
