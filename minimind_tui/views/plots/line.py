"""Curves against the step, and what all plots of curves share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text as RichText

from minimind_tui.base.text import Language, Text
from minimind_tui.content.plots import Curves, Line
from minimind_tui.views.curves import PlotData, named, x_axis, y_axis
from minimind_tui.views.figure import AXIS, REFERENCE, Curve, Reference, draw
from minimind_tui.views.marks import arm_style, dots
from minimind_tui.views.numbers import reading
from minimind_tui.views.plots.kind import PlotKind, PlotT, Shown
from minimind_tui.views.svg import svg

REFERENCE_NAMES = {
    "uniform": Text(zh="瞎猜 ln V", en="guessing, ln V"),
    "entropy": Text(zh="熵下限", en="entropy floor"),
    "letters": Text(zh="只知道字频", en="letter frequencies"),
}
"""The lines of a loss. Others are named by the plot in which they belong."""

CEILING = 2.0
"""A loss that is beyond so many times the loss of guessing leaves the plot at its top: the others stay readable."""

STEP = Text(zh="步", en="step")
CANVAS_ROWS = 16
"""Of a plot among lines of text."""


class CurveKind(PlotKind[PlotT, PlotData]):
    """What plots of curves have in common: how they are written, drawn and joined."""

    widget = "line"
    is_curves, is_text = True, False

    def is_empty(self, data: PlotData) -> bool:
        """Whether no curve has a point."""
        return not any(len(curve.series) for curve in data.curves)

    def lines(self, data: PlotData, language: Language) -> Canvas:
        """The legend, then a canvas."""
        return Canvas(data)

    def picture(self, data: PlotData, title: str) -> str:
        """The same curves for a browser."""
        return svg(data, title, log=data.log)

    def together(self, runs: Sequence[tuple[str, PlotData]], arms: int) -> PlotData:
        """The curves of all runs, those of each further one in further colours and marks."""
        datas = [data for _, data in runs]
        ranges = [data.x_range for data in datas if data.x_range]
        return replace(
            datas[0],
            curves=[
                Curve(f"{name} {curve.label}", curve.style + number * arms * data.per_arm, curve.series)
                for number, (name, data) in enumerate(runs)
                for curve in data.curves
            ],
            references=list(_references_of(runs)),
            x_range=(min(low for low, _ in ranges), max(high for _, high in ranges)) if ranges else None,
            y_label=_unit_of(runs),
            ceiling=None,
        )


class LineKind(CurveKind[Line]):
    """The series of the plot's metrics, one curve per arm and metric, with the reference lines of the run."""

    def data(self, shown: Shown[Line]) -> PlotData:
        """Curves that grow; the x axis is as long as the plan where it counts steps."""
        plot, summary = shown.plot, shown.summary
        names = {metric: shown.said(name) for metric, name in plot.names.items()} or {plot.metric: ""}
        several = shown.several or not plot.names
        planned = max((arm.plan for arm in summary.arms.values()), default=0)
        guessing = max((arm.references.get("uniform", 0.0) for arm in summary.arms.values()), default=0.0)
        return PlotData(
            curves=[
                Curve(
                    " · ".join(filter(None, (label if several else "", name))),
                    len(names) * index + place,
                    recorded.metrics[metric],
                )
                for index, label, recorded in shown.arms()
                for place, (metric, name) in enumerate(names.items())
                if metric in recorded.metrics
            ],
            references=references(shown),
            x_range=(0.0, float(planned)) if planned and plot.x_label is None else None,
            ceiling=CEILING * guessing if "loss" in plot.metric and guessing > 0 else None,
            x_label=(plot.x_label or STEP).of(shown.language),
            y_label=shown.said(plot.y_label),
            per_arm=len(names),
            log=plot.log,
        )


def references(shown: Shown[PlotT]) -> list[Reference]:
    """The reference lines of the run that belong in the plot of curves, each once."""
    plot = shown.plot
    assert isinstance(plot, Curves)
    found: dict[str, float] = {}
    for arm in shown.summary.arms.values():
        found.update(arm.references)
    names = {**(REFERENCE_NAMES if "loss" in plot.metric else {}), **plot.references}
    return [Reference(names[name].of(shown.language), value) for name, value in found.items() if name in names]


def _references_of(runs: Sequence[tuple[str, PlotData]]) -> Iterator[Reference]:
    """The lines of all runs: one where it is the same in each, else each with the name of its run."""
    lines = [[(reference.label, reference.value) for reference in data.references] for _, data in runs]
    shared = set(lines[0]).intersection(*lines[1:])
    for number, ((name, _), own) in enumerate(zip(runs, lines, strict=True)):
        for label, value in own:
            if (label, value) not in shared:
                yield Reference(f"{name} {label}", value)
            elif number == 0:
                yield Reference(label, value)


def _unit_of(runs: Sequence[tuple[str, PlotData]]) -> str:
    """What runs down: one label where it is the same for all, else that of each run."""
    units = [data.y_label for _, data in runs]
    if len(set(units)) == 1:
        return units[0]
    return " · ".join(f"{name} {unit}" for (name, _), unit in zip(runs, units, strict=True))


@dataclass(frozen=True)
class Canvas:
    """Curves among lines of text: what the axes are, the legend, then the canvas in the width that there is."""

    data: PlotData

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        data, width = self.data, options.max_width
        x = x_axis(data, width)
        y = y_axis(data, x, CANVAS_ROWS, data.log)
        legend = RichText()
        for curve in data.curves:
            legend.append(f"{named(curve, curve.series.last)}   ", arm_style(curve.style))
        for reference in data.references:
            legend.append(f"{reference.label} {reading(reference.value)}   ", "muted")
        yield RichText(f"{data.y_label}  → {data.x_label}".strip(), "muted")
        yield legend
        for row in draw(data.curves, data.references, x, y, width, CANVAS_ROWS, dots()):
            line = RichText(no_wrap=True, overflow="crop")
            for sign, owner in row:
                line.append(sign, "muted" if owner == AXIS or owner >= REFERENCE else arm_style(owner))
            yield line


KIND = LineKind()
