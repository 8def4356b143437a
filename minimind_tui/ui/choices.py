"""A list to choose from."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding
from textual.strip import Strip
from textual.widgets import OptionList


class Rendered:
    """A line of several parts, which is put together once for each width: a list asks three times before it is seen."""

    def __init__(self, renderable: RenderableType) -> None:
        self._renderable = renderable
        self._segments: dict[int, list[Segment]] = {}

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        """What the renderable yields at that width."""
        width = options.max_width
        if width not in self._segments:
            self._segments[width] = list(console.render(self._renderable, options))
        yield from self._segments[width]


class Choices(OptionList):
    """Its chosen line is in one ink: the muted and the coloured words of a line cannot be read on its bar."""

    BINDINGS = [
        Binding(
            "enter", "select", "打开|Open", show=False, id="choices.open", tooltip="打开选中的一项|Open the chosen line"
        ),
        Binding("j", "cursor_down", "下|Down", show=False, id="choices.down", tooltip="下一项|Next line"),
        Binding("k", "cursor_up", "上|Up", show=False, id="choices.up", tooltip="上一项|Line above"),
    ]

    def render_line(self, y: int) -> Strip:
        """Row `y` of the widget as a strip."""
        strip = super().render_line(y)
        ink = Style(color=self.get_component_rich_style("option-list--option-highlighted").color)
        chosen = self.highlighted
        return Strip(
            [
                Segment(text, style + ink if style and style.meta.get("option") == chosen else style, control)
                for text, style, control in strip
            ],
            strip.cell_length,
        )
