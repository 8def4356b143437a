"""The one place that knows plotext: curves in, a grid of characters out.

Each figure is an object of its own, because plotext's module-level functions share one between threads. Its
cells are read directly instead of parsing the escape sequences it would print: the widget styles them by
the theme. plotext 5 raises on infinity and on the logarithm of zero, so neither reaches it, and its text is
one cell a character, so Chinese stays out of it too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from plotext._figure import _figure_class

from minimind_tui.run.series import Series
from minimind_tui.views.axis import Axis
from minimind_tui.views.marks import mark

AXIS = -1
REFERENCE = 100
"""Owners of a cell: an arm's index, AXIS, or REFERENCE plus a line's number."""

REFERENCE_MARKS = "-=:"

Cell = tuple[str, int]

DENSE = 20_000
"""Points of a curve beyond which its noise fills the canvas, every second column is enough, and time matters."""


@dataclass(frozen=True)
class Curve:
    """What one arm has recorded. `style` is the arm's index: it gives colour and mark."""

    label: str
    style: int
    series: Series


@dataclass(frozen=True)
class Reference:
    """A horizontal line to compare with."""

    label: str
    value: float


def draw(
    curves: Sequence[Curve],
    references: Sequence[Reference],
    x: Axis,
    y: Axis,
    width: int,
    height: int,
    dots: str = "braille",
) -> list[list[Cell]]:
    """`height` rows of `width` cells: axes, reference lines, curves with their marks, gaps where NaN was."""
    figure = _figure_class()
    figure._limit_size(False, False)  # the widget knows its size; plotext would take the environment's word
    figure.plotsize(width, height)
    figure.theme("clear")
    for number, reference in enumerate(references):
        at = y.place(reference.value)
        if at is not None and y.low <= at <= y.high:
            sign = REFERENCE_MARKS[number % len(REFERENCE_MARKS)]
            figure.plot([x.low, x.high], [at, at], marker=sign, color=(REFERENCE + number, 0, 0))
    columns = max(4, width - 6)
    for curve in sorted(curves, key=lambda curve: curve.series.drawn == "points"):  # points lie over what is fitted
        _draw_curve(figure, curve, x, y, columns, dots)
    figure.xlim(x.low, x.high)
    figure.ylim(y.low, y.high)
    figure.xticks(x.ticks, x.labels)
    figure.yticks(y.ticks, y.labels)
    figure.xaxes(True, False)
    figure.yaxes(True, False)
    figure.build()
    matrix = figure.monitor.matrix
    cells = [
        [(_character(sign), _owner(colour)) for sign, colour in zip(signs, colours, strict=True)]
        for signs, colours in zip(matrix.marker[::-1], matrix.fullground[::-1], strict=True)
    ]
    for curve in curves:
        if curve.series.drawn == "curve":
            _put_marks(cells, curve, x, y)
    return cells


def _draw_curve(figure: object, curve: Curve, x: Axis, y: Axis, columns: int, dots: str) -> None:
    across = 2 * columns if len(curve.series) <= DENSE else columns
    visible = curve.series.decimated(across, x.low, x.high)
    # A damaged log may tell of steps in any order: a line to a point far outside takes plotext for ever.
    points = [(step, y.place(value)) for step, value in visible if x.low <= step <= x.high]
    colour = (curve.style + 1, 0, 0)
    if curve.series.drawn == "points":
        there = [(step, value) for step, value in points if value is not None and y.low <= value <= y.high]
        xs, ys = [step for step, _ in there], [value for _, value in there]
        figure.scatter(xs, ys, marker=mark(curve.style), color=colour)  # type: ignore[attr-defined]
        return
    for piece in _pieces(points, y):
        xs, ys = [step for step, _ in piece], [value for _, value in piece]
        if len(piece) == 1:
            figure.scatter(xs, ys, marker=mark(curve.style), color=colour)  # type: ignore[attr-defined]
        else:
            figure.plot(xs, ys, marker=dots, color=colour)  # type: ignore[attr-defined]


def _pieces(points: list[tuple[float, float | None]], y: Axis) -> list[list[tuple[float, float]]]:
    """The drawable stretches between gaps; values beyond the axis are held at a little beyond its ends."""
    margin = (y.high - y.low) * 0.02
    pieces: list[list[tuple[float, float]]] = [[]]
    for step, value in points:
        if value is None:
            pieces.append([])
        else:
            pieces[-1].append((step, min(max(value, y.low - margin), y.high + margin)))
    return [piece for piece in pieces if piece]


def canvas_left(cells: list[list[Cell]]) -> int:
    """The first column right of the y axis."""
    return next((index for index, (sign, _) in enumerate(cells[0]) if sign in "┤│"), 0) + 1


def _put_marks(cells: list[list[Cell]], curve: Curve, x: Axis, y: Axis) -> None:
    """Put the arm's mark on four cells of its curve, at other columns than its neighbours' marks.

    On cells as they were drawn, so that no mark lies beside its curve or under another one; a curve that lies
    wholly under others shows by its marks alone.
    """
    width, style = len(cells[0]), curve.style
    own: dict[int, list[int]] = {}
    for at, row in enumerate(cells):
        for column, (_, owner) in enumerate(row):
            if owner == style:
                own.setdefault(column, []).append(at)
    if not own:
        left, last = canvas_left(cells), len(cells) - 3
        for step, value in curve.series.decimated(2 * width, x.low, x.high):
            place = y.place(value)
            if place is not None and y.low <= place <= y.high and x.low <= step <= x.high:
                column = left + round((step - x.low) / (x.high - x.low) * (width - left - 1))
                own[column] = [round((y.high - place) / (y.high - y.low) * last)]
    if not own:
        return
    for part in range(4):
        wanted = width * (part + 0.16 * (style % 5) + 0.1) / 4
        column = min(own, key=lambda column: abs(column - wanted))
        if abs(column - wanted) <= width / 8:
            rows = own[column]
            cells[rows[len(rows) // 2]][column] = (mark(style), style)


def _character(sign: object) -> str:
    return sign if isinstance(sign, str) and sign else " "


def _owner(colour: object) -> int:
    """The owner that a cell's colour stands for: colours are numbers in disguise here."""
    if not isinstance(colour, tuple):
        return AXIS
    number = int(colour[0])
    return number if number >= REFERENCE else number - 1
