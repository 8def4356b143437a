"""One bar per arm, for figures that are a single number."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from minimind_tui.base.text import Language
from minimind_tui.content.plots import Bars
from minimind_tui.views.marks import arm_style, mark
from minimind_tui.views.numbers import reading
from minimind_tui.views.plots.kind import PlotKind, Shown

FLOOR_DECADES = 8
"""A logarithmic bar that is this many decades under the longest one has no length left."""


@dataclass(frozen=True)
class Bar:
    """A labelled value. `style` is the arm's index."""

    label: str
    style: int
    value: float


def fraction(value: float, longest: float, log: bool) -> float:
    """How long a bar is, from 0 to 1."""
    if not (math.isfinite(value) and longest > 0) or value <= 0:
        return 0.0
    if log:
        return max(0.0, 1 + (math.log10(value) - math.log10(longest)) / FLOOR_DECADES)
    return value / longest


@dataclass(frozen=True)
class BarData:
    """The bars, whether their lengths are logarithmic, and what they measure."""

    bars: list[Bar]
    log: bool = False
    caption: str = ""


class BarsKind(PlotKind[Bars, BarData]):
    """The last value of the plot's metric; or how far it lies above that of the arm `against`."""

    widget = "bars"
    is_text = False

    def data(self, shown: Shown[Bars]) -> BarData:
        """One bar per arm that has recorded the metric."""
        plot = shown.plot
        start = shown.summary.arms.get(plot.against)
        zero = start.metrics[plot.metric].last if start and plot.metric in start.metrics else None
        bars = [
            Bar(label, index, recorded.metrics[plot.metric].last - (zero or 0.0))
            for index, label, recorded in shown.arms()
            if plot.metric in recorded.metrics and recorded is not start and (zero is not None or not plot.against)
        ]
        return BarData(bars, plot.log, shown.said(plot.y_label))

    def is_empty(self, data: BarData) -> bool:
        """Whether there is no bar."""
        return not data.bars

    def lines(self, data: BarData, language: Language) -> BarLines:
        """A line per bar."""
        return BarLines(data)

    def together(self, runs: Sequence[tuple[str, BarData]], arms: int) -> BarData:
        """The bars of each run under each other."""
        bars = [
            Bar(f"{name} {bar.label}", bar.style + number * arms, bar.value)
            for number, (name, data) in enumerate(runs)
            for bar in data.bars
        ]
        captions = dict.fromkeys(data.caption for _, data in runs)
        return replace(runs[0][1], bars=bars, caption=" · ".join(captions))


@dataclass(frozen=True)
class BarLines:
    """Bars among lines of text: name, value, length."""

    data: BarData

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        bars = self.data.bars
        longest = max((bar.value for bar in bars if math.isfinite(bar.value)), default=0.0)
        names = max((cell_len(bar.label) for bar in bars), default=0)
        values = max((len(reading(bar.value)) for bar in bars), default=0)
        room = max(1, options.max_width - names - values - 6)
        yield Text(self.data.caption, "muted")
        for bar in bars:
            line = Text(no_wrap=True, overflow="crop")
            line.append(f"{mark(bar.style)} {bar.label}", arm_style(bar.style))
            line.append(" " * (names - cell_len(bar.label) + 2) + reading(bar.value).rjust(values) + "  ")
            line.append("█" * round(fraction(bar.value, longest, self.data.log) * room), arm_style(bar.style))
            yield line


KIND = BarsKind()
