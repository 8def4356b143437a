"""One number per layer as bars: a row per layer, a column per arm, each bar with its value."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from minimind_tui.base.text import Language
from minimind_tui.content.plots import LayerBars
from minimind_tui.views.axis import LARGEST
from minimind_tui.views.marks import arm_style, mark
from minimind_tui.views.matrix import fitted
from minimind_tui.views.numbers import SHORT, short
from minimind_tui.views.plots.kind import PlotKind, Shown
from minimind_tui.views.plots.layers import LAYER

MOST_DECADES = 16
"""A value that is this many decades under the longest bar has none left on a logarithmic axis."""


@dataclass(frozen=True)
class LayerColumn:
    """One arm: its index, its name, and a value for each layer."""

    arm: int
    label: str
    values: list[float]


@dataclass(frozen=True)
class LayerData:
    """What is drawn: the arms, what a row is called and what a value is."""

    columns: list[LayerColumn]
    layer: str = ""
    caption: str = ""
    log: bool = False


@dataclass(frozen=True)
class Span:
    """From where to where bars grow: from 0, or between two powers of ten."""

    low: float
    high: float
    log: bool

    @classmethod
    def of(cls, values: list[float], log: bool) -> Span:
        """The span of all bars of a plot, so that they can be compared."""
        sizes = [min(abs(value), LARGEST) for value in values if math.isfinite(value)]
        if not log:
            return cls(0.0, max(sizes, default=1.0) or 1.0, False)
        logs = [math.log10(size) for size in sizes if size >= 1e-300]
        high = math.ceil(max(logs, default=0.0) - 1e-9)
        low = max(math.floor(min(logs, default=-1.0) + 1e-9), high - MOST_DECADES)
        return cls(float(min(low, high - 1)), float(high), True)

    def part(self, value: float) -> float:
        """How long a bar is, from 0 to 1."""
        size = min(abs(value), LARGEST)
        if not self.log:
            return size / self.high
        if size < 1e-300:
            return 0.0
        return max(0.0, min(1.0, (math.log10(size) - self.low) / (self.high - self.low)))

    @property
    def legend(self) -> str:
        """What the ends of a bar stand for."""
        if self.log:
            return f"▏ 1e{self.low:.0f} … █ 1e{self.high:.0f} (log)"
        return f"▏ 0 … █ {short(self.high)}"


class LayerBarsKind(PlotKind[LayerBars, LayerData]):
    """The last recorded vector of each arm, a bar per layer."""

    widget = "layer-bars"

    def data(self, shown: Shown[LayerBars]) -> LayerData:
        """A column per arm that has recorded the vector."""
        plot = shown.plot
        columns = [
            LayerColumn(index, label, recorded.layers[plot.metric])
            for index, label, recorded in shown.arms()
            if recorded.layers.get(plot.metric)
        ]
        return LayerData(columns, (plot.x_label or LAYER).of(shown.language), shown.said(plot.y_label), plot.log)

    def is_empty(self, data: LayerData) -> bool:
        """Whether no arm has recorded it."""
        return not data.columns

    def lines(self, data: LayerData, language: Language) -> LayerLines:
        """A line per layer, the values of the arms beside each other."""
        return LayerLines(data)

    def together(self, runs: Sequence[tuple[str, LayerData]], arms: int) -> LayerData:
        """The columns of each run beside each other."""
        columns = [
            LayerColumn(column.arm + number * arms, f"{name} {column.label}", column.values)
            for number, (name, data) in enumerate(runs)
            for column in data.columns
        ]
        return replace(runs[0][1], columns=columns)


@dataclass(frozen=True)
class LayerLines:
    """Values by layer among lines of text; the bars are the widget's."""

    data: LayerData

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        columns = self.data.columns
        yield Text(self.data.caption, "muted")
        for column in columns:
            yield Text(f"{mark(column.arm)} {column.label}", arm_style(column.arm))
        heading = Text(fitted(self.data.layer, SHORT).rjust(SHORT), "muted", no_wrap=True)
        for column in columns:
            heading.append(mark(column.arm).rjust(SHORT + 2), arm_style(column.arm))
        yield heading
        for layer in range(max(len(column.values) for column in columns)):
            line = Text(str(layer + 1).rjust(SHORT), "muted", no_wrap=True, overflow="crop")
            for column in columns:
                value = short(column.values[layer]) if layer < len(column.values) else ""
                line.append(value.rjust(SHORT + 2), arm_style(column.arm))
            yield line


KIND = LayerBarsKind()
