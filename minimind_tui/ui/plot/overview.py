"""Many matrices at a glance: each in small, its cells pooled to shades that need no colour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from minimind_tui.ui.plot.matrix import shade
from minimind_tui.ui.plot.palette import arm_styles
from minimind_tui.ui.style import rich_styles
from minimind_tui.views.marks import mark
from minimind_tui.views.matrix import MatrixView, Scale, fitted, scale_of

if TYPE_CHECKING:
    from textual.app import App

SHADES = " ·░▒▓█"
LEAST, GAP = 12, 2
Line = list[Segment]


def arranged(views: list[MatrixView], width: int) -> list[list[int]]:
    """The places of `views` in rows of small pictures: each arm begins a row of its own."""
    across = max(1, (width + GAP) // (LEAST + GAP))
    arms: dict[int, list[int]] = {}
    for index, view in enumerate(views):
        arms.setdefault(view.arm, []).append(index)
    longest = max((len(own) for own in arms.values()), default=1)
    across = -(-longest // -(-longest // across))  # as even as can be
    return [own[at : at + across] for own in arms.values() for at in range(0, len(own), across)]


def overview(app: App[Any], views: list[MatrixView], index: int, width: int) -> tuple[list[Line], int]:
    """All matrices, the one at `index` marked; and the line at which that one begins."""
    styles, arms = rich_styles(app), arm_styles(app)
    grid = arranged(views, width)
    across = max(map(len, grid))
    room = (width - GAP * (across - 1)) // across
    shared = _shared([view.name for view in views]) if any(cell_len(v.name) > room - 2 for v in views) else ""
    lines: list[Line] = [
        [
            segment
            for arm, label in {view.arm: view.arm_label for view in views}.items()
            for segment in (Segment(f"{mark(arm)} {label}", arms[arm % len(arms)]), Segment("   "))
        ]
        + ([Segment(f"{shared}…", styles["muted"])] if shared else [])
    ]
    at = 0
    for row in grid:
        pictures = [small(app, views[place], room) for place in row]
        titles: Line = []
        for place in row:
            here, view = place == index, views[place]
            text = fitted(("▶" if here else " ") + f"{mark(view.arm)} {view.name.removeprefix(shared)}", room)
            titles.append(Segment(text, styles["key"] if here else styles["strong"]))
            titles.append(Segment(" " * (room - cell_len(text) + GAP)))
        if index in row:
            at = len(lines)
        lines.append(titles)
        for y in range(max(map(len, pictures))):
            line: Line = []
            for picture in pictures:
                own = picture[y] if y < len(picture) else []
                used = sum(segment.cell_length for segment in own)
                line += [*own, Segment(" " * (room - used + GAP))]
            lines.append(line)
        lines.append([])
    return lines, at


def _shared(names: list[str]) -> str:
    """The words with which all names begin: said once where there is no room to repeat them."""
    shared = ""
    for words in zip(*(name.split(" ")[:-1] for name in names), strict=False):
        if len(set(words)) > 1:
            break
        shared += words[0] + " "
    return shared


def small(app: App[Any], view: MatrixView, room: int) -> list[Line]:
    """The matrix in at most `room` columns and half as many rows: of the cells that fall together, the strongest."""
    scale = scale_of(view.rows)
    height, width = len(view.rows), max((len(row) for row in view.rows), default=0)
    columns = min(room, width)
    rows = min(height, max(2, columns // 2))
    picture: list[Line] = []
    for y in range(rows):
        band = view.rows[height * y // rows : max(height * (y + 1) // rows, height * y // rows + 1)]
        line: Line = []
        for x in range(columns):
            first, after = width * x // columns, max(width * (x + 1) // columns, width * x // columns + 1)
            part = _strongest(scale, [value for row in band for value in row[first:after]])
            sign = " " if part is None else SHADES[min(5, int(abs(part) * 5 + 0.8))]
            line.append(Segment(sign, Style() if part is None else _ink(app, part)))
        picture.append(line)
    return picture


def _strongest(scale: Scale, values: list[float]) -> float | None:
    """Of values that share a cell, the part that is farthest from nothing; None where all are shut out."""
    parts = [scale.part(value) for value in values if not scale.empty(value)]
    return max(parts, key=abs) if parts else None


def _ink(app: App[Any], part: float) -> Style:
    if app.current_theme.ansi:
        return Style(color="red") if part < 0 else Style()
    return Style(color=shade(app, 1.0 if part >= 0 else -1.0).bgcolor)
