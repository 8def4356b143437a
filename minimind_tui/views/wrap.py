"""Line breaking for text that mixes Chinese and English.

Rich breaks at spaces alone, so that a Chinese sentence after one English word leaves half a line empty.
Here every ideograph is a place to break, except where Chinese typography forbids it: no line opens with
closing punctuation, none ends with an opening bracket.
"""

from __future__ import annotations

from typing import Any, Literal

from rich.cells import cell_len, chop_cells
from rich.console import Console, ConsoleOptions
from rich.containers import Lines
from rich.measure import Measurement
from rich.text import Text

CLOSING = frozenset("，。、；：？！）】」』》〉”’…—·,.;:?!)]}%")
OPENING = frozenset("（【「『《〈“‘([{")


def is_wide(character: str) -> bool:
    """Whether a line may break on either side of `character`: an ideograph, kana or full-width sign."""
    return "\u2e80" <= character <= "\u9fff" or "\uf900" <= character <= "\ufaff" or character >= "\uff00"


def units(text: str) -> list[str]:
    """`text` cut into pieces that no line break may split; joined, they give `text` again."""
    pieces: list[str] = []
    glue = False
    for character in text:
        if pieces and not character.isspace() and not pieces[-1][-1].isspace():
            before = pieces[-1][-1]
            joins = glue or character in CLOSING or not (is_wide(character) or is_wide(before))
        else:
            joins = bool(pieces) and character.isspace()
        if joins:
            pieces[-1] += character
        else:
            pieces.append(character)
        glue = character in OPENING
    return pieces


def breaks(text: str, width: int) -> list[int]:
    """Character offsets at which the paragraph `text` goes on in a new line of `width` cells."""
    offsets: list[int] = []
    position = used = 0
    for unit in units(text):
        body = cell_len(unit.rstrip())
        if used and used + body > width:
            offsets.append(position)
            used = 0
        if body > width:
            start = position
            for part in chop_cells(unit, width)[:-1]:
                start += len(part)
                offsets.append(start)
            used = cell_len(text[start : position + len(unit)])
        else:
            used += cell_len(unit)
        position += len(unit)
    return offsets


class WrappedText(Text):
    """A Rich text that breaks its lines by `breaks`."""

    def copy(self) -> WrappedText:
        """The same text, and again one that breaks so: Rich copies the headings of a table."""
        twin = WrappedText(self.plain, style=self.style, justify=self.justify, overflow=self.overflow)
        twin.spans = list(self.spans)
        return twin

    def wrap(self, console: Console, width: int, *_: Any, tab_size: int = 8, **__: Any) -> Lines:
        """The lines of this text in `width` cells."""
        lines = Lines()
        for paragraph in self.split("\n", allow_blank=True):
            for line in paragraph.divide(breaks(paragraph.plain, max(1, width))):
                line.rstrip()
                if self.justify in ("center", "right"):
                    line.align(self.justify, width)
                lines.append(line)
        return lines

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        lines = self.plain.splitlines() or [""]
        longest = max(cell_len(line) for line in lines)
        smallest = max((cell_len(unit.rstrip()) for line in lines for unit in units(line)), default=0)
        return Measurement(smallest, longest)


def wrapped(text: str, style: str = "", justify: Literal["left", "center", "right"] = "left") -> WrappedText:
    """Plain text, ready to be drawn at any width."""
    return WrappedText(text, style=style, justify=justify)
