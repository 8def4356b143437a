"""A picture: what each cell of a screen shows, and nothing that cannot be seen, such as the text colour of a blank."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from rich.cells import split_graphemes
from rich.color import Color
from rich.style import Style
from rich.terminal_theme import TerminalTheme
from textual._compositor import LayoutUpdate
from textual.app import App
from textual.geometry import Size
from textual.strip import Strip

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

LOOKS = ("bold", "italic", "underline", "strike", "dim")
DRAWN_ON_BLANKS = {"underline", "strike"}
BLANKS = (" ", "\xa0", "\u2800")
"""A space, one that keeps its line together, and a braille character without a dot."""


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
            if width:
                yield seen(cell)
            for _ in range(width - 1):
                yield cell._replace(text="")


def _look(style: Style) -> Cell:
    ink, ground = _hex(style.color, is_text=True), _hex(style.bgcolor, is_text=False)
    if style.reverse:
        ink, ground = ground, ink
    return Cell("", ink, ground, tuple(look for look in LOOKS if getattr(style, look)))


def seen(cell: Cell) -> Cell:
    """The cell without what is not seen of a blank: only a line under it or through it has a colour."""
    blank = cell.text in BLANKS and not set(cell.looks) & DRAWN_ON_BLANKS
    return Cell(" ", "", cell.ground) if blank else cell


def _hex(colour: Color | None, *, is_text: bool) -> str:
    return (colour or Color.default()).get_truecolor(SIXTEEN, foreground=is_text).hex


def as_words(picture: Picture) -> str:
    """The text of a picture, for a message."""
    return "\n".join(re.sub(r"\s+$", "", "".join(cell.text for cell in row)) for row in picture)
