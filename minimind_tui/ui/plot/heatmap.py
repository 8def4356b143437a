"""Matrices as coloured cells that can also be read without colour: each cell holds a digit.

A weight of 0.83 is drawn as `8` on a strong background, so 16 colours and no colours tell the same.
"""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding
from textual.events import Resize
from textual.strip import Strip
from textual.widget import Widget

from minimind_tui.ui.plot.grid import grid, stacked
from minimind_tui.ui.plot.overview import arranged, overview
from minimind_tui.ui.plot.value_table import tables
from minimind_tui.ui.style import rich_styles
from minimind_tui.views.matrix import MatrixView
from minimind_tui.views.numbers import decimals, reading
from minimind_tui.views.plots.heatmap import HeatmapData


class Heatmap(Widget, can_focus=True):
    """Small matrices together, large ones one at a time; the arrows move a cursor that reads a cell, `,` and `.` go on.

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

    def draw(self, data: HeatmapData, fresh: bool) -> None:
        """Draw a plot's matrices; `fresh` where another plot was shown before."""
        self.show(data.views, fresh, values=data.values, small=data.overview)

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
        """Draw the matrices for the new size."""
        self.redraw()

    def redraw(self) -> None:
        """Compute the strips again."""
        self._strips = self._compute()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Row `y` of the widget as a strip."""
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
        muted = rich_styles(self.app)["muted"]
        if self._values:
            return self._tables(view, muted)
        width, height = self.size.width, self.size.height - 1
        every = stacked(self.app, self._views, self._index, self._cursor, width, height)
        if every is None:
            count = f"{self._index + 1}/{len(self._views)}" if len(self._views) > 1 else ""
            every = grid(self.app, view, self._cursor, width, height, count=count)
        return [Strip([Segment(self._reading(view), muted)]), *(Strip(line) for line in every)]

    def _tables(self, view: MatrixView, muted: Style) -> list[Strip]:
        """The values written out: of all matrices where there is room, else of one."""
        room = self.size.height - 2
        lines, every = tables(self.app, self._views, self._index, self._cursor, self.size.width, room)
        counter = "" if every else f"{self._index + 1}/{len(self._views)}  "
        said = self._reading(view) if self._cursor else ""
        if said and len(self._views) > 1:
            said = f"{view.title}: {said}"
        return [Strip([Segment(counter + said, muted)]), Strip([]), *(Strip(line) for line in lines)]

    def _reading(self, view: MatrixView) -> str:
        """The cell under the cursor in words; without a cursor, what the rows and the columns are."""
        if self._cursor is None:
            return "  ".join(f"{sign} {said}" for sign, said in (("↓", view.down), ("→", view.across)) if said)
        row, column = self._cursor
        if row >= len(view.rows) or column >= len(view.rows[row]):
            return ""
        names = [_named(view.row_labels, row), _named(view.column_labels, column)]
        value = view.rows[row][column]
        if self._values:
            return f"{view.down} {names[0]}, {view.across} {names[1]} = {reading(value)}".strip()
        return f"{names[0]} → {names[1]} = {decimals(value)}"

    def action_turn(self, by: int) -> None:
        """Another matrix; the cursor stays, so that the same cell can be compared."""
        if self._views:
            order = [index for row in arranged(self._views, self.size.width) for index in row]
            if not self._small:
                order = list(range(len(self._views)))
            self._index = order[(order.index(self._index) + by) % len(order)]
            if self._cursor is not None:
                self._cursor = self._within(*self._cursor)
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
        self._cursor = self._within(row, column)
        self.redraw()

    def _within(self, row: int, column: int) -> tuple[int, int]:
        """The nearest cell that the matrix has."""
        rows = self._views[self._index].rows
        row = max(0, min(len(rows) - 1, row))
        return row, max(0, min(len(rows[row]) - 1, column))

    def _choose(self, down: int, right: int) -> None:
        """Another one of the small pictures."""
        grid = arranged(self._views, self.size.width)
        row = next(at for at, own in enumerate(grid) if self._index in own)
        column = grid[row].index(self._index) + right
        row = max(0, min(len(grid) - 1, row + down))
        self._index = grid[row][max(0, min(len(grid[row]) - 1, column))]
        self.redraw()


def _named(labels: list[str], at: int) -> str:
    """What stands at `at`; its number too where another one is called the same."""
    if at >= len(labels):
        return str(at)
    return f"{labels[at]} ({at})" if labels.count(labels[at]) > 1 else labels[at]
