"""What one plot of curves shows, and its axes: the same for the screen, a browser and lines of text."""

from __future__ import annotations

from dataclasses import dataclass, field

from minimind_tui.views.axis import Axis, linear_axis, log_axis
from minimind_tui.views.figure import Curve, Reference
from minimind_tui.views.marks import mark
from minimind_tui.views.numbers import reading


@dataclass(frozen=True)
class PlotData:
    """All that one plot of curves shows. `x_range` is the planned range; without it, that of the points.

    A value beyond `ceiling` does not stretch a linear y axis: its curve goes on as `^` at the upper edge.
    """

    curves: list[Curve] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    x_range: tuple[float, float] | None = None
    x_label: str = ""
    y_label: str = ""
    ceiling: float | None = None
    per_arm: int = 1
    """How many curves an arm has: so many styles are its own."""
    log: bool = False
    """Whether the y axis begins logarithmic."""
    log_x: bool = False
    """Whether the steps of the curves are powers of ten of what they stand for."""


NOTHING = PlotData()
"""Nothing to show yet, not even axes: half a log would be drawn twice, and the curve would jump."""


def x_axis(data: PlotData, width: int) -> Axis:
    """An axis that ends where the planned steps or the points do."""
    return axis_between(data, *x_ends(data), max(2, width // 14))


def x_ends(data: PlotData) -> tuple[float, float]:
    """Where the planned steps or the points begin and end."""
    ends: list[float] = list(data.x_range or ())
    for curve in data.curves:
        ends += [curve.series.steps[0], curve.series.steps[-1]] if len(curve.series) else []
    return (min(ends), max(ends)) if ends else (0.0, 1.0)


def axis_between(data: PlotData, low: float, high: float, parts: int) -> Axis:
    """The x axis from `low` to `high`, which are powers of ten where it is logarithmic."""
    if data.log_x:
        return log_axis((10.0**low, 10.0**high), parts)
    return linear_axis((low, high), parts, exact=True)


def y_axis(data: PlotData, x: Axis, height: int, log: bool) -> Axis:
    """An axis for all of `data` between the ends of `x`; a linear one ends at the ceiling."""
    values = [reference.value for reference in data.references]
    for curve in data.curves:
        values += [value for _, value in curve.series.decimated(60, x.low, x.high)]
    parts = max(2, height // 4)
    if data.ceiling is not None and not log:
        values = [min(value, data.ceiling) for value in values if value == value]
    return log_axis(values, parts) if log else linear_axis(values, parts)


def named(curve: Curve, value: float | None) -> str:
    """A curve's entry in the legend: its mark, name and value, and the step from which on it is no number."""
    if curve.series.drawn == "fit":
        return curve.label
    shown = "-" if value is None or not len(curve.series) else reading(value)
    broken = curve.series.first_nonfinite
    return f"{mark(curve.style)} {curve.label} {shown}" + ("" if broken is None else f" (! {broken})")
