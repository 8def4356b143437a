"""A course with something to practise, and a learner's progress."""

from __future__ import annotations

from pathlib import Path

import pytest

from minimind_tui.content.course import Course, load_course
from minimind_tui.practice.store import Progress
from tests.tiny import tiny_course
from tests.tiny_practice import add_practice


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return load_course(add_practice(tiny_course(tmp_path / "course")))


@pytest.fixture
def progress(tmp_path: Path) -> Progress:
    return Progress(tmp_path / "progress.sqlite3")
