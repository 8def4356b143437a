"""The widgets that plots are drawn with, by the names that the kinds of plots give them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from textual.widget import Widget

from minimind_tui.base.text import Language
from minimind_tui.ui.lesson.view import LessonView
from minimind_tui.ui.plot.bars import Bars
from minimind_tui.ui.plot.heatmap import Heatmap
from minimind_tui.ui.plot.layer_bars import LayerBars
from minimind_tui.ui.plot.line_plot import LinePlot
from minimind_tui.ui.plot.trace_view import TraceView
from minimind_tui.views.plots import PlotKind

WIDGETS: dict[str, type[LinePlot | Bars | Heatmap | LayerBars | TraceView | LessonView]] = {
    "line": LinePlot,
    "bars": Bars,
    "heatmap": Heatmap,
    "layer-bars": LayerBars,
    "trace": TraceView,
    "text": LessonView,
}


def plot_widgets(prefix: str) -> Iterator[Widget]:
    """One of each, with the ids `<prefix>-<name>`."""
    for name, widget in WIDGETS.items():
        yield widget(id=f"{prefix}-{name}")


def draw_plot(widget: Widget, kind: PlotKind[Any, Any], data: Any, language: Language, fresh: bool) -> None:
    """Draw a plot's data; `fresh` where another plot was shown before."""
    if isinstance(widget, LessonView):
        widget.show(kind.lines(data, language), keep_place=not fresh)
    elif isinstance(widget, LinePlot | Bars | Heatmap | LayerBars | TraceView):
        widget.draw(data, fresh)
