"""A matrix as a grid of signs: a row a line, labels at its left, the columns' first letters under it.

Several small ones stand under each other, so that arms are compared at a glance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style

from minimind_tui.ui.plot.matrix import shade
from minimind_tui.ui.plot.palette import arm_styles
from minimind_tui.ui.style import rich_styles
from minimind_tui.views.marks import mark
from minimind_tui.views.matrix import MatrixView, scale_of

if TYPE_CHECKING:
    from textual.app import App

LABEL_CELLS = 9
LABEL_ROWS = 2
"""Lines under a grid, one letter of each column's label in each."""

Cursor = tuple[int, int] | None
Line = list[Segment]


def grid(
    app: App[Any],
    view: MatrixView,
    cursor: Cursor,
    width: int,
    height: int,
    *,
    count: str = "",
    legend: bool = True,
) -> list[Line]:
    """Title and scale, then as many rows and columns as there is room for, the cursor's among them."""
    styles, scale = rich_styles(app), scale_of(view.rows)
    left = min(LABEL_CELLS, max((cell_len(label) for label in view.row_labels), default=0)) + 1
    columns = max(len(row) for row in view.rows)
    cell = max(1, min(4, (width - left) // max(1, columns)))
    shown = max(1, (width - left) // cell)
    room = max(1, height - 1 - LABEL_ROWS)
    row, column = cursor or (len(view.rows) - 1, 0)
    top = max(0, min(row - room + 1, len(view.rows) - room))
    first = max(0, min(column - shown + 1, columns - shown))
    said = "  ".join(filter(None, (count, scale.legend(cell) if legend else "")))
    heading = [Segment(view.title, styles["strong"]), Segment(f"  {said}", styles["muted"])]
    if room < len(view.rows):
        heading.append(Segment(f"  ↕ {top + 1}–{top + room}/{len(view.rows)}", styles["key"]))
    if shown < columns:
        heading.append(Segment(f"  ↔ {first + 1}–{first + shown}/{columns}", styles["key"]))
    lines = [heading]
    for at in range(top, min(len(view.rows), top + room)):
        label = view.row_labels[at] if at < len(view.row_labels) else str(at)
        here = cursor is not None and cursor[0] == at
        line = [Segment(set_cell_size(label, left), styles["key"] if here else styles["muted"])]
        for place in range(first, min(len(view.rows[at]), first + shown)):
            value, focus = view.rows[at][place], (at, place) == cursor
            style = Style() if scale.empty(value) else shade(app, scale.part(value))
            line.append(Segment(scale.sign(value, cell), style + Style(reverse=focus)))
        lines.append(line)
    labels = view.column_labels[first : first + shown]
    return lines + [[Segment(text, styles["muted"])] for text in _under(labels, left, cell)]


def _under(labels: list[str], left: int, cell: int) -> list[str]:
    """The labels' letters, the first of each in the upper line, the second in the lower."""
    lines = []
    for at in range(LABEL_ROWS):
        text = " " * left
        for label in labels:
            letter = label[at : at + 1]
            letter = letter if cell_len(letter) <= cell else ""
            before = (cell - max(1, cell_len(letter))) // 2
            text += " " * before + letter + " " * (cell - before - cell_len(letter))
        lines.append(text)
    return lines


def stacked(
    app: App[Any], views: list[MatrixView], index: int, cursor: Cursor, width: int, height: int
) -> list[Line] | None:
    """All matrices under each other, the one at `index` marked; None where there is no room for them.

    Labels that the next matrix repeats are left to it, and a scale is said once.
    """
    repeated = [
        at + 1 < len(views) and view.column_labels == views[at + 1].column_labels for at, view in enumerate(views)
    ]
    needed = sum(len(view.rows) + (2 if again else 2 + LABEL_ROWS) for view, again in zip(views, repeated, strict=True))
    if len(views) < 2 or needed - 1 > height:
        return None
    styles, arms = rich_styles(app), arm_styles(app)
    lines: list[Line] = []
    scales = [scale_of(view.rows) for view in views]
    for at, (view, again) in enumerate(zip(views, repeated, strict=True)):
        new = at == 0 or scales[at] != scales[at - 1]
        own = grid(app, view, cursor if at == index else None, width, len(view.rows) + 1 + LABEL_ROWS, legend=new)
        sign = Segment("▶" if at == index else " ", styles["key"])
        own[0] = [sign, Segment(f"{mark(view.arm)} ", arms[view.arm % len(arms)]), *own[0]]
        lines += [*(own[:-LABEL_ROWS] if again else own), []]
    return lines[:-1]
