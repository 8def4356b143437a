"""A matrix as coloured cells that can also be read without colour: each cell holds a digit.

A weight of 0.83 is drawn as `8` on a strong background, so 16 colours and no colours tell the same.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding
from textual.color import Color
from textual.events import Resize
from textual.strip import Strip
from textual.widget import Widget

from minimind_tui.ui.style import rich_styles

WEIGHTS = (0.0, 1.0)
"""The range of weights: their digits are tenths and need no scale."""

LABEL_CELLS = 9


@dataclass(frozen=True)
class MatrixView:
    """One matrix and its labels; `rows[i][j]` stands in row i and column j."""

    title: str
    rows: list[list[float]]
    row_labels: list[str]
    column_labels: list[str]


class Heatmap(Widget, can_focus=True):
    """One matrix at a time; the arrows move a cursor that reads a cell, `,` and `.` go to the other matrices."""

    DEFAULT_CSS = "Heatmap { height: 1fr; }"
    BINDINGS = [
        Binding(
            "full_stop,right_square_bracket",
            "turn(1)",
            "下一张|Next",
            id="heatmap.next",
            tooltip="下一张图|The next matrix",
        ),
        Binding(
            "comma", "turn(-1)", "上一张|Before", id="heatmap.before", show=False, tooltip="上一张图|The matrix before"
        ),
        Binding(
            "left",
            "move(0,-1)",
            "读数|Read",
            id="heatmap.left",
            key_display="←→↑↓",
            tooltip="光标读一格|A cursor reads a cell",
        ),
        Binding("right", "move(0,1)", show=False),
        Binding("up,k", "move(-1,0)", show=False),
        Binding("down,j", "move(1,0)", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._views: list[MatrixView] = []
        self._index = 0
        self._cursor: tuple[int, int] | None = None
        self._strips: list[Strip] = []

    @property
    def view(self) -> MatrixView | None:
        """The matrix that is shown."""
        return self._views[self._index] if self._views else None

    def show(self, views: list[MatrixView], first: bool = False) -> None:
        """Take other matrices; `first` begins with the first one again."""
        if views == self._views and not first:
            return
        self._views = views
        if first or self._index >= len(views):
            self._index, self._cursor = 0, None
        self.redraw()

    def on_resize(self, _: Resize) -> None:
        """Another size."""
        self.redraw()

    def redraw(self) -> None:
        """Compute the strips again."""
        self._strips = self._compute()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Row `y`."""
        strip = self._strips[y] if y < len(self._strips) else Strip.blank(self.size.width)
        return strip.apply_style(self.rich_style).adjust_cell_length(self.size.width, self.rich_style)

    def _compute(self) -> list[Strip]:
        view = self.view
        if view is None or not view.rows or self.size.width < 16:
            return []
        styles = rich_styles(self.app)
        counter = f"  {self._index + 1}/{len(self._views)}" if len(self._views) > 1 else ""
        low, high = self._range(view)
        scale = "" if (low, high) == WEIGHTS else f"  · = {low:.2f}  9 = {high:.2f}"
        heading = [Segment(view.title, styles["strong"]), Segment(counter + scale, styles["muted"])]
        lines = [Strip(heading), Strip([Segment(self._reading(view), styles["muted"])])]
        label_width = min(LABEL_CELLS, max((cell_len(label) for label in view.row_labels), default=0)) + 1
        columns = max(len(row) for row in view.rows)
        cell = max(1, min(4, (self.size.width - label_width) // max(1, columns)))
        shown = max(1, (self.size.width - label_width) // cell)
        room = max(1, self.size.height - len(lines) - 2)
        row, column = self._cursor or (len(view.rows) - 1, 0)
        top = max(0, min(row - room + 1, len(view.rows) - room))
        left = max(0, min(column - shown + 1, columns - shown)) if columns > shown else 0
        if room < len(view.rows):
            heading.append(Segment(f"  ↕ {top + 1}–{top + room}/{len(view.rows)}", styles["key"]))
            lines[0] = Strip(heading)
        for index in range(top, min(len(view.rows), top + room)):
            label = view.row_labels[index] if index < len(view.row_labels) else str(index)
            here = self._cursor is not None and self._cursor[0] == index
            segments = [Segment(set_cell_size(label, label_width), styles["key"] if here else styles["muted"])]
            for at in range(left, min(len(view.rows[index]), left + shown)):
                segments.append(self._cell(view.rows[index][at], low, high, cell, (index, at) == self._cursor))
            lines.append(Strip(segments))
        return lines + self._column_labels(view, label_width, cell, left, shown, styles)

    def _column_labels(
        self, view: MatrixView, offset: int, cell: int, left: int, shown: int, styles: dict[str, Style]
    ) -> list[Strip]:
        """The columns' first letters, over as many rows as two: a long word goes on in the second."""
        rows = []
        for part in range(2):
            text = " " * offset
            for label in view.column_labels[left : left + shown]:
                piece = label[part : part + 1]
                piece = piece if cell_len(piece) <= cell else ""
                text += " " * ((cell - max(1, cell_len(piece))) // 2) + piece
                text += " " * (cell - (cell - max(1, cell_len(piece))) // 2 - cell_len(piece))
            rows.append(Strip([Segment(text, styles["muted"])]))
        return rows

    @staticmethod
    def _range(view: MatrixView) -> tuple[float, float]:
        """From the least finite value to the largest; weights always from 0 to 1."""
        finite = [value for row in view.rows for value in row if math.isfinite(value)]
        if not finite:
            return WEIGHTS
        low, high = min(finite), max(finite)
        if low >= 0 and high <= 1:
            return WEIGHTS
        return low, high if high > low else low + 1.0

    def _cell(self, value: float, low: float, high: float, width: int, here: bool) -> Segment:
        if not math.isfinite(value) or (value == 0 and low == 0):  # what a mask has shut out
            return Segment(" " * width, Style(reverse=here))
        part = (value - low) / (high - low)
        digit = "·" if part < 0.05 else str(min(9, int(part * 10 + 0.5)))
        text = digit.rjust(width) if width < 3 else digit.center(width)
        return Segment(text, self._background(part) + Style(reverse=here, bold=part >= 0.5))

    def _background(self, part: float) -> Style:
        if self.app.current_theme.ansi:
            return Style(
                dim=part < 0.05, bgcolor="blue" if part >= 0.5 else None, color="bright_white" if part >= 0.5 else None
            )
        back = Color.parse(self.app.theme_variables["background"])
        colour = back.blend(Color.parse(self.app.theme_variables["primary"]), 0.1 + 0.9 * part)
        return Style(bgcolor=colour.hex6, color=colour.get_contrast_text(1.0).hex6)

    def _reading(self, view: MatrixView) -> str:
        """The cell under the cursor in words."""
        if self._cursor is None:
            return ""
        row, column = self._cursor
        if row >= len(view.rows) or column >= len(view.rows[row]):
            return ""
        names = [
            labels[at] if at < len(labels) else str(at)
            for labels, at in ((view.row_labels, row), (view.column_labels, column))
        ]
        return f"{row} {names[0]} → {column} {names[1]} = {view.rows[row][column]:.3f}"

    def action_turn(self, by: int) -> None:
        """Another matrix; the cursor stays, so that the same cell can be compared."""
        if self._views:
            self._index = (self._index + by) % len(self._views)
            self.redraw()

    def action_move(self, down: int, right: int) -> None:
        """Move the cursor, or bring it up at the last row."""
        view = self.view
        if view is None or not view.rows:
            return
        row, column = self._cursor or (len(view.rows) - 1, 0)
        if self._cursor is not None:
            row, column = row + down, column + right
        row = max(0, min(len(view.rows) - 1, row))
        self._cursor = (row, max(0, min(len(view.rows[row]) - 1, column)))
        self.redraw()
