"""A list to choose from."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding
from textual.strip import Strip
from textual.widgets import OptionList


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
