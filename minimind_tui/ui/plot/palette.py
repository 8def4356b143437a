"""Colours and marks of the arms. Colour is never the only signal: each arm has a letter-like mark too."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rich.style import Style

from minimind_tui.ui.style import colour

if TYPE_CHECKING:
    from textual.app import App

MARKS = "ox+*#@%&=$"
COLOURS = ("primary", "accent", "secondary", "error", "warning")


def mark(index: int) -> str:
    """The mark of arm `index`: ASCII, so that every terminal has it."""
    return MARKS[index % len(MARKS)]


def arm_styles(app: App[Any]) -> list[Style]:
    """One style an arm, in the present theme."""
    return [Style.parse(colour(app, COLOURS[index % len(COLOURS)])) for index in range(len(MARKS))]


def dots(environ: Mapping[str, str] = os.environ) -> str:
    """What lines are drawn with: braille, eight dots a cell, or plain dots where the font has no braille."""
    return "." if environ.get("TERM") == "linux" or environ.get("MINIMIND_TUI_ASCII") else "braille"
