"""Formulas: nothing raw reaches the screen, grouping is kept, and what is drawn is what was written."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minimind_tui.content.formula import block_formula, inline_formula, misdrawn, unknown_commands
from minimind_tui.content.formula.box import of_text
from minimind_tui.content.formula.compare import differences
from minimind_tui.content.lesson import ANY_LIVE, formulas
from minimind_tui.content.lint.drawing import formula_problems
from minimind_tui.content.roots import bundled_root
from tests.budget import cases
from tests.content.written import FORMULAS

NARROW = 56
"""The cells of a block on a screen of 60 columns."""


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
        (r"a\cos\phi", "a cos φ"),
        (r"2\ln 3", "2 ln 3"),
        (r"(x)\tanh(y)", "(x) tanh(y)"),
        (r"\cos^2\phi + \log_2 n", "cos² φ + log₂ n"),
        (r"a \cos - b \sin", "a cos - b sin"),
        (r"\tfrac12 + \dfrac{a}{b}", "1/2 + a/b"),
        (r"\frac{8}{3} C", "(8/3) C"),
        (r"\frac{1}{C}\sum x_i^2", "(1/C) Σ xᵢ²"),
        (r"\left(\frac{a}{b}\right)^2", "(a/b)²"),
        (r"\frac{a}{b}^2", "(a/b)²"),
        (r"\sqrt{x}^2", "(√x)²"),
        (r"\sqrt{x^2}", "√(x²)"),
        (r"\sqrt{D}x", "√D x"),
        (r"e^{z_j}", "e^(zⱼ)"),
        (r"W_Kx", "W_K x"),
        (r"1/\sqrt{\cdot}", "1/√(·)"),
        (r"t/W \qquad t \leq W", "t/W    t ≤ W"),
        (r"\begin{pmatrix} 1 & 0 \\ 0 & 1 \end{pmatrix}", "(1 0; 0 1)"),
        (r"\mathbb{E}[x] \in \mathbb{R}", "E[x] ∈ ℝ"),
        (r"90^\circ, R^\top, f'", "90°, Rᵀ, f'"),
        ("𝔼 x", "E x"),
        (r"{}^2 {a+b}^2", "² (a+b)²"),
        (r"[0, 1) + (0, 1]^2 + 1)", "[0, 1) + (0, 1]² + 1)"),
    ],
)
def test_a_formula_on_a_line(latex: str, line: str) -> None:
    assert inline_formula(latex) == line


@pytest.mark.parametrize(
    ("latex", "rows"),
    [
        (r"M = \tfrac{8}{3} C", ["     8", "M = ─── C", "     3"]),
        (r"a \cos\phi", ["a cos φ"]),
        (r"\sum_{i=1}^{N} x_i", ["  N", "  Σ   xᵢ", "i = 1"]),
        (r"\sigma_N = \sqrt{\sigma_0^2 + b^2}", ["σ  = √(σ² + b²)", " N      0"]),
        (r"f(\frac{a}{b})", [" ╭  a  ╮", "f│ ─── │", " ╰  b  ╯"]),
        (r"\sqrt{\frac{1}{2}}", [" ┌─────", " │  1", " │ ───", "√│  2"]),
        (r"e^{-g}", [" -g", "e"]),
        (r"1-\frac{a}{b}", ["     a", "1 - ───", "     b"]),
        (r"W_d W_u", ["W  W", " d  u"]),
        (r"\max_j x_j", ["max xⱼ", " j"]),
        (r"\begin{cases} 1 & x > 0 \\ 0 \end{cases}", ["╭ 1  x > 0", "┤", "╰ 0"]),
    ],
)
def test_a_formula_in_a_block(latex: str, rows: list[str]) -> None:
    assert block_formula(latex) == rows


def test_a_block_that_is_too_wide_becomes_lines() -> None:
    rows = block_formula(r"\frac{a + b + c + d + e}{f}", 8)
    assert all(len(row) <= 12 for row in rows)
    assert "\\" not in "".join(rows)
    rows = block_formula(r"x_m \cdot (x_n + p_n) = x_m \cdot x_n + x_m \cdot p_n", 25)
    assert rows == ["xₘ · (xₙ + pₙ) = xₘ · xₙ", "  + xₘ · pₙ"]
    assert block_formula(r"\frac{a}{b}, \quad y = x + z", 10) == ["a/b,", "y = x + z"]


@cases(60, nightly=2000)
@given(st.text(alphabet=r"\{}^_$abx12+-= fracsqrt&", max_size=30))
def test_nothing_raises_and_nothing_stays_raw(latex: str) -> None:
    assert "\\" not in inline_formula(latex)
    assert isinstance(block_formula(latex, 40), list)


@cases(80, nightly=3000)
@given(FORMULAS)
def test_any_formula_is_drawn_as_it_is_written(latex: str) -> None:
    assert unknown_commands(latex) == []
    for block in (False, True):
        assert misdrawn(latex, block=block) == []


@cases(40, nightly=1500)
@given(FORMULAS, st.integers(12, 60))
def test_a_block_in_a_narrow_pane_loses_nothing(latex: str, width: int) -> None:
    rows = block_formula(latex, width)
    in_two_dimensions = rows == block_formula(latex, 10_000)
    assert differences(latex, rows, block=in_two_dimensions) == []
    assert all(" " not in row.strip() for row in rows if of_text(row).width > width)


@pytest.mark.parametrize(
    ("latex", "drawn", "wrong"),
    [
        (r"a \cos x", "acos x", ["cos"]),
        (r"a \cos x", "arccos x", ["r", "c", "cos"]),
        (r"\frac{1}{2}", "12", ["\\frac"]),
        (r"x + y", "x y", ["+"]),
        (r"x - y", "y - x", ["y", "-"]),
        (r"\phi", "ϕ", ["φ", "ϕ"]),
        (r"\alpha_q", "α 𐞥", ["q", "𐞥"]),
        (r"\sqrt{x}", "x", ["\\sqrt"]),
        (r"f(x)", "f x", ["(", ")"]),
        (r"\hat{x}", "x", ["hat"]),
    ],
)
def test_what_is_lost_or_added_is_named(latex: str, drawn: str, wrong: list[str]) -> None:
    found = differences(latex, [drawn], block=False)
    assert set(wrong) <= set(found)
    assert differences(latex, [inline_formula(latex)], block=False) == []


def test_the_check_of_a_course_names_what_is_drawn_otherwise() -> None:
    ((line, message),) = formula_problems("One.\n\nTwo: $\\hat{xy}$")
    assert (line, "h a t" in message.en, "h a t" in message.zh) == (3, True, True)
    assert not list(formula_problems("$\\frac{1}{2}$ and $x = {{a/b: c | .3f}}$"))


def course_texts() -> Iterator[tuple[Path, str]]:
    """Every text of the course in both languages."""

    def texts_in(value: object) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict | list):
            for each in value.values() if isinstance(value, dict) else value:
                yield from texts_in(each)

    for path in sorted(bundled_root().glob("lessons/**/*.md")):
        yield path, path.read_text()
    for path in sorted(bundled_root().glob("lessons/**/*.toml")):
        yield from ((path, text) for text in texts_in(tomllib.loads(path.read_text())))


def test_every_formula_of_the_course_is_drawn_as_it_is_written() -> None:
    seen = set()
    for path, text in course_texts():
        for written, block, _ in formulas(text):
            latex = ANY_LIVE.sub("0", written)
            assert unknown_commands(latex) == [], path
            assert [misdrawn(latex, block=False), misdrawn(latex, block=True)] == [[], []], f"{path}: {latex}"
            assert not block or max(map(len, block_formula(latex, NARROW))) <= NARROW
            seen.add((path.suffixes[0] if path.suffix == ".md" else "", block))
    assert {(".zh", True), (".en", False), ("", True)} <= seen


def test_a_symbol_is_the_same_letter_in_both_forms() -> None:
    for name in ("phi", "varphi", "epsilon", "cdot", "sim", "mid", "cdots", "top", "sum", "prod"):
        assert [inline_formula(f"\\{name}")] == block_formula(f"\\{name}")


def test_commands_that_nobody_knows_are_named() -> None:
    assert unknown_commands(r"\foo{x} + \begin{picture}\end{picture}") == ["\\begin{picture}", "\\foo"]
    for wrong in (r"\frac{1}", r"\left( x", "x^", "{x", "x}", "x^1^2", r"\begin{matrix} 1"):
        assert unknown_commands(wrong) == ["(syntax)"]
        assert "\\" not in inline_formula(wrong)
        assert re.search("[x1]", inline_formula(wrong))
