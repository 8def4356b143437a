"""A picture as an SVG file that can be read back: nothing of the picture is lost in it."""

from __future__ import annotations

from html import escape
from itertools import groupby
from xml.etree import ElementTree

from rich.cells import cell_len, split_graphemes

from tests.pictures.picture import DRAWN_ON_BLANKS, Cell, Picture, seen

CELL_WIDTH, CELL_HEIGHT, BASELINE = 12.2, 24.4, 20
LEFT, TOP, MARGIN = 9, 41, 9
"""Pixels around the cells; the title stands above them."""

ATTRIBUTES = {
    "bold": ("font-weight", "bold"),
    "italic": ("font-style", "italic"),
    "underline": ("text-decoration", "underline"),
    "strike": ("text-decoration", "line-through"),
    "dim": ("opacity", "0.6"),
}
NAMESPACE = "{http://www.w3.org/2000/svg}"


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
        name, value = ATTRIBUTES[look]
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
        looks = tuple(look for look, (name, value) in ATTRIBUTES.items() if value in word.get(name, "").split())
        text = (word.text or "").replace("\xa0", " ")
        for start, end, width in split_graphemes(text)[0]:
            for half in range(width):
                row[x] = seen(Cell("" if half else text[start:end], word.attrib["fill"], row[x].ground, looks))
                x += 1
    return [rows[y] for y in sorted(rows)]


def _count(element: ElementTree.Element, name: str, unit: float) -> int:
    """How many cells a length is: the baseline of a text lies in its row."""
    return int(float(element.attrib[name]) / unit + 0.01)
