"""The tracer: one tensor after the other, with what was done to get it and how its numbers look."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding
from textual.events import Resize
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from minimind_tui.ui.plot.matrix import shade
from minimind_tui.ui.plot.palette import arm_styles
from minimind_tui.ui.style import rich_styles
from minimind_tui.views.marks import mark
from minimind_tui.views.matrix import fitted, scale_of
from minimind_tui.views.plots.trace import (
    TensorView,
    TraceData,
    columns_of,
    described,
    figures_of,
    row_of,
    size_of,
)

LABEL_CELLS = 10
LEAST_PICTURE = 5
Line = list[Segment]


class TraceView(Widget, can_focus=True):
    """The list above, the chosen tensor below; `.` shows it in the other arm."""

    DEFAULT_CSS = "TraceView { height: 1fr; }"
    BINDINGS = [
        Binding(
            "down,j",
            "step(1)",
            "下一步|Step",
            id="trace.down",
            key_display="↑↓",
            tooltip="下一个张量|The next tensor",
        ),
        Binding("up,k", "step(-1)", show=False),
        Binding("home", "step(-1000)", show=False),
        Binding("end", "step(1000)", show=False),
        Binding("full_stop", "turn(1)", "另一组|Other arm", id="trace.arm", tooltip="另一组的同一个张量|The other arm"),
        Binding("comma", "turn(-1)", show=False),
        Binding("enter", "code", "代码|Code", id="trace.code", tooltip="算出它的代码|The code that computes it"),
        Binding(
            "space,pagedown",
            "rows(1)",
            "更多行|More rows",
            id="trace.rows",
            show=False,
            tooltip="图的下面几行|Further rows of the picture",
        ),
        Binding("b,pageup", "rows(-1)", show=False),
        Binding(
            "right",
            "columns(1)",
            "更多列|More columns",
            id="trace.columns",
            show=False,
            tooltip="图的右边几列|Further columns of the picture",
        ),
        Binding("left", "columns(-1)", show=False),
    ]

    @dataclass
    class CodeAsked(Message):
        """The learner wants to see the code of a tensor: a file and a symbol."""

        code: str

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._data = TraceData([], [])
        self._arm = self._at = self._row = self._column = self._room = 0
        self._strips: list[Strip] = []

    @property
    def tensor(self) -> TensorView | None:
        """The chosen one; None where this arm has not computed it (yet)."""
        if not self._data.arms:
            return None
        return self._data.arms[self._arm].tensors.get(self._data.names[self._at])

    def draw(self, data: TraceData, fresh: bool) -> None:
        """Draw a run's tensors; `fresh` where another plot was shown before."""
        self.show(data, fresh)

    def show(self, data: TraceData, first: bool = False) -> None:
        """Take other tensors; `first` begins with the first one again."""
        if data == self._data and not first:
            return
        self._data = data
        if first:
            self._arm = self._at = self._row = self._column = 0
        self._arm = min(self._arm, max(0, len(data.arms) - 1))
        self._at = min(self._at, max(0, len(data.names) - 1))
        self.redraw()

    def on_resize(self, _: Resize) -> None:
        """Lay the list and the tensor out for the new size."""
        self.redraw()

    def redraw(self) -> None:
        """Compute the strips again."""
        width, height = self.size.width, self.size.height
        usable = bool(self._data.names) and width >= 24 and height >= 8
        self._strips = [Strip(line) for line in self._compute(width, height)] if usable else []
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Row `y` of the widget as a strip."""
        strip = self._strips[y] if y < len(self._strips) else Strip.blank(self.size.width)
        return strip.apply_style(self.rich_style).adjust_cell_length(self.size.width, self.rich_style)

    def _compute(self, width: int, height: int) -> list[Line]:
        tensor = self.tensor
        detail = self._detail(tensor, width) if tensor else []
        picture = min(len(tensor.rows), max(LEAST_PICTURE, height - len(detail) - 12)) + 2 if tensor else 0
        room = max(3, min(len(self._data.names), height - len(detail) - picture - 3))
        lines = [*self._list(width, room), [], *detail]
        if tensor:
            lines += self._picture(tensor, width, height - len(lines))
        return lines

    def _list(self, width: int, room: int) -> list[Line]:
        """The arms, the headings, and as many tensors as `room`, the chosen one among them."""
        styles, arms = rich_styles(self.app), arm_styles(self.app)
        head: Line = []
        for at, arm in enumerate(self._data.arms):
            style = arms[arm.arm % len(arms)] + Style(bold=at == self._arm, underline=at == self._arm)
            head += [Segment(f"{mark(arm.arm)} {arm.label}", style), Segment("  ")]
        head.append(Segment(f"{self._at + 1}/{len(self._data.names)}", styles["muted"]))
        columns = columns_of(self._data, self._arm, width - 2)
        top = max(0, min(self._at - room // 2, len(self._data.names) - room))
        lines = [head, [Segment("  " + row_of(columns, None), styles["muted"])]]
        for at in range(top, min(len(self._data.names), top + room)):
            here = at == self._at
            text = ("▶ " if here else "  ") + row_of(columns, at)
            lines.append([Segment(text, styles["key"] + Style(bold=True) if here else Style())])
        return lines

    def _detail(self, tensor: TensorView, width: int) -> list[Line]:
        styles, language = rich_styles(self.app), self._data.language
        name = Segment(tensor.name + "  ", styles["markdown.h2"])
        size = Segment(fitted(size_of(tensor, language), max(1, width - cell_len(tensor.name) - 2)), styles["strong"])
        lines = [[name, size]]
        lines += [[Segment(line)] for line in described(tensor, width)]
        lines.append([Segment(fitted(figures_of(tensor, language), width), styles["muted"])])
        return lines

    def _picture(self, tensor: TensorView, width: int, room: int) -> list[Line]:
        """The values as signs, a token a row; whole numbers of one row are written out."""
        styles = rich_styles(self.app)
        if room < 2 or not tensor.rows:
            return []
        if len(tensor.rows) == 1 and len(tensor.column_labels) >= len(tensor.rows[0]):
            return _pairs(tensor, width, room, styles["muted"])
        columns = max(map(len, tensor.rows))
        left = min(LABEL_CELLS, max((cell_len(label) for label in tensor.row_labels), default=2)) + 1
        scale = scale_of(tensor.rows)
        least = 3 if scale.diverging else 2  # a minus beside a digit runs the columns together
        cell = max(least, min(4, (width - left) // max(1, columns)))
        shown = min(columns, max(1, (width - left) // cell))
        labelled = len(tensor.column_labels) >= columns
        self._room = max(1, room - (2 if labelled else 1))
        self._row = max(0, min(self._row, len(tensor.rows) - self._room))
        self._column = max(0, min(self._column, columns - shown))
        lines = [[Segment(fitted(self._where(tensor, scale.legend(cell), shown), width), styles["muted"])]]
        if labelled:
            names = tensor.column_labels[self._column : self._column + shown]
            row = "".join(set_cell_size(fitted(name, cell - 1) if cell > 2 else name[:1], cell) for name in names)
            lines.append([Segment(" " * left + row, styles["muted"])])
        for at in range(self._row, min(len(tensor.rows), self._row + self._room)):
            label = tensor.row_labels[at] if at < len(tensor.row_labels) else str(at)
            line = [Segment(set_cell_size(fitted(label, left - 1), left), styles["muted"])]
            for value in tensor.rows[at][self._column : self._column + shown]:
                style = Style() if scale.empty(value) else shade(self.app, scale.part(value))
                line.append(Segment(scale.sign(value, cell), style))
            lines.append(line)
        return lines

    def _where(self, tensor: TensorView, legend: str, shown: int) -> str:
        """Which part of the tensor the picture is."""
        chinese = self._data.language == "zh"
        parts = []
        if len(tensor.shape) > 3:
            parts.append("第 1 个头" if chinese else "head 1")
        rows, columns = len(tensor.rows), max(map(len, tensor.rows))
        if self._room < rows:
            first, last = self._row + 1, min(rows, self._row + self._room)
            parts.append(f"行 {first}–{last}/{tensor.shape[-2]} 空格" if chinese else f"rows {first}–{last}, Space")
        if shown < tensor.shape[-1]:
            first, last = self._column + 1, self._column + min(shown, columns)
            where = f"{first}–{last}/{tensor.shape[-1]} →"
            parts.append(f"列 {where}" if chinese else f"columns {where}")
        return "  ".join([*parts, legend])

    def action_step(self, by: int) -> None:
        """Choose another tensor of the list."""
        self._at = max(0, min(len(self._data.names) - 1, self._at + by))
        self._row = self._column = 0
        self.redraw()

    def action_turn(self, by: int) -> None:
        """The same tensor in another arm."""
        if self._data.arms:
            self._arm = (self._arm + by) % len(self._data.arms)
            self.redraw()

    def action_rows(self, by: int) -> None:
        """Other rows of the picture."""
        self._row += by * self._room
        self.redraw()

    def action_columns(self, by: int) -> None:
        """Other columns of the picture."""
        self._column = max(0, self._column + by * 8)
        self.redraw()

    def action_code(self) -> None:
        """Ask for the code that computes the chosen tensor."""
        if self.tensor and self.tensor.code:
            self.post_message(self.CodeAsked(self.tensor.code))


def _pairs(tensor: TensorView, width: int, room: int, style: Style) -> list[Line]:
    """Each label with its whole number."""
    lines: list[Line] = [[]]
    used = 0
    for label, value in zip(tensor.column_labels, tensor.rows[0], strict=False):
        text = f"{value:.0f}"
        size = cell_len(label) + len(text) + 4
        if used and used + size > width:
            lines.append([])
            used = 0
        lines[-1] += [Segment(label + " ", style), Segment(text + "   ", Style(bold=True))]
        used += size
    return lines[:room]
