"""Drawings in a text: fences that open with ```` ```drawing ````, made of box characters and words.

They are shown as they are written, never wrapped. The words that stand after `drawing` are accented. Drawings that
follow one another stand side by side where there is room for it.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

NAME = "drawing"

WIDEST = 40
"""Columns of a drawing: so many has a lesson beside the lab in a terminal of 100, the narrowest pane that there is."""


@dataclass(frozen=True)
class Drawing:
    """One drawing of a text."""

    rows: list[str]
    accents: list[str]
    """The words that stand out."""
    line: int
    """The line of the text in which the fence opens, counted from 1."""

    @property
    def width(self) -> int:
        """The columns of its widest row."""
        return max(map(columns, self.rows), default=0)


def drawing_of(token: Token) -> Drawing | None:
    """The drawing that a token of the parser stands for; None for any other token."""
    name, *accents = token.info.split()[:20] or [""]
    if token.type != "fence" or name != NAME:
        return None
    rows = [row.rstrip() for row in token.content.rstrip().split("\n")]
    return Drawing(rows, accents, token.map[0] + 1 if token.map else 1)


def drawings(markdown: str) -> list[Drawing]:
    """All drawings of a text, in order."""
    return [drawing for drawing in map(drawing_of, _tokens(markdown)) if drawing is not None]


def without_drawings(markdown: str) -> str:
    """The text with the lines of its drawings left out."""
    lines = markdown.split("\n")
    for token in reversed(_tokens(markdown)):
        if token.map and drawing_of(token) is not None:
            del lines[token.map[0] : token.map[1]]
    return "\n".join(lines)


def columns(text: str) -> int:
    """How many columns of a terminal a text takes: two for an ideograph."""
    return sum(2 if is_wide(character) else 1 for character in text)


def is_wide(character: str) -> bool:
    """Whether a terminal gives a character two columns whatever its font and settings."""
    return unicodedata.east_asian_width(character) in ("W", "F")


def _tokens(markdown: str) -> list[Token]:
    return MarkdownIt().parse(markdown) if NAME in markdown else []
