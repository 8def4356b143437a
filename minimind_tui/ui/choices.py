"""A list to choose from."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widgets import OptionList


class Choices(OptionList):
    """Its chosen line is in one ink: the muted and the coloured words of a line cannot be read on its bar."""

    def render_line(self, y: int) -> Strip:
        """Row `y` of the widget."""
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
