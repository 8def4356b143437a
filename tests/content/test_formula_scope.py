"""What a formula on a line says is what it means: read again by the rules of arithmetic, it has the same value.

A product without a sign is read in both ways there are: 1/3 C as (1/3) C, and as 1/(3 C).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minimind_tui.content.formula import inline_formula
from minimind_tui.content.formula.symbols import SUPERSCRIPTS
from tests.budget import cases
from tests.content.written import joined

VALUES = {"x": 2.5, "y": 1.75, "C": 3.25, "π": math.pi}
RAISED = {small: base for base, small in SUPERSCRIPTS.items()}


class Formula(NamedTuple):
    """LaTeX and its value."""

    latex: str
    value: float


ATOMS = st.sampled_from(
    [Formula("x", 2.5), Formula("y", 1.75), Formula("C", 3.25), Formula("\\pi", math.pi)]
) | st.integers(1, 12).map(lambda number: Formula(str(number), number))


@st.composite
def arithmetic(draw: st.DrawFn, deepest: int = 3) -> Formula:
    """A sum, product, fraction, root or power, as TeX would set it."""
    form = (
        draw(st.sampled_from(["atom", "+", "-", "·", "", "frac", "tfrac", "sqrt", "square", "group"]))
        if deepest
        else "atom"
    )
    if form == "atom":
        return draw(ATOMS)
    one = draw(arithmetic(deepest - 1))
    if form == "sqrt":
        return Formula(f"\\sqrt{{{one.latex}}}", math.sqrt(abs(one.value))) if one.value >= 0 else one
    if form == "square":
        return Formula(f"\\left({one.latex}\\right)^{{2}}", one.value**2)
    if form == "group":
        return Formula(f"({one.latex})", one.value)
    other = draw(arithmetic(deepest - 1))
    if "frac" in form:
        return Formula(f"\\{form}{{{one.latex}}}{{{other.latex}}}", one.value / other.value) if other.value else one
    if form in ("·", ""):
        sign = draw(st.sampled_from([" \\cdot ", "\\cdot "] if form else [" "]))
        return Formula(joined([_factor(one), sign, _factor(other)]), one.value * other.value)
    return Formula(f"{one.latex} {form} ({other.latex})", one.value + (other.value if form == "+" else -other.value))


def _factor(formula: Formula) -> str:
    """A sum in a product has brackets of its own; nobody writes 2 3 for a product."""
    return (
        formula.latex
        if re.fullmatch(r"[xyC]|\\pi|\\[a-z]+\{[^{}]*\}(\{[^{}]*\})?", formula.latex)
        else f"({formula.latex})"
    )


class Reader:
    """Reads a line of arithmetic; `tight` says whether a product without a sign comes before a division."""

    def __init__(self, text: str, *, tight: bool) -> None:
        self.tokens = re.findall(r"[0-9.]+|[a-zA-Zπ√()+\-·/]|[⁰¹²³⁴⁵⁶⁷⁸⁹]+", text)
        assert "".join(self.tokens) == text.replace(" ", ""), text
        self.tight = tight

    def sum(self) -> float:
        value = self.product()
        while self.next_is("+", "-"):
            value += self.product() if self.tokens.pop(0) == "+" else -self.product()
        return value

    def product(self) -> float:
        value = self.factor()
        while self.tokens and not self.next_is("+", "-", ")"):
            sign = self.tokens.pop(0) if self.next_is("·", "/") else "·"
            value = value / self.factor() if sign == "/" else value * self.factor()
        return value

    def factor(self) -> float:
        value = self.atom()
        while self.tight and self.tokens and not self.next_is("+", "-", ")", "·", "/"):
            value *= self.atom()
        return value

    def atom(self) -> float:
        token = self.tokens.pop(0)
        value = math.sqrt(self.bare(self.tokens.pop(0))) if token == "√" else self.bare(token)
        if self.tokens and self.tokens[0][0] in RAISED:
            value **= int("".join(RAISED[each] for each in self.tokens.pop(0)))
        return value

    def bare(self, token: str) -> float:
        if token == "√":
            return math.sqrt(self.bare(self.tokens.pop(0)))
        if token == "(":
            value = self.sum()
            assert self.tokens.pop(0) == ")"
            return value
        return VALUES[token] if token in VALUES else float(token)

    def next_is(self, *signs: str) -> bool:
        return bool(self.tokens) and self.tokens[0] in signs


@cases(150, nightly=5000)
@given(arithmetic())
def test_a_line_has_the_value_of_the_formula(formula: Formula) -> None:
    line = inline_formula(formula.latex)
    for tight in (False, True):
        reader = Reader(line, tight=tight)
        assert reader.sum() == pytest.approx(formula.value, rel=1e-9, abs=1e-9), line
        assert not reader.tokens


@pytest.mark.parametrize("wrong", [lambda line: line.replace("(", "").replace(")", "")])
def test_without_its_brackets_it_would_not(wrong: Callable[[str], str]) -> None:
    line = inline_formula(r"\frac{1}{x + 1} C")
    assert Reader(line, tight=False).sum() == pytest.approx(3.25 / 3.5)
    assert Reader(wrong(line), tight=False).sum() != pytest.approx(3.25 / 3.5)
