"""One number a layer as bars: a row a layer, a column an arm, each bar with its value."""

from __future__ import annotations

import math

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding
from textual.events import Resize
from textual.strip import Strip
from textual.widget import Widget

from minimind_tui.ui.plot.palette import arm_styles
from minimind_tui.ui.style import rich_styles
from minimind_tui.views.marks import dots, mark
from minimind_tui.views.matrix import fitted
from minimind_tui.views.numbers import short
from minimind_tui.views.plots.layer_bars import LayerData, Span

VALUE_CELLS, LEAST_BAR = 8, 3

NAME_CELLS, SCROLL_CELLS = 8, 13
"""A longer name of the rows stands in the heading: beside them it would take the bars' room."""

EIGHTHS = " ▏▎▍▌▋▊▉"


class LayerBars(Widget, can_focus=True):
    """All layers that there is room for; the arrows bring the others."""

    DEFAULT_CSS = "LayerBars { height: 1fr; }"
    BINDINGS = [
        Binding("y", "log", "对数轴|Log axis", id="layers.log", tooltip="横条：线性或对数|Linear or logarithmic bars"),
        Binding(
            "down,j", "move(1)", "下移|Down", id="layers.down", key_display="↑↓", tooltip="看更深的层|Deeper layers"
        ),
        Binding("up,k", "move(-1)", show=False),
        Binding("pagedown,space", "move(10)", show=False),
        Binding("pageup,b", "move(-10)", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._data = LayerData([])
        self._log = False
        self._top = 0
        self._strips: list[Strip] = []

    def draw(self, data: LayerData, fresh: bool) -> None:
        """Draw a plot's bars; `fresh` where another plot was shown before."""
        self.show(data, data.log if fresh else None)

    def show(self, data: LayerData, log: bool | None = None) -> None:
        """Draw `data`; `log` is given when another plot is shown than before."""
        if data == self._data and log is None:
            return
        self._data = data
        if log is not None:
            self._log, self._top = log, 0
        self.redraw()

    def on_resize(self, _: Resize) -> None:
        """Draw the bars for the new size."""
        self.redraw()

    def redraw(self) -> None:
        """Compute the strips again."""
        self._strips = self._compute(self.size.width, self.size.height)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Row `y` of the widget as a strip."""
        strip = self._strips[y] if y < len(self._strips) else Strip.blank(self.size.width)
        return strip.apply_style(self.rich_style).adjust_cell_length(self.size.width, self.rich_style)

    def _compute(self, width: int, height: int) -> list[Strip]:
        columns = self._data.columns
        if not columns or width < 16 or height < 4:
            return []
        styles, arms = rich_styles(self.app), arm_styles(self.app)
        layers = max(len(column.values) for column in columns)
        span = Span.of([value for column in columns for value in column.values], self._log)
        rows = self._data.layer if cell_len(self._data.layer) <= NAME_CELLS else ""
        left = max(len(str(layers)), cell_len(rows)) + 1
        said = [self._data.caption, "" if rows else f"↓ {self._data.layer}", span.legend]
        more = SCROLL_CELLS if layers > height - 2 else 0
        lines = [[Segment(line, styles["muted"])] for line in _lines(said, width - more)]
        room = max(1, height - len(lines) - 1)
        self._top = max(0, min(self._top, layers - room))
        if layers > room:
            shown = f"↕ {self._top + 1}–{min(layers, self._top + room)}/{layers}"
            lines[0].insert(0, Segment(shown.ljust(SCROLL_CELLS), styles["key"]))
        each = max(VALUE_CELLS + 1, (width - left) // len(columns))
        columns = columns[: max(1, (width - left) // each)]
        names = [Segment(rows.ljust(left - cell_len(rows) + len(rows)), styles["muted"])]
        for column in columns:
            name = fitted(f"{mark(column.arm)} {column.label}", each - 1)
            names.append(Segment(name + " " * (each - cell_len(name)), arms[column.arm % len(arms)]))
        lines.append(names)
        for layer in range(self._top, min(layers, self._top + room)):
            line = [Segment(str(layer + 1).rjust(left - 1) + " ", styles["muted"])]
            for column in columns:
                value = column.values[layer] if layer < len(column.values) else None
                line += self._bar(value, span, each, arms[column.arm % len(arms)], styles["bad"])
            lines.append(line)
        return [Strip(line) for line in lines]

    @staticmethod
    def _bar(value: float | None, span: Span, each: int, style: Style, bad: Style) -> list[Segment]:
        """The value, then the bar: `each` cells, the last one free."""
        if value is None:
            return [Segment(" " * each)]
        text = short(value).rjust(VALUE_CELLS - 1) + " "
        room = each - VALUE_CELLS - 1
        if room < LEAST_BAR or not math.isfinite(value):
            return [Segment(text.ljust(each), Style() if math.isfinite(value) else bad)]
        eighths = round(span.part(value) * room * 8)
        if dots() != "braille":  # a font with few glyphs has whole blocks alone
            eighths = 8 * round(eighths / 8)
        drawn = "█" * (eighths // 8) + (EIGHTHS[eighths % 8] if eighths % 8 else "")
        return [Segment(text), Segment(drawn, style), Segment(" " * (room - len(drawn) + 1))]

    def action_log(self) -> None:
        """The other kind of bars."""
        self._log = not self._log
        self.redraw()

    def action_move(self, by: int) -> None:
        """Scroll by so many layers."""
        self._top = max(0, self._top + by)
        self.redraw()


def _lines(parts: list[str], width: int) -> list[str]:
    """`parts` in as few lines as hold them."""
    lines = [""]
    for part in filter(None, parts):
        gap = "  " if lines[-1] else ""
        if lines[-1] and cell_len(lines[-1] + gap + part) > width:
            lines.append(fitted(part, width))
        else:
            lines[-1] = fitted(lines[-1] + gap + part, width)
    return lines
