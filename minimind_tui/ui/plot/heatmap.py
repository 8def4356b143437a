"""A matrix as coloured cells that can also be read without colour: each cell holds a digit.

A weight of 0.83 is drawn as `8` on a strong background, so 16 colours and no colours tell the same.
"""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding
from textual.events import Resize
from textual.strip import Strip
from textual.widget import Widget

from minimind_tui.ui.plot.matrix import MatrixView, scale_of, shade
from minimind_tui.ui.plot.overview import arranged, overview
from minimind_tui.ui.plot.value_table import tables
from minimind_tui.ui.style import rich_styles

LABEL_CELLS = 9


class Heatmap(Widget, can_focus=True):
    """One matrix at a time; the arrows move a cursor that reads a cell, `,` and `.` go to the other matrices.

    Enter shows all of them in small, and opens one again. Where the spec says `values`, they are tables.
    """

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
        Binding(
            "enter",
            "overview",
            "总览|All",
            id="heatmap.overview",
            tooltip="所有的图缩小放在一起；再按打开选中的一张|All matrices in small; again opens the chosen one",
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
        self._values = self._small = False

    @property
    def view(self) -> MatrixView | None:
        """The matrix that is shown."""
        return self._views[self._index] if self._views else None

    def show(self, views: list[MatrixView], first: bool = False, *, values: bool = False, small: bool = False) -> None:
        """Take other matrices; `first` begins with the first one again, all of them in small where `small` says so."""
        if views == self._views and not first:
            return
        self._views, self._values = views, values
        if first or self._index >= len(views):
            self._index, self._cursor, self._small = 0, None, small and len(views) > 1
        self.redraw()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """One matrix has no other."""
        if action in ("overview", "turn"):
            return len(self._views) > 1 and not (action == "overview" and self._values)
        return True

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
        if self._small:
            pictures, at = overview(self.app, self._views, self._index, self.size.width)
            top = max(0, min(at - self.size.height // 3, len(pictures) - self.size.height))
            return [Strip(line) for line in pictures[top:]]
        styles = rich_styles(self.app)
        if self._values:
            return self._tables(view, styles)
        counter = f"  {self._index + 1}/{len(self._views)}" if len(self._views) > 1 else ""
        scale = scale_of(view.rows)
        label_width = min(LABEL_CELLS, max((cell_len(label) for label in view.row_labels), default=0)) + 1
        columns = max(len(row) for row in view.rows)
        cell = max(1, min(4, (self.size.width - label_width) // max(1, columns)))
        shown = max(1, (self.size.width - label_width) // cell)
        legend = scale.legend(cell)
        heading = [
            Segment(view.title, styles["strong"]),
            Segment(counter + ("  " + legend if legend else ""), styles["muted"]),
        ]
        lines = [Strip(heading), Strip([Segment(self._reading(view), styles["muted"])])]
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
                value, focus = view.rows[index][at], (index, at) == self._cursor
                style = Style() if scale.empty(value) else shade(self.app, scale.part(value))
                segments.append(Segment(scale.sign(value, cell), style + Style(reverse=focus)))
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

    def _tables(self, view: MatrixView, styles: dict[str, Style]) -> list[Strip]:
        """The values written out: of all matrices where there is room, else of one."""
        room = self.size.height - 2
        lines, every = tables(self.app, self._views, self._index, self._cursor, self.size.width, room)
        counter = "" if every else f"{self._index + 1}/{len(self._views)}  "
        reading = self._reading(view)
        if reading and len(self._views) > 1:
            reading = f"{view.title}: {reading}"
        return [Strip([Segment(counter + reading, styles["muted"])]), Strip([]), *(Strip(line) for line in lines)]

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
        value = view.rows[row][column]
        if self._values:
            return f"{view.down} {names[0]}, {view.across} {names[1]} = {value:.4g}".strip()
        return f"{row} {names[0]} → {column} {names[1]} = {value:.3f}"

    def action_turn(self, by: int) -> None:
        """Another matrix; the cursor stays, so that the same cell can be compared."""
        if self._views:
            order = [index for row in arranged(self._views, self.size.width) for index in row]
            if not self._small:
                order = list(range(len(self._views)))
            self._index = order[(order.index(self._index) + by) % len(order)]
            self.redraw()

    def action_overview(self) -> None:
        """All in small, or the chosen one."""
        self._small = not self._small
        self.redraw()

    def action_move(self, down: int, right: int) -> None:
        """Move the cursor, or bring it up at the last row."""
        view = self.view
        if view is None or not view.rows:
            return
        if self._small:
            self._choose(down, right)
            return
        row, column = self._cursor or (len(view.rows) - 1, 0)
        if self._cursor is not None:
            row, column = row + down, column + right
        row = max(0, min(len(view.rows) - 1, row))
        self._cursor = (row, max(0, min(len(view.rows[row]) - 1, column)))
        self.redraw()

    def _choose(self, down: int, right: int) -> None:
        """Another one of the small pictures."""
        grid = arranged(self._views, self.size.width)
        row = next(at for at, own in enumerate(grid) if self._index in own)
        column = grid[row].index(self._index) + right
        row = max(0, min(len(grid) - 1, row + down))
        self._index = grid[row][max(0, min(len(grid[row]) - 1, column))]
        self.redraw()
