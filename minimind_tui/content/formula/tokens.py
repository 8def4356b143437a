"""LaTeX is cut into tokens: commands, spaces, and single characters that a terminal can draw."""

from __future__ import annotations

import re
import unicodedata

TOKEN = re.compile(r"\\(?:begin|end)\{[a-z]+\*?\}|\\operatorname\*|\\[A-Za-z]+|\\.|\s+|.", re.DOTALL)
LAST_GLYPH = "\uffff"
"""Fonts of terminals lack most of what is above it."""


class FormulaError(ValueError):
    """A formula that cannot be read: a brace is missing, an argument, a bracket."""


def tokens(latex: str) -> list[str]:
    """The tokens of `latex`; joined, they are what of it can be drawn."""
    return TOKEN.findall(_drawable(latex))


def _drawable(latex: str) -> str:
    """`latex` without control characters; what is above U+FFFF, such as 𝔼, is its plain letter, or a question mark."""
    shown = ""
    for each in latex:
        if each > LAST_GLYPH:
            plain = unicodedata.normalize("NFKC", each)
            shown += "?" if plain > LAST_GLYPH else plain
        elif each.isspace() or unicodedata.category(each) != "Cc":
            shown += " " if each.isspace() else each
    return shown
