"""Curves that grow while a run goes on: only rows that changed are sent to the terminal."""

from __future__ import annotations

import math

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding
from textual.events import Resize
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from minimind_tui.ui.plot.palette import arm_styles
from minimind_tui.ui.style import rich_styles
from minimind_tui.views.axis import Axis
from minimind_tui.views.curves import NOTHING, PlotData, axis_between, named, x_ends, y_axis
from minimind_tui.views.figure import AXIS, REFERENCE, REFERENCE_MARKS, Cell, Curve, canvas_left, draw
from minimind_tui.views.marks import dots

LEAST_ROWS = 6
MOST_ZOOM = 64.0


class LinePlot(Widget, can_focus=True):
    """A plot with a legend, a logarithmic axis, zoom, and a cursor that reads every curve."""

    DEFAULT_CSS = "LinePlot { height: 1fr; }"
    BINDINGS = [
        Binding("y", "log", "对数轴|Log axis", id="plot.log", tooltip="纵轴：线性或对数|Linear or logarithmic y axis"),
        Binding(
            "left",
            "cursor(-1)",
            "读数|Read",
            id="plot.left",
            key_display="←→",
            tooltip="光标读出各条曲线的值|A cursor reads the value of every curve",
        ),
        Binding("right", "cursor(1)", "读数|Read", show=False, id="plot.right", tooltip="光标右移|Cursor to the right"),
        Binding(
            "plus,equals_sign",
            "zoom(2)",
            "放大横轴|Zoom in",
            show=False,
            id="plot.in",
            tooltip="横轴放大|A shorter stretch of the x axis",
        ),
        Binding(
            "minus",
            "zoom(0.5)",
            "缩小横轴|Zoom out",
            show=False,
            id="plot.out",
            tooltip="横轴缩小|A longer stretch of the x axis",
        ),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.data = NOTHING
        self.log_scale = False
        self.cursor: float | None = None
        self._zoom = 1.0
        self._rows: list[list[tuple[str, Style]]] = []

    def draw(self, data: PlotData, fresh: bool) -> None:
        """Draw a plot's curves; `fresh` where another plot was shown before."""
        self.show(data, data.log if fresh else None)

    def show(self, data: PlotData, log: bool | None = None) -> None:
        """Draw `data`; `log` is given when another plot is shown than before, whose cursor then goes."""
        self.data = data
        if log is not None:
            self.log_scale, self.cursor, self._zoom = log, None, 1.0
        self.redraw()

    def redraw(self) -> None:
        """Compute all rows, and send those that differ from what stands there."""
        rows = self._compute(self.size.width, self.size.height)
        if len(rows) != len(self._rows):
            self._rows = rows
            self.refresh()
            return
        changed = [row for row, (new, old) in enumerate(zip(rows, self._rows, strict=True)) if new != old]
        self._rows = rows
        for row in changed:
            self.refresh(Region(0, row, self.size.width, 1))

    def on_resize(self, _: Resize) -> None:
        """Draw the curves for the new size: other columns, other dots."""
        self._rows = []
        self.redraw()

    def render_line(self, y: int) -> Strip:
        """Row `y` of the widget as a strip."""
        if y >= len(self._rows):
            return Strip.blank(self.size.width, self.rich_style)
        strip = Strip([Segment(text, style) for text, style in self._rows[y]])
        return strip.apply_style(self.rich_style).adjust_cell_length(self.size.width, self.rich_style)

    @property
    def x_axis(self) -> Axis:
        """The visible stretch of the x axis."""
        low, high = x_ends(self.data)
        if self._zoom > 1:
            span = (high - low) / self._zoom
            middle = self.cursor if self.cursor is not None else (low + high) / 2
            low = min(max(middle - span / 2, low), high - span)
            high = low + span
        return axis_between(self.data, low, high, max(2, self.size.width // 14))

    def y_axis(self, x: Axis, height: int) -> Axis:
        """An axis for all that is visible between the ends of `x`."""
        return y_axis(self.data, x, height, self.log_scale)

    def _compute(self, width: int, height: int) -> list[list[tuple[str, Style]]]:
        if self.data is NOTHING or width < 12 or height < LEAST_ROWS:
            return []
        x = self.x_axis
        legend = self._legend(width)[: max(1, height - LEAST_ROWS)]
        rows = height - len(legend)
        y = self.y_axis(x, rows)
        cells = draw(self.data.curves, self.data.references, x, y, width, rows, dots())
        self._draw_beyond(cells, x, y)
        self._draw_breaks(cells, x)
        if self.cursor is not None:
            self._draw_cursor(cells, x)
        return [*legend, *(self._styled(row) for row in cells)]

    def _legend(self, width: int) -> list[list[tuple[str, Style]]]:
        """What the axes are, then each curve's mark, name and value: at the cursor, else the last."""
        styles, arms = rich_styles(self.app), arm_styles(self.app)
        x_label = self.data.x_label
        where = f"→ {x_label}" if self.cursor is None else f"{x_label} = {self._read(self.cursor):g}"
        names = [where, self.data.y_label] if self.cursor is not None else [self.data.y_label, where]
        items: list[tuple[str, Style]] = [("  ".join(name for name in names if name), styles["muted"])]
        for curve in self.data.curves:
            items.append((named(curve, self._value(curve)), arms[curve.style % len(arms)]))
        for number, reference in enumerate(self.data.references):
            sign = REFERENCE_MARKS[number % len(REFERENCE_MARKS)]
            items.append((f"{sign * 2} {reference.label} {reference.value:.3g}", styles["muted"]))
        lines: list[list[tuple[str, Style]]] = [[items[0]]]
        used = width
        for text, style in items[1:]:
            room = cell_len(text) + 3
            if used + room - 3 > width:
                lines.append([])
                used = 0
            lines[-1].append((text + "   ", style))
            used += room
        return lines

    def _read(self, place: float) -> float:
        """What a place on the x axis stands for."""
        return float(f"{10.0**place:.4g}") if self.data.log_x else place

    def _value(self, curve: Curve) -> float | None:
        """At the cursor, else the last; None where the curve has ended before the cursor."""
        series = curve.series
        if self.cursor is None:
            return series.last
        return series.value_at(self.cursor) if len(series) and self.cursor <= series.steps[-1] else None

    def _draw_beyond(self, cells: list[list[Cell]], x: Axis, y: Axis) -> None:
        """A `^` in the top row wherever a curve runs above the axis."""
        for curve in self.data.curves if self.data.ceiling is not None else ():
            for step, value in curve.series.decimated(2 * len(cells[0]), x.low, x.high):
                place = y.place(value) if math.isfinite(value) else None
                column = (
                    self._column(cells, x, step) if math.isfinite(value) and (place or y.high + 1) > y.high else None
                )
                if column is not None:
                    cells[0][column] = ("^", curve.style)

    def _draw_breaks(self, cells: list[list[Cell]], x: Axis) -> None:
        """A `!` in the top row where a curve's value first was not finite."""
        for curve in self.data.curves:
            step = curve.series.first_nonfinite
            column = None if step is None else self._column(cells, x, step)
            if column is not None:
                cells[0][column] = ("!", curve.style)

    def _draw_cursor(self, cells: list[list[Cell]], x: Axis) -> None:
        column = self._column(cells, x, self.cursor or 0.0)
        if column is None:
            return
        for row in cells[:-2]:
            if row[column][0] == " ":
                row[column] = ("│", AXIS)
        cells[-2][column] = ("▲", AXIS)

    @staticmethod
    def _column(cells: list[list[Cell]], x: Axis, value: float) -> int | None:
        """The column in which `value` is drawn: the canvas lies right of the axis line."""
        left = canvas_left(cells)
        if not x.low <= value <= x.high or len(cells[0]) - left < 2:
            return None
        return left + round((value - x.low) / (x.high - x.low) * (len(cells[0]) - left - 1))

    def _styled(self, row: list[Cell]) -> list[tuple[str, Style]]:
        """Runs of cells with the same owner."""
        styles, arms = rich_styles(self.app), arm_styles(self.app)
        pieces: list[tuple[str, Style]] = []
        last: int | None = None
        for sign, owner in row:
            if owner == last:
                pieces[-1] = (pieces[-1][0] + sign, pieces[-1][1])
                continue
            muted = owner == AXIS or owner >= REFERENCE
            pieces.append((sign, styles["muted"] if muted else arms[owner % len(arms)]))
            last = owner
        return pieces

    def action_log(self) -> None:
        """The other kind of y axis."""
        self.log_scale = not self.log_scale
        self.redraw()

    def action_cursor(self, by: int) -> None:
        """To the next recorded point (the next that is drawn, where there are many); at first, from the edge."""
        x = self.x_axis
        columns = max(8, self.size.width - 8)
        places = sorted(
            {step for curve in self.data.curves for step, _ in curve.series.decimated(2 * columns, x.low, x.high)}
        )
        if not places:
            return
        if self.cursor is None:
            self.cursor = places[0 if by > 0 else -1]
        else:
            ahead = [at for at in places if (at > self.cursor if by > 0 else at < self.cursor)]
            self.cursor = (ahead[0] if by > 0 else ahead[-1]) if ahead else self.cursor
        self.redraw()

    def action_zoom(self, factor: float) -> None:
        """A shorter or longer stretch of the x axis, around the cursor."""
        self._zoom = min(MOST_ZOOM, max(1.0, self._zoom * factor))
        self.redraw()
