"""Marks of the arms, and the dots that curves are made of. Colour is never the only signal: each arm has a mark."""

from __future__ import annotations

import os
from collections.abc import Mapping

MARKS = "ox+*#@%&=$"


def mark(index: int) -> str:
    """The mark of arm `index`: ASCII, so that every terminal has it."""
    return MARKS[index % len(MARKS)]


def arm_style(index: int) -> str:
    """The name of the style of arm `index`."""
    return f"arm.{index % len(MARKS)}"


def dots(environ: Mapping[str, str] = os.environ) -> str:
    """What lines are drawn with: braille, eight dots a cell, or plain dots where the font has no braille."""
    return "." if environ.get("TERM") == "linux" or environ.get("MINIMIND_TUI_ASCII") else "braille"
