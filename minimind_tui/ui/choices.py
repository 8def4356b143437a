"""A list to choose from."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, ConsoleOptions
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.binding import Binding
from textual.strip import Strip
from textual.widgets import OptionList

GAP = 2
"""Columns between a text and what stands at its right."""


class Row:
    """Texts one under the other, and at the right of the first a short one.

    It is put together once for each width, since a list asks three times before it is seen; and by itself, since a
    table of rich would be a good part of what the first screen takes.
    """

    def __init__(self, texts: list[Text], right: Text) -> None:
        self._texts, self._right = texts, right
        self._segments: dict[int, list[Segment]] = {}

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        """The lines at that width."""
        width = options.max_width
        if width not in self._segments:
            column = max(1, width - self._right.cell_len - GAP)
            lines = [line for text in self._texts for line in text.wrap(console, column)]
            between = " " * (width - lines[0].cell_len - self._right.cell_len)
            lines[0] = Text().append_text(lines[0]).append(between).append_text(self._right)
            self._segments[width] = [segment for line in lines for segment in console.render(line, options)]
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
