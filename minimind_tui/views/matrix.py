"""A matrix as signs and shades: what a cell says without colour, and the colour that says it again.

Weights and other numbers of one sign are tenths of the range, `·` to `9`. Where a matrix has both signs, 0 is the
middle: `-9` to `9`, or `-`, `·` and `+` where a cell has one column only.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from rich.cells import cell_len

WEIGHTS = (0.0, 1.0)
"""The range of weights: their digits are tenths and need no scale."""


@dataclass(frozen=True)
class MatrixView:
    """One matrix and its labels; `rows[i][j]` stands in row i and column j.

    `name` is what it is called apart from its arm, `arm` the arm's index and `arm_label` its name; `down` and
    `across` say what the rows and the columns are.
    """

    title: str
    rows: list[list[float]]
    row_labels: list[str]
    column_labels: list[str]
    name: str = ""
    arm: int = 0
    arm_label: str = ""
    down: str = ""
    across: str = ""


@dataclass(frozen=True)
class Scale:
    """The range of a matrix's finite values."""

    low: float
    high: float

    @property
    def diverging(self) -> bool:
        """Whether 0 lies within, and is the middle."""
        return self.low < 0 < self.high

    def part(self, value: float) -> float:
        """From 0 to 1 within the range; from -1 to 1 around 0 where it has both signs."""
        if self.diverging:
            return value / max(-self.low, self.high)
        return (value - self.low) / (self.high - self.low)

    def empty(self, value: float) -> bool:
        """Whether nothing is drawn: what a mask has shut out, and what is no number."""
        return not math.isfinite(value) or (value == 0 and self.low == 0)

    def sign(self, value: float, width: int) -> str:
        """What stands in a cell of `width` columns."""
        if self.empty(value):
            return " " * width
        part = self.part(value)
        if self.diverging and width < 2:
            return "·" if abs(part) < 0.25 else "+" if part > 0 else "-"
        tenth = min(9, int(abs(part) * 10 + 0.5))
        digit = "·" if abs(part) < 0.05 else f"-{tenth}" if part < 0 else str(tenth)
        return digit.rjust(width) if width < 3 else digit.center(width)

    def legend(self, width: int) -> str:
        """What the signs stand for; nothing for weights."""
        if (self.low, self.high) == WEIGHTS:
            return ""
        if not self.diverging:
            return f"· = {self.low:.2f}  9 = {self.high:.2f}"
        top = max(-self.low, self.high)
        return f"+ > {top / 4:.2f}  - < {-top / 4:.2f}" if width < 2 else f"-9 = {-top:.2f}  · = 0  9 = {top:.2f}"


def scale_of(rows: Iterable[Iterable[float]]) -> Scale:
    """From the least finite value to the largest; weights always from 0 to 1."""
    finite = [value for row in rows for value in row if math.isfinite(value)]
    low, high = (min(finite), max(finite)) if finite else WEIGHTS
    if low >= 0 and high <= 1:
        return Scale(*WEIGHTS)
    return Scale(low, high if high > low else low + 1.0)


def fitted(label: str, width: int) -> str:
    """`label` cut to `width` cells, with a sign where something is gone."""
    if cell_len(label) <= width:
        return label
    while label and cell_len(label) > width - 1:
        label = label[:-1]
    return label + "…"
