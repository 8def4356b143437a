"""What is sent to the terminal: only the cells that differ from what stands there.

Textual sends a widget whole when one of its cells changes, and the whole screen, several times over, when
widgets are arranged anew: 100 KB to open a lesson, 10 KB a second for a growing curve. Over SSH that is felt.
The app therefore remembers the cells it has sent and sends the difference, as curses does.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby, repeat, zip_longest
from operator import itemgetter

from rich.cells import cell_len, split_graphemes
from rich.color import ColorSystem
from rich.console import Console
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.geometry import Size
from textual.strip import Strip

from minimind_tui.base.inert import inert

Cell = tuple[str, str]
"""A character and the codes of its style. The right half of a wide character is an empty string."""
Piece = tuple[int, int, Strip]
"""Row, column, and what stands from there on."""

TEXT, CODES = itemgetter(0), itemgetter(1)
"""The two parts of a cell."""
MOST_MARKS = 4
NEAR = 8
"""Equal cells between two changes are sent again where they are fewer than a cursor move costs."""


class Terminal:
    """The cells that the terminal shows; None where nobody knows."""

    def __init__(self) -> None:
        self._rows: list[list[Cell | None]] = []

    def forget(self, size: Size) -> None:
        """Take nothing for known: the next update of a cell is sent whatever it says."""
        self._rows = [[None] * size.width for _ in range(size.height)]

    def changes(self, update: LayoutUpdate | ChopsUpdate, color_system: ColorSystem) -> str:
        """The escape sequences that bring the terminal to what `update` draws; empty if it stands there."""
        sequences: list[str] = []
        pen: str | None = None
        for y, x, strip in pieces(update):
            if not 0 <= y < len(self._rows):
                continue
            row = self._rows[y]
            new = cells(strip, color_system)[: max(0, len(row) - x)]
            for start, end in differences(row[x : x + len(new)], new):
                sequences.append(f"\x1b[{y + 1};{x + start + 1}H")
                for codes, alike in groupby(new[start:end], CODES):
                    if codes != pen:
                        sequences.append(f"\x1b[0;{codes}m" if codes else "\x1b[0m")
                        pen = codes
                    sequences.append("".join(map(TEXT, alike)))
            row[x : x + len(new)] = new
        if pen:
            sequences.append("\x1b[0m")
        return "".join(sequences)


class Changes(CompositorUpdate):
    """An update that is sent as its difference from what the terminal shows when it is sent."""

    def __init__(self, terminal: Terminal, update: LayoutUpdate | ChopsUpdate) -> None:
        self._terminal = terminal
        self._update = update

    def render_segments(self, console: Console) -> str:
        """The escape sequences that draw what has changed."""
        return self._terminal.changes(self._update, console._color_system or ColorSystem.TRUECOLOR)


def half(cell: Cell | None) -> bool:
    """Whether this is the right half of a wide character."""
    return cell is not None and not cell[0]


def pieces(update: LayoutUpdate | ChopsUpdate) -> Iterator[Piece]:
    """The strips of an update, each with its place, as Textual's own rendering puts them."""
    if isinstance(update, LayoutUpdate):
        for y, line in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in line:
                yield y, x, strip
                x += strip.cell_length
        return
    for y, left, right in update.spans:
        for end, (x, part) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if part is not None and x <= right and end > left:
                yield y, x, part if x >= left and end <= right else part.crop(0, min(end, right) - x)


def cells(strip: Strip, color_system: ColorSystem) -> list[Cell]:
    """The cells of a strip, one for each of its columns."""
    row: list[Cell] = []
    for text, style, control in strip:
        if control:
            continue
        codes = Strip.render_ansi(style, color_system) if style else ""
        if text.isascii() and text.isprintable():
            row.extend(zip(text, repeat(codes)))
            continue
        for start, end, width in split_graphemes(text)[0]:
            if width:
                row.append((drawable(text[start:end], width), codes))
                row.extend([("", codes)] * (width - 1))
    return row


def drawable(sign: str, width: int) -> str:
    """A character of `width` cells as every terminal draws it: the last wall, behind `base/inert.py`.

    A sign put together from several (an emoji with a skin, a family) is as wide as its parts to one terminal and as
    its first to another. So the first is sent, with a few combining marks and spaces up to the width.
    """
    base = sign[0]
    if len(sign) == 1 and base.isprintable():
        return base
    if inert(base) != base or cell_len(base) > width:
        return " " * width
    marks = [part for part in sign[1:] if unicodedata.category(part) in ("Mn", "Mc") and not _is_selector(part)]
    return base + "".join(marks[:MOST_MARKS]) + " " * (width - cell_len(base))


def _is_selector(sign: str) -> bool:
    """Whether it chooses between a sign's narrow and wide form."""
    return "\ufe00" <= sign <= "\ufe0f"


def differences(old: Sequence[Cell | None], new: list[Cell]) -> list[tuple[int, int]]:
    """The runs [start, end) of `new` to be sent; whole characters, and short gaps with them."""
    runs: list[tuple[int, int]] = []
    if old == new:
        return runs
    if not any(old):  # nothing is known of the terminal: the first screen
        return [(0, len(new))]
    for index, (before, now) in enumerate(zip_longest(old, new)):
        if before == now:
            continue
        start, end = index, index + 1
        while start > 0 and half(new[start]):
            start -= 1
        while end < len(new) and half(new[end]):
            end += 1
        if runs and start - runs[-1][1] < NEAR:
            runs[-1] = (runs[-1][0], max(end, runs[-1][1]))
        else:
            runs.append((start, end))
    return runs
