"""Small matrices as tables of their values: a sweep over two settings is read off, not guessed from shades.

As many as there is room for stand together, beside or under each other, so that arms can be compared.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from minimind_tui.ui.plot.matrix import shade
from minimind_tui.ui.style import rich_styles
from minimind_tui.views.matrix import MatrixView, fitted
from minimind_tui.views.numbers import written

if TYPE_CHECKING:
    from textual.app import App

GAP = 3
Line = list[Segment]


def tables(
    app: App[Any], views: list[MatrixView], index: int, cursor: tuple[int, int] | None, width: int, height: int
) -> tuple[list[Line], bool]:
    """The tables of `views` and whether they are all there: not where `width` times `height` has no room for them.

    Then it is the one at `index` alone.
    """
    order = sorted({value for view in views for row in view.rows for value in row if math.isfinite(value)})
    every = [_table(app, view, cursor if at == index else None, width, order) for at, view in enumerate(views)]
    widths = [_width(lines) for lines in every]
    if sum(widths) + GAP * (len(every) - 1) <= width:
        return _beside(every, widths), True
    if sum(len(lines) + 1 for lines in every) - 1 <= height:
        return [line for lines in every for line in ([], *lines)][1:], True
    return every[index], False


def _table(
    app: App[Any], view: MatrixView, cursor: tuple[int, int] | None, width: int, order: list[float]
) -> list[Line]:
    """Title, what runs down and across, and a row of values for each row of the matrix.

    The shade is a value's place in `order`, so that one that has exploded does not make all others alike.
    """
    styles = rich_styles(app)
    texts = [[written(value) for value in row] for row in view.rows]
    columns = max((len(row) for row in texts), default=0)
    labels = [*view.column_labels[:columns], *[""] * (columns - len(view.column_labels))]
    across = [f"{view.across} " * bool(view.across) + "→"]
    left = max([cell_len(label) for label in view.row_labels] + [cell_len(view.down) + 2, 2])
    left = min(left, max(4, width // 3))
    longest = max([cell_len(text) for row in texts for text in row] + [cell_len(label) for label in labels] + [1])
    cell = max(longest + 1, min(longest + 2, (width - left) // max(1, columns)))
    shown = max(1, min(columns, (width - left) // cell))
    first = max(0, min((cursor or (0, 0))[1] - shown + 1, columns - shown))
    corner = fitted(f"{view.down} ↓", left)
    lines: list[Line] = [
        [Segment(view.title, styles["strong"]), Segment("  " + across[0], styles["muted"])],
        [Segment(corner + " " * (left - cell_len(corner)), styles["muted"])]
        + [Segment(_right(fitted(label, cell - 1), cell), styles["muted"]) for label in labels[first : first + shown]],
    ]
    for at, row in enumerate(view.rows):
        label = fitted(view.row_labels[at] if at < len(view.row_labels) else str(at), left)
        line: Line = [Segment(label + " " * (left - cell_len(label)), styles["muted"])]
        for column in range(first, min(len(row), first + shown)):
            here, value = cursor == (at, column), row[column]
            part = bisect_left(order, value) / max(1, len(order) - 1)
            style = shade(app, part) if math.isfinite(value) else styles["bad"]
            line.append(Segment(" "))
            line.append(Segment(_right(texts[at][column], cell - 1), style + Style(reverse=here)))
        lines.append(line)
    return lines


def _right(text: str, width: int) -> str:
    return " " * (width - cell_len(text)) + text


def _width(lines: list[Line]) -> int:
    return max((sum(segment.cell_length for segment in line) for line in lines), default=0)


def _beside(every: list[list[Line]], widths: list[int]) -> list[Line]:
    """Tables in one row, their tops level."""
    rows: list[Line] = []
    for at in range(max(map(len, every))):
        line: Line = []
        for lines, width in zip(every, widths, strict=True):
            own = lines[at] if at < len(lines) else []
            line += [*own, Segment(" " * (width - sum(segment.cell_length for segment in own) + GAP))]
        rows.append(line)
    return rows
