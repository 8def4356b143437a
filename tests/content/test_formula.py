"""Formulas: nothing raw reaches the screen, and grouping is kept."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minimind_tui.content.formula import block_formula, inline_formula


@pytest.mark.parametrize(
    ("latex", "line"),
    [
        (r"\frac{1}{3C}", "1/(3C)"),
        (r"\frac{x+1}{y_i}", "(x+1)/yᵢ"),
        (r"0.41^{19} \approx 4 \times 10^{-8}", "0.41¹⁹ ≈ 4 × 10⁻⁸"),
        (r"\sqrt{2D}", "√(2D)"),
        (r"\sqrt{D}", "√D"),
        (r"\frac{Q K^T}{\sqrt{D}}", "(Q Kᵀ)/√D"),
        (r"q \cdot k", "q · k"),
        (r"-\infty", "-∞"),
    ],
)
def test_a_formula_on_a_line(latex: str, line: str) -> None:
    assert inline_formula(latex) == line


def test_a_block_is_drawn_in_two_dimensions() -> None:
    rows = block_formula(r"\frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}}", 60)
    assert len(rows) >= 3
    assert any("─" in row for row in rows)


def test_a_block_that_is_too_wide_becomes_lines() -> None:
    rows = block_formula(r"\frac{a + b + c + d + e}{f}", 8)
    assert all(len(row) <= 12 for row in rows)
    assert "\\" not in "".join(rows)


@settings(deadline=None, max_examples=80)
@given(st.text(alphabet=r"\{}^_$abx12+-= fracsqrt", max_size=30))
def test_nothing_raises_and_nothing_stays_raw(latex: str) -> None:
    assert "\\" not in inline_formula(latex)
    assert isinstance(block_formula(latex, 40), list)
