"""Colours of the arms. Colour is never the only signal: each arm has a mark too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.style import Style

from minimind_tui.ui.style import colour
from minimind_tui.views.marks import MARKS, arm_style

if TYPE_CHECKING:
    from textual.app import App

COLOURS = ("primary", "accent", "secondary", "error", "warning")


def arm_styles(app: App[Any]) -> list[Style]:
    """One style an arm, in the present theme."""
    return [Style.parse(colour(app, COLOURS[index % len(COLOURS)])) for index in range(len(MARKS))]


def arm_theme(app: App[Any]) -> dict[str, Style]:
    """The same styles by their names, as lines of text use them."""
    return {arm_style(index): style for index, style in enumerate(arm_styles(app))}
