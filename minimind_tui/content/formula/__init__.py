"""Formulas for a terminal: blocks drawn in two dimensions, inline ones on a line with their grouping kept."""

from __future__ import annotations

import re
from functools import lru_cache

from minimind_tui.content.formula.block import in_a_block
from minimind_tui.content.formula.box import of_text
from minimind_tui.content.formula.compare import differences
from minimind_tui.content.formula.line import on_a_line
from minimind_tui.content.formula.parse import parse
from minimind_tui.content.formula.tokens import FormulaError

WEAK = frozenset("+-=<>≈≤≥≠≡∝~→⇒↦")
"""Operators before which a formula that is too wide is broken: no product is torn apart."""

INDENT = 2
"""Cells before a line that continues the one over it."""

WIDEST = 10_000
"""More cells than any formula is wide."""


@lru_cache(maxsize=512)
def inline_formula(latex: str) -> str:
    """`latex` on one line. Never raises, and never shows a backslash."""
    try:
        text = on_a_line(parse(latex)[0])
    except (FormulaError, RecursionError):  # a reader still wants to see something
        text = " ".join(latex.split())
    return text.replace("\\", "").strip()


@lru_cache(maxsize=512)
def block_formula(latex: str, width: int = 80) -> list[str]:
    """`latex` in two dimensions, in at most `width` cells; in linear form if it is too wide or cannot be read."""
    try:
        rows = in_a_block(parse(latex)[0])
    except (FormulaError, RecursionError):
        rows = []
    if not rows or max(of_text(row).width for row in rows) > width:
        return _folded(inline_formula(latex), width)
    return rows


@lru_cache(maxsize=512)
def unknown_commands(latex: str) -> list[str]:
    """The commands that neither form can draw, `(syntax)` where the formula cannot be parsed."""
    try:
        return parse(latex)[1]
    except (FormulaError, RecursionError):
        return ["(syntax)"]


def misdrawn(latex: str, *, block: bool) -> list[str]:
    """What of `latex` its drawing loses, adds or draws with a glyph that terminals lack; a block in its full width."""
    drawn = block_formula(latex, WIDEST) if block else [inline_formula(latex)]
    return differences(latex, drawn, block=block)


def _folded(text: str, width: int) -> list[str]:
    """A formula on a line, in lines of at most `width` cells where there are spaces to break it at.

    What a wide space sets apart begins a line of its own.
    """
    rows = []
    for statement in re.split(" {2,}", text):
        rows.append("")
        for part in _parts(statement):
            for word in [part] if of_text(part).width <= width - INDENT else part.split():
                if rows[-1].strip() and of_text(f"{rows[-1]} {word}").width > width:
                    rows.append(" " * INDENT)
                rows[-1] += (" " if rows[-1].strip() else "") + word
    return rows


def _parts(text: str) -> list[str]:
    """The text cut before each weak operator that stands outside of brackets."""
    parts, depth = [""], 0
    for word in text.split(" "):
        if parts[-1] and depth == 0 and word in WEAK:
            parts.append("")
        parts[-1] += f" {word}" if parts[-1] else word
        depth += sum(map(word.count, "([{")) - sum(map(word.count, ")]}"))
    return parts
