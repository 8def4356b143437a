"""The rows by which a place in a lesson is found again: its headings and its experiments.

The same text at another width, in the other language or with new figures has other rows, but the same landmarks in the
same order. Between two of them a place is kept as the part of the way.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from rich.segment import Segment

from minimind_tui.practice.search import folded
from minimind_tui.ui.lesson.embed import Spot

LANDMARK = "landmark"

HEADING_CELLS = 16
"""So much of a heading is enough to find it: a long one goes on in another row."""


def landmarks(lines: Sequence[Sequence[Segment]], spots: Iterable[Spot]) -> list[int]:
    """The rows of a text at which something begins, as it has been laid out: its top first, last the row under it."""
    marked = [any(style is not None and LANDMARK in style.meta for _, style, _ in line) for line in lines]
    headings = {row for row, is_heading in enumerate(marked) if is_heading and not (row and marked[row - 1])}
    return sorted({0, len(lines), *headings, *(spot.top for spot in spots)})


def way_to(row: float, marks: Sequence[int]) -> float:
    """How far along the landmarks a row is: 2.5 is half-way from the third to the fourth."""
    if len(marks) < 2:
        return 0.0
    at = min(bisect_right(marks, row), len(marks) - 1) - 1
    return at + (row - marks[at]) / (marks[at + 1] - marks[at])


def row_at(way: float, marks: Sequence[int]) -> int:
    """The row that is as far along the landmarks."""
    if len(marks) < 2:
        return 0
    at = min(int(way), len(marks) - 2)
    return round(marks[at] + (way - at) * (marks[at + 1] - marks[at]))


def row_of(rows: Sequence[str], heading: str, words: Sequence[str]) -> int:
    """The first row under `heading` in which one of the words stands, else the heading's own, else the top."""
    compared = [folded(row) for row in rows]
    start = folded(heading)[:HEADING_CELLS]
    first = next((at for at, row in enumerate(compared) if start and row.strip().startswith(start)), 0)
    hits = (at for at in range(first, len(compared)) if any(word in compared[at] for word in words))
    return next(hits, first)
