"""A picture: what each cell of a screen shows, as an SVG file that can be read back.

Nothing of a screen that can be seen is lost in the file. What cannot be seen is not in it: the text colour of a blank.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from itertools import groupby
from typing import Any, NamedTuple
from xml.etree import ElementTree

from rich.cells import cell_len, split_graphemes
from rich.color import Color
from rich.style import Style
from rich.terminal_theme import TerminalTheme
from textual._compositor import LayoutUpdate
from textual.app import App
from textual.geometry import Size
from textual.strip import Strip

CELL_WIDTH, CELL_HEIGHT, BASELINE = 12.2, 24.4, 20
LEFT, TOP, MARGIN = 9, 41, 9
"""Pixels around the cells; the title stands above them."""

SIXTEEN = TerminalTheme(
    (12, 12, 16),
    (201, 204, 209),
    [(0, 0, 0), (187, 40, 36), (41, 148, 41), (176, 132, 0), (46, 98, 201), (158, 56, 158), (30, 148, 148), (190,) * 3],
    [
        (96,) * 3,
        (255, 92, 87),
        (96, 214, 96),
        (240, 200, 60),
        (110, 160, 255),
        (230, 120, 230),
        (96, 220, 220),
        (255,) * 3,
    ],
)
"""A terminal's own colours: no two are alike, so that a picture tells them apart."""

LOOKS = {
    "bold": ("font-weight", "bold"),
    "italic": ("font-style", "italic"),
    "underline": ("text-decoration", "underline"),
    "strike": ("text-decoration", "line-through"),
    "dim": ("opacity", "0.6"),
}
DRAWN_ON_BLANKS = {"underline", "strike"}
BLANKS = (" ", "\xa0", "\u2800")
"""A space, one that keeps its line together, and a braille character without a dot."""

MOST_PLACES = 4
"""Where a look has changed is told at so many places: a colour of the theme is everywhere."""

NAMESPACE = "{http://www.w3.org/2000/svg}"


class Cell(NamedTuple):
    """One cell: a character, and how it looks. The right half of a wide character is an empty string."""

    text: str
    ink: str
    """The colour of the text as `#rrggbb`; empty for a blank."""
    ground: str
    looks: tuple[str, ...] = ()
    """Some of `LOOKS`."""

    @property
    def look(self) -> str:
        """Colours and looks in words, such as `#d7dae0 on #14171c bold`."""
        return " ".join([*filter(None, [self.ink]), f"on {self.ground}", *self.looks])


Picture = list[list[Cell]]
"""The rows of a screen, the first one on top."""


def picture_of(app: App[Any]) -> Picture:
    """What `app` shows now, with the screens that are seen behind a dialog."""
    size, behind = app.size, app._background_screens
    update = app.screen._compositor.render_update(full=True, screen_stack=behind)
    assert isinstance(update, LayoutUpdate)
    return [_padded([cell for strip in row for cell in _cells(strip)], size) for row in update.strips]


def _padded(cells: list[Cell], size: Size) -> list[Cell]:
    return cells + [Cell(" ", "", _hex(None, is_text=False))] * (size.width - len(cells))


def _cells(strip: Strip) -> Iterator[Cell]:
    for text, style, control in strip:
        if control:
            continue
        look = _look(style or Style())
        spans, _ = split_graphemes(text)
        for start, end, width in spans:
            cell = look._replace(text=text[start:end])
            yield _seen(cell)
            for _ in range(width - 1):
                yield cell._replace(text="")


def _look(style: Style) -> Cell:
    ink, ground = _hex(style.color, is_text=True), _hex(style.bgcolor, is_text=False)
    if style.reverse:
        ink, ground = ground, ink
    return Cell("", ink, ground, tuple(look for look in LOOKS if getattr(style, look)))


def _seen(cell: Cell) -> Cell:
    """The cell without what is not seen of a blank: only a line under it or through it has a colour."""
    blank = cell.text in BLANKS and not set(cell.looks) & DRAWN_ON_BLANKS
    return Cell(" ", "", cell.ground) if blank else cell


def _hex(colour: Color | None, *, is_text: bool) -> str:
    return (colour or Color.default()).get_truecolor(SIXTEEN, foreground=is_text).hex


def svg_of(picture: Picture, title: str = "minimind-tui") -> str:
    """The file: it loads nothing from the network, and has a line for each row of the screen."""
    columns = max(map(len, picture))
    width, height = columns * CELL_WIDTH + 2 * MARGIN, len(picture) * CELL_HEIGHT + TOP + MARGIN
    frame = 'stroke="#ffffff" stroke-opacity="0.35"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
            'font-family="DejaVu Sans Mono, monospace" font-size="20">',
            f"<title>{escape(title)}</title>",
            f'<rect x="1" y="1" width="{width - 2:g}" height="{height - 2:g}" rx="8" fill="#292929" {frame}/>',
            '<circle cx="26" cy="22" r="7" fill="#ff5f57"/>',
            '<circle cx="48" cy="22" r="7" fill="#febc2e"/>',
            '<circle cx="70" cy="22" r="7" fill="#28c840"/>',
            f'<text x="{width / 2:g}" y="27" text-anchor="middle" fill="#c5c8c6">{escape(title)}</text>',
            f'<g id="grounds" transform="translate({LEFT} {TOP})" shape-rendering="crispEdges">',
            *(_grounds(row, y) for y, row in enumerate(picture)),
            "</g>",
            f'<g id="words" transform="translate({LEFT} {TOP})">',
            *(_words(row, y) for y, row in enumerate(picture)),
            "</g>",
            "</svg>\n",
        ]
    )


def _grounds(row: list[Cell], y: int) -> str:
    parts, x = [], 0
    for ground, run in groupby(row, key=lambda cell: cell.ground):
        count = len(list(run))
        place = f'x="{x * CELL_WIDTH:g}" y="{y * CELL_HEIGHT:g}" width="{count * CELL_WIDTH:g}"'
        parts.append(f'<rect {place} height="{CELL_HEIGHT + 0.25:g}" fill="{ground}"/>')
        x += count
    return "".join(parts)


def _words(row: list[Cell], y: int) -> str:
    """One element for neighbours that look alike and are equally wide: a Chinese character takes two cells."""
    parts, x = [], 0
    for (ink, looks, _), run in groupby(_joined(row), key=lambda cell: (cell.ink, cell.looks, _width(cell))):
        cells = list(run)
        text = "".join(cell.text for cell in cells)
        if ink:
            place = (
                f'x="{x * CELL_WIDTH:g}" y="{y * CELL_HEIGHT + BASELINE:g}" textLength="{len(cells) * CELL_WIDTH:g}"'
            )
            parts.append(f'<text {place} fill="{ink}"{_style(looks)}>{escape(text).replace(" ", "&#160;")}</text>')
        x += len(cells)
    return "".join(parts)


def _joined(row: list[Cell]) -> list[Cell]:
    """The row with the blanks between two letters that look alike made part of one text."""
    joined, last = list(row), -1
    for x, cell in enumerate(row):
        if not cell.ink:
            continue
        gap = range(last + 1, x)
        alike = last >= 0 and (row[last].ink, row[last].looks) == (cell.ink, cell.looks)
        if gap and alike and _width(row[last]) == _width(cell) == 1 and not set(cell.looks) & DRAWN_ON_BLANKS:
            for blank in gap:
                joined[blank] = row[blank]._replace(ink=cell.ink, looks=cell.looks)
        last = x
    return joined


def _width(cell: Cell) -> int:
    """How many cells the character takes that this is a part of."""
    return cell_len(cell.text) or 2


def _style(looks: tuple[str, ...]) -> str:
    attributes: dict[str, list[str]] = {}
    for look in looks:
        name, value = LOOKS[look]
        attributes.setdefault(name, []).append(value)
    return "".join(f' {name}="{" ".join(values)}"' for name, values in attributes.items())


def read_svg(svg: str) -> Picture:
    """The picture that `svg_of` has written."""
    root = ElementTree.fromstring(svg)
    rows: dict[int, list[Cell]] = {}
    for rect in root.findall(f"{NAMESPACE}g[@id='grounds']/{NAMESPACE}rect"):
        row = rows.setdefault(_count(rect, "y", CELL_HEIGHT), [])
        row += [Cell(" ", "", rect.attrib["fill"])] * _count(rect, "width", CELL_WIDTH)
    for word in root.findall(f"{NAMESPACE}g[@id='words']/{NAMESPACE}text"):
        row, x = rows[_count(word, "y", CELL_HEIGHT)], _count(word, "x", CELL_WIDTH)
        looks = tuple(look for look, (name, value) in LOOKS.items() if value in word.get(name, "").split())
        text = (word.text or "").replace("\xa0", " ")
        for start, end, width in split_graphemes(text)[0]:
            for half in range(width):
                row[x] = _seen(Cell("" if half else text[start:end], word.attrib["fill"], row[x].ground, looks))
                x += 1
    return [rows[y] for y in sorted(rows)]


def _count(element: ElementTree.Element, name: str, unit: float) -> int:
    """How many cells a length is: the baseline of a text lies in its row."""
    return int(float(element.attrib[name]) / unit + 0.01)


def difference(old: Picture, new: Picture) -> str:
    """What differs, to be read: rows as they were and are, and where the text only looks otherwise. Empty for none."""
    if [len(row) for row in old] != [len(row) for row in new]:
        sizes = [f"{max(map(len, picture))}x{len(picture)}" for picture in (old, new)]
        return f"size {sizes[0]} -> {sizes[1]}"
    lines: list[str] = []
    looks: dict[str, list[str]] = {}
    for y, (before, after) in enumerate(zip(old, new, strict=True)):
        was, now = ("".join(cell.text for cell in row).rstrip() for row in (before, after))
        if was != now:
            lines += [f"row {y + 1:2} - {was}", f"       + {now}"]
        for start, end in _restyled(before, after, letters_only=was != now):
            words = "".join(cell.text for cell in after[start : end + 1])
            places = looks.setdefault(f"{before[start].look} -> {after[start].look}", [])
            places.append(f"row {y + 1:2} columns {start + 1}-{end + 1} {words!r}")
    for change, places in looks.items():
        more = [f"and {len(places) - MOST_PLACES} more"] if len(places) > MOST_PLACES else []
        lines += [change, *(f"    {place}" for place in [*places[:MOST_PLACES], *more])]
    return "\n".join(lines)


def _restyled(old: list[Cell], new: list[Cell], *, letters_only: bool) -> list[tuple[int, int]]:
    """(first, last) column of each stretch that only looks otherwise, in one way; blanks inside belong to it.

    Where the text has changed too, letters that have become blanks look otherwise by themselves and are left out.
    """
    found: list[tuple[int, int]] = []
    for x, (before, after) in enumerate(zip(old, new, strict=True)):
        if before[1:] == after[1:] or (letters_only and not (before.text.strip() and after.text.strip())):
            continue
        first, last = found[-1] if found else (x, x)
        alike = (old[first].look, new[first].look) == (before.look, after.look)
        if found and alike and not "".join(cell.text for cell in new[last + 1 : x]).strip():
            found[-1] = (first, x)
        else:
            found.append((x, x))
    return found


def as_words(picture: Picture) -> str:
    """The text of a picture, for a message."""
    return "\n".join(re.sub(r"\s+$", "", "".join(cell.text for cell in row)) for row in picture)
