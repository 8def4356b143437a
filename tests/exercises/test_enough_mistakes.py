"""Every exercise of the course has been tried with at least five mistakes that people make."""

from __future__ import annotations

from collections import Counter

import pytest

from minimind_tui.commands.check import Tried
from tests.exercises import (
    test_attention_mistakes,
    test_basics_mistakes,
    test_block_mistakes,
    test_feed_forward_mistakes,
    test_normalization_mistakes,
    test_position_mistakes,
    test_residual_mistakes,
)
from tests.exercises.files import FILES

LEAST = 5
MODULES = (
    test_attention_mistakes,
    test_basics_mistakes,
    test_block_mistakes,
    test_feed_forward_mistakes,
    test_normalization_mistakes,
    test_position_mistakes,
    test_residual_mistakes,
)
TRIED = Counter(attempt.folder for module in MODULES for attempt in module.MISTAKES if attempt.words)


SOLUTIONS = [file for file in FILES if file.part == "solution"]


@pytest.mark.parametrize("solution", SOLUTIONS, ids=lambda file: f"{file.module}/{file.exercise}")
def test_every_exercise_names_five_mistakes(solution: Tried) -> None:
    assert TRIED[solution.path.parent] >= LEAST
