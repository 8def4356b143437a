"""Boxes of characters that are put together: each has rows of cells, one of which is its baseline."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

Cells = list[str]
"""One row. A cell is a character with the marks over it; a wide character fills two, the second of them empty."""


class Box(NamedTuple):
    """A rectangle of cells."""

    rows: list[Cells]
    above: int
    """The number of rows over the baseline."""

    @property
    def width(self) -> int:
        """The number of cells in each row."""
        return len(self.rows[0])

    @property
    def below(self) -> int:
        """The number of rows under the baseline."""
        return len(self.rows) - self.above - 1


class Placed(NamedTuple):
    """A box on a canvas: its first row, counted from the baseline of the canvas, and its first column."""

    row: int
    column: int
    box: Box


def of_text(text: str) -> Box:
    """One row of text."""
    cells: Cells = []
    for character in text:
        if cells and unicodedata.category(character) in ("Mn", "Me", "Cf"):
            cells[-1] += character
        elif unicodedata.east_asian_width(character) in "WF":
            cells += [character, ""]
        else:
            cells.append(character)
    return Box([cells], 0)


def canvas(placed: Iterable[Placed]) -> Box:
    """All boxes in one. They do not overlap."""
    boxes = list(placed)
    first = min((each.row for each in boxes), default=0)
    last = max((each.row + len(each.box.rows) for each in boxes), default=1)
    first, last = min(first, 0), max(last, 1)
    width = max((each.column + each.box.width for each in boxes), default=0)
    rows = [[" "] * width for _ in range(last - first)]
    for row, column, box in boxes:
        for index, cells in enumerate(box.rows):
            rows[row - first + index][column : column + len(cells)] = cells
    return Box(rows, -first)


def beside(boxes: Iterable[tuple[int, Box]]) -> Box:
    """Boxes side by side on one baseline, each with the number of cells before it."""
    placed, column = [], 0
    for gap, box in boxes:
        placed.append(Placed(-box.above, column + gap, box))
        column += gap + box.width
    return canvas(placed)


def over(top: Box | None, middle: Box, bottom: Box | None) -> Box:
    """Boxes one over another, each in the middle; the baseline is that of `middle`."""
    width = max(box.width for box in (top, middle, bottom) if box)
    placed = [Placed(-middle.above, (width - middle.width) // 2, middle)]
    if top:
        placed.append(Placed(-middle.above - len(top.rows), (width - top.width) // 2, top))
    if bottom:
        placed.append(Placed(middle.below + 1, (width - bottom.width) // 2, bottom))
    return canvas(placed)
