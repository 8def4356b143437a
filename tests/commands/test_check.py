"""`minimind-tui check` tries the exercises: where it may, and where they are as they should be."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.tutor import tutor
from tests.content.changes import change
from tests.tiny import tiny_course
from tests.tiny_practice import add_practice

COUNTS = "1 modules, 2 texts, 1 experiments, 8 questions, 2 cards, 1 exercises, 0 problems"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course from elsewhere, with an exercise."""
    return add_practice(tiny_course(tmp_path / "course"))


def test_exercises_from_elsewhere_are_tried_only_with_trust(tmp_path: Path, course: Path) -> None:
    change(course / "lessons/small/exercises/double/solution.py", "x + x", "x + 1")
    careful = tutor(tmp_path, "--course", str(course), "check")
    assert careful.returncode == 0
    assert "The exercises were not run" in careful.stdout
    assert COUNTS in careful.stdout
    trusting = tutor(tmp_path, "--course", str(course), "--trust", "check")
    assert trusting.returncode == 1
    assert "exercises/double/solution.py: Whole numbers: AssertionError" in trusting.stdout
    assert "starter.py" not in trusting.stdout
    without = tutor(tmp_path, "--course", str(course), "check", "--no-exercises")
    assert without.stdout.strip() == COUNTS


def test_a_starter_that_passes_is_found(tmp_path: Path, course: Path) -> None:
    change(course / "lessons/small/exercises/double/starter.py", "return x", "return 2 * x")
    found = tutor(tmp_path, "--course", str(course), "--trust", "check")
    assert found.returncode == 1
    assert "exercises/double/starter.py: passes its checks as it is" in found.stdout


def test_sound_exercises_are_no_problem(tmp_path: Path, course: Path) -> None:
    found = tutor(tmp_path, "--course", str(course), "--trust", "check")
    assert found.stdout.strip() == COUNTS
    assert found.returncode == 0
