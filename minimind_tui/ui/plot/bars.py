"""One bar an arm, with its value: for figures that are a single number."""

from __future__ import annotations

import math

from rich.cells import cell_len
from rich.text import Text
from textual.app import RenderResult
from textual.widget import Widget

from minimind_tui.ui.plot.palette import arm_styles
from minimind_tui.views.marks import mark
from minimind_tui.views.numbers import reading
from minimind_tui.views.plots.bars import Bar, BarData, fraction


class Bars(Widget, can_focus=True):
    """Horizontal bars, longest value to the right edge."""

    DEFAULT_CSS = "Bars { height: 1fr; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._bars: list[Bar] = []
        self._log = False
        self._caption = ""

    def draw(self, data: BarData, fresh: bool) -> None:
        """Draw a plot's bars."""
        self.show(data.bars, data.log, data.caption)

    def show(self, bars: list[Bar], log: bool, caption: str) -> None:
        """Draw `bars` under a caption."""
        if (bars, log, caption) != (self._bars, self._log, self._caption):
            self._bars, self._log, self._caption = bars, log, caption
            self.refresh()

    def render(self) -> RenderResult:
        """Two rows a bar: its name and value, then its length; in one row where there is no room for two."""
        styles = arm_styles(self.app)
        finite = [bar.value for bar in self._bars if math.isfinite(bar.value)]
        longest = max(finite, default=0.0)
        low = 2 * len(self._bars) + 2 > self.size.height
        text = Text(no_wrap=True, overflow="crop")
        text.append(self._caption + ("\n" if low else "\n\n"), "dim")
        names = max((cell_len(bar.label) for bar in self._bars), default=0)
        values = max((len(reading(bar.value)) for bar in self._bars), default=0) if low else 0
        room = self.size.width - 2 - (names + values + 6 if low else 0)
        for bar in self._bars:
            style = styles[bar.style % len(styles)]
            text.append(f"{mark(bar.style)} {bar.label}", style)
            text.append(" " * (names - cell_len(bar.label) + 2) + reading(bar.value).ljust(values))
            cells = round(fraction(bar.value, longest, self._log) * max(1, room))
            text.append(("  " if low else "\n") + "█" * cells + "\n", style)
        return text
