"""A drawing in a lesson: its rows as they are written, in the text's own ink, its accented words in the accent's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from markdown_it.token import Token
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import Markdown, MarkdownElement
from rich.style import Style
from rich.styled import Styled
from rich.text import Text

from minimind_tui.content.drawings import NAME, Drawing, columns, drawing_of

MARGIN, GAP = 2, 4
"""Columns left of a drawing, and between two that stand side by side."""

ACCENT = "drawing.accent"

MARK = "drawing"
"""What marks the rows of a drawing, with its number in the text."""


def joined_drawings(tokens: Iterable[Token]) -> Iterator[Token]:
    """The same tokens, drawings that follow one another joined to one token."""
    before: list[Drawing] | None = None
    count = 0
    for token in tokens:
        drawing = drawing_of(token)
        if drawing is None:
            before = None
            yield token
        elif before is None:
            before, count = [drawing], count + 1
            yield Token(NAME, "", 0, meta={"drawings": before, "number": str(count)})
        else:
            before.append(drawing)


class DrawingElement(MarkdownElement):
    """One drawing, or several: side by side, or one under the other in a narrow pane.

    In a pane that is narrower than a drawing its rows are cut at the right; the linter lets no such drawing pass.
    """

    def __init__(self, drawings: Sequence[Drawing], number: str) -> None:
        self.drawings, self.number = drawings, number

    @classmethod
    def create(cls, markdown: Markdown, token: Token) -> DrawingElement:
        """From a token of `joined_drawings`."""
        return cls(token.meta["drawings"], token.meta["number"])

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for row in self._laid_out(options.max_width):
            yield Styled(row, Style(meta={MARK: self.number}))

    def _laid_out(self, width: int) -> Iterator[Text]:
        together = sum(drawing.width for drawing in self.drawings) + GAP * (len(self.drawings) - 1)
        if together + MARGIN <= width:
            yield from _rows(self.drawings, MARGIN)
            return
        for number, drawing in enumerate(self.drawings):
            if number:
                yield Text()
            yield from _rows([drawing], max(0, min(MARGIN, width - drawing.width)))


def _rows(drawings: Sequence[Drawing], margin: int) -> Iterator[Text]:
    """The rows of drawings that stand side by side."""
    accents = list(dict.fromkeys(accent for drawing in drawings for accent in drawing.accents))
    for at in range(max(len(drawing.rows) for drawing in drawings)):
        line = ""
        for drawing in drawings:
            row = drawing.rows[at] if at < len(drawing.rows) else ""
            line += row + " " * (drawing.width - columns(row) + GAP)
        text = Text(" " * margin + line.rstrip(), no_wrap=True, overflow="ellipsis")
        for accent in accents:
            text.highlight_regex(rf"(?<![A-Za-z0-9_]){re.escape(accent)}(?![A-Za-z0-9_])", ACCENT)
        yield text
