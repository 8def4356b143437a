"""Rows of texts as one long text, for experiments that read one: `data.corpus` opens a text by its path.

The texts of the first rows, a blank line between two, as many of them as a plain text may hold. They are joined once,
when the rows are added, and lie beside them: so every experiment reads them as it reads any text, however many rows
there are. Where one document ends is known from the rows alone.
"""

from __future__ import annotations

from typing import Final

from minimind_tui.datasets import plain

BETWEEN: Final = "\n\n"


class Joined:
    """What has been joined so far: `rows` of the texts given, `characters` in all."""

    def __init__(self) -> None:
        self.rows, self.characters = 0, 0
        self._bytes, self._full = 0, False

    def take(self, text: str) -> bytes:
        """What is to be appended for the next text: nothing from the first one on for which there is no room."""
        if self._full:
            return b""
        piece = f"{BETWEEN if self.rows else ''}{text}"
        content = piece.encode()
        if self._bytes + len(content) > plain.MAXIMUM_BYTES:
            self._full = True
            return b""
        self.rows += 1
        self.characters += len(piece)
        self._bytes += len(content)
        return content
