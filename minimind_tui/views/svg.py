"""A line plot as an SVG picture, for a report that is read in a browser. Arms differ in colour and in their dashes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from minimind_tui.views.axis import Axis
from minimind_tui.views.curves import PlotData, x_axis, y_axis
from minimind_tui.views.figure import Curve

WIDTH, HEIGHT = 720, 400
LEFT, RIGHT, TOP, FOOT = 62, 16, 40, 44
ROW = 18
"""Height of a row of the legend."""

COLOURS = ("#0b5cad", "#b4490b", "#1f7a34", "#b3261e", "#7a3ea1", "#00727a", "#6b5d00", "#444444", "#8a2f5f", "#2f4f8a")
DASHES = ("", "7 4", "2 3", "10 3 2 3", "4 2", "1 4", "12 4", "6 2 1 2", "9 2 2 2", "3 6")
MUTED = "#6b7280"
COLUMNS = 300
"""A curve is drawn by the extremes of so many columns."""

COLUMNS_OF_CELLS = 112
"""The width of the picture in cells of a terminal, by which its ticks are counted."""


def svg(data: PlotData, title: str, *, log: bool) -> str:
    """The picture. It has its own light ground: it reads on a dark page too."""
    x = x_axis(data, COLUMNS_OF_CELLS)
    y = y_axis(data, x, 28, log)
    legend = [(_named(curve), curve.style) for curve in data.curves]
    height = HEIGHT + ROW * len(legend)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'font-family="system-ui, sans-serif" font-size="13" fill="#20242b">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#fbfbf8"/>',
        f'<text x="{LEFT}" y="24" font-size="15" font-weight="bold">{escape(title)}</text>',
        *_axes(x, y, data),
        *(_reference(reference.label, y.place(reference.value), y) for reference in data.references),
    ]
    for curve in data.curves:
        points = curve.series.decimated(COLUMNS, x.low, x.high)
        if curve.series.drawn == "points":
            parts += [_dot(step, y.place(value), curve.style, x, y) for step, value in points]
            continue
        places = [(step, _held(y.place(value), data.ceiling, y)) for step, value in points]
        style = f'fill="none" stroke="{_colour(curve.style)}" stroke-width="1.8"{_dash(curve.style)}'
        parts += [f'<polyline {style} points="{line}"/>' for line in _lines(places, x, y)]
    parts += [_legend(row, *entry) for row, entry in enumerate(legend)]
    return "\n".join([*(part for part in parts if part), "</svg>", ""])


def _named(curve: Curve) -> str:
    """A curve's entry in the legend, with its last value; a fit says what it is."""
    return curve.label if curve.series.drawn == "fit" else f"{curve.label}  {curve.series.last:.4g}"


def _dot(step: float, place: float | None, style: int, x: Axis, y: Axis) -> str:
    """A point that stands alone."""
    if place is None or not math.isfinite(place):
        return ""
    return f'<circle cx="{_column(step, x):.1f}" cy="{_row(place, y):.1f}" r="3.5" fill="{_colour(style)}"/>'


def _colour(style: int) -> str:
    return COLOURS[style % len(COLOURS)]


def _dash(style: int) -> str:
    dash = DASHES[style % len(DASHES)]
    return f' stroke-dasharray="{dash}"' if dash else ""


def _held(place: float | None, ceiling: float | None, y: Axis) -> float | None:
    """A value that leaves the plot at its top stays at the edge."""
    if place is None or not math.isfinite(place):
        return None
    return min(place, y.high) if ceiling is not None else place


def _column(value: float, x: Axis) -> float:
    return LEFT + (value - x.low) / ((x.high - x.low) or 1.0) * (WIDTH - LEFT - RIGHT)


def _row(place: float, y: Axis) -> float:
    return HEIGHT - FOOT - (place - y.low) / ((y.high - y.low) or 1.0) * (HEIGHT - FOOT - TOP)


def _lines(places: Sequence[tuple[float, float | None]], x: Axis, y: Axis) -> list[str]:
    """The points of a curve, cut where there is no value; a single one is a dot of a line."""
    lines: list[list[str]] = [[]]
    for step, place in places:
        if place is None:
            lines.append([])
        else:
            lines[-1].append(f"{_column(step, x):.1f},{_row(place, y):.1f}")
    return [" ".join(line if len(line) > 1 else [*line, line[0]]) for line in lines if line]


def _axes(x: Axis, y: Axis, data: PlotData) -> list[str]:
    bottom, right = HEIGHT - FOOT, WIDTH - RIGHT
    parts = []
    for tick, label in zip(y.ticks, y.labels, strict=True):
        row = f"{_row(tick, y):.1f}"
        parts.append(f'<line x1="{LEFT}" x2="{right}" y1="{row}" y2="{row}" stroke="#e5e5de"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{row}" dy="4" text-anchor="end">{escape(label)}</text>')
    for tick, label in zip(x.ticks, x.labels, strict=True):
        column = f"{_column(tick, x):.1f}"
        parts.append(f'<text x="{column}" y="{bottom + 18}" text-anchor="middle">{escape(label)}</text>')
    parts.append(f'<line x1="{LEFT}" x2="{right}" y1="{bottom}" y2="{bottom}" stroke="{MUTED}"/>')
    named = " · ".join(filter(None, (data.x_label, data.y_label)))
    parts.append(f'<text x="{right}" y="{bottom + 36}" text-anchor="end" fill="{MUTED}">{escape(named)}</text>')
    return parts


def _reference(label: str, place: float | None, y: Axis) -> str:
    if place is None or not y.low <= place <= y.high:
        return ""
    row = f"{_row(place, y):.1f}"
    line = f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{row}" y2="{row}" stroke="{MUTED}" stroke-dasharray="1 3"/>'
    return f'{line}<text x="{WIDTH - RIGHT}" y="{row}" dy="-4" text-anchor="end" fill="{MUTED}">{escape(label)}</text>'


def _legend(row: int, label: str, style: int) -> str:
    y = HEIGHT + ROW * row
    stroke = f'stroke="{_colour(style)}" stroke-width="2"{_dash(style)}'
    line = f'<line x1="{LEFT}" x2="{LEFT + 34}" y1="{y}" y2="{y}" {stroke}/>'
    return f'{line}<text x="{LEFT + 44}" y="{y}" dy="4">{escape(label)}</text>'
