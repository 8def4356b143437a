"""Texts as a tokenizer cuts them: every piece over its id."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from minimind_tui.base.inert import inert
from minimind_tui.base.text import Language
from minimind_tui.content.plots import Tokens
from minimind_tui.run import records
from minimind_tui.views.plots.entries import Entry, EntryKind, recorded
from minimind_tui.views.plots.kind import Shown

MOST_PIECES = 2000
LONGEST_PIECE = 40


class TokensKind(EntryKind[Tokens, records.Tokens]):
    """Pieces and ids; how many bytes one token stands for."""

    def data(self, shown: Shown[Tokens]) -> list[Entry[records.Tokens]]:
        """The texts of that name."""
        return recorded(shown, records.Tokens, shown.plot.metric)

    def entry(self, content: records.Tokens, language: Language) -> TokenLines:
        """The pieces in as many lines as they need."""
        return TokenLines(content, language)


@dataclass(frozen=True)
class TokenLines:
    """Pieces beside each other, the id of each under it; neighbours differ in colour, and a bar stands between them."""

    tokens: records.Tokens
    language: Language

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text(self._size(), "muted")
        pieces, ids = Text(no_wrap=True), Text(no_wrap=True)
        for at, piece in enumerate(self.tokens.pieces[:MOST_PIECES]):
            shown = visible(piece)
            number = str(self.tokens.ids[at]) if at < len(self.tokens.ids) else ""
            width = max(cell_len(shown), len(number))
            if pieces.cell_len and pieces.cell_len + width + 1 > options.max_width:
                yield from (pieces, ids, Text())
                pieces, ids = Text(no_wrap=True), Text(no_wrap=True)
            pieces.append(shown + " " * (width - cell_len(shown)), ("arm.0", "arm.1")[at % 2]).append("│", "muted")
            ids.append(number.ljust(width) + " ", "muted")
        yield from (pieces, ids)
        left = len(self.tokens.pieces) - MOST_PIECES
        if left > 0:
            yield Text(f"… {left:,}", "muted")

    def _size(self) -> str:
        """How many tokens, and what one of them stands for on average."""
        count, size = len(self.tokens.pieces), sum(self.tokens.bytes)
        if self.language == "zh":
            each = f"，{size:,} 字节，每个 token {size / count:.2f} 字节" if size and count else ""
            return f"{count:,} 个 token{each}"
        each = f" for {size:,} bytes, {size / count:.2f} bytes per token" if size and count else ""
        return f"{count:,} tokens{each}"


def visible(piece: str) -> str:
    """A piece with its blanks to be seen: `·` for a space, `⏎` for a new line."""
    return inert(piece.replace(" ", "·").replace("\n", "⏎").replace("\t", "⇥"), LONGEST_PIECE)


KIND = TokensKind()
