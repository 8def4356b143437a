"""Points at any x and y, with a line fitted to them: what was measured at sizes, at lengths, at rates."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from minimind_tui.content.plots import Points
from minimind_tui.run import records
from minimind_tui.run.series import Series
from minimind_tui.views.axis import SMALLEST, drawable
from minimind_tui.views.curves import PlotData
from minimind_tui.views.figure import Curve
from minimind_tui.views.plots.kind import Shown
from minimind_tui.views.plots.line import CurveKind, references

FIT_POINTS = 60
"""Of a fitted curve, from the first point to the last."""


class Anywhere(Series):
    """A series whose steps are any numbers; several points may stand at one step."""

    __slots__ = ()

    def __init__(self, points: Sequence[tuple[float, float]]) -> None:
        super().__init__()
        self.steps: array[float] = array("d")  # type: ignore[assignment]
        for x, y in sorted(points):
            self.steps.append(x)
            self.values.append(y)


class Scatter(Anywhere):
    """Points that are not joined."""

    __slots__ = ()
    drawn = "points"


class FittedCurve(Anywhere):
    """The points of a fitted curve, which are joined."""

    __slots__ = ()
    drawn = "fit"


@dataclass(frozen=True)
class Fit:
    """`y = a + b·x`, or `y = a·x^b`, fitted by least squares (of the logarithms, for a power law)."""

    kind: Literal["line", "power"]
    a: float
    b: float

    def at(self, x: float) -> float:
        """The fitted value at `x`."""
        return self.a * x**self.b if self.kind == "power" else self.a + self.b * x

    def __str__(self) -> str:
        if self.kind == "power":
            return f"y = {self.a:.3g}·x^{self.b:.3g}"
        return f"y = {self.a:.3g} {'+' if self.b >= 0 else '-'} {abs(self.b):.3g}·x"


def fitted(points: Sequence[tuple[float, float]], kind: Literal["line", "power"]) -> Fit | None:
    """The fit; None where fewer than two places can be used. A power law leaves out what is not above 0."""
    usable = [(x, y) for x, y in points if math.isfinite(x) and math.isfinite(y)]
    if kind == "power":
        usable = [(math.log(x), math.log(y)) for x, y in usable if x > 0 and y > 0]
    if len({x for x, _ in usable}) < 2:
        return None
    mean_x, mean_y = (math.fsum(column) / len(usable) for column in zip(*usable, strict=True))
    spread = math.fsum((x - mean_x) ** 2 for x, _ in usable)
    slope = math.fsum((x - mean_x) * (y - mean_y) for x, y in usable) / spread
    start = mean_y - slope * mean_x
    return Fit(kind, math.exp(start) if kind == "power" else start, slope)


class PointsKind(CurveKind[Points]):
    """The latest points of each arm, and a fit through them where the plot asks for one."""

    def data(self, shown: Shown[Points]) -> PlotData:
        """A scatter per arm; after all of them, the fits."""
        plot, curves, fits = shown.plot, [], []
        for index, label, recorded in shown.arms():
            record = recorded.last(records.Points).get(plot.metric)
            points = list(zip(record.x, record.y, strict=False)) if record else []
            places = [(place, y) for x, y in points if (place := _place(x, plot.log_x)) is not None]
            if not places:
                continue
            curves.append(Curve(label, index, Scatter(places)))
            fit = fitted(points, plot.fit) if plot.fit else None
            if fit is not None:
                fits.append(Curve(f"{label} {fit}", index, _drawn(fit, places, plot.log_x)))
        return PlotData(
            curves=[*curves, *fits],
            references=references(shown),
            x_label=shown.said(plot.x_label),
            y_label=shown.said(plot.y_label),
            log=plot.log,
            log_x=plot.log_x,
        )


def _place(x: float, log: bool) -> float | None:
    """Where `x` stands on the axis; None where it cannot be drawn."""
    if not math.isfinite(x) or not drawable(x) or (log and x < SMALLEST):
        return None
    return math.log10(x) if log else x


def _drawn(fit: Fit, places: Sequence[tuple[float, float]], log: bool) -> FittedCurve:
    """The fitted curve from the first place to the last."""
    low, high = min(place for place, _ in places), max(place for place, _ in places)
    span = [low + (high - low) * at / FIT_POINTS for at in range(FIT_POINTS + 1)]
    found = []
    for place in span:
        try:
            found.append((place, fit.at(10.0**place if log else place)))
        except (OverflowError, ZeroDivisionError):  # a power law between points that are as small as floats can be
            continue
    return FittedCurve(found)


KIND = PointsKind()
