"""The colour of a matrix's cell, which says again what its sign says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.style import Style
from textual.color import Color

from minimind_tui.ui.style import colour

if TYPE_CHECKING:
    from textual.app import App


def shade(app: App[Any], part: float) -> Style:
    """The colour of a cell: `primary` for what is large, `accent` for what is far below 0."""
    strength = min(1.0, abs(part))
    if app.current_theme.ansi:
        strong = strength >= 0.5
        back = ("blue" if part > 0 else "red") if strong else None
        ink = "bright_white" if strong else None
        return Style(dim=strength < 0.05, bold=strong, bgcolor=back, color=ink)
    ground = Color.parse(app.theme_variables["background"])
    full = Color.parse(colour(app, "primary" if part >= 0 else "accent"))
    blended = ground.blend(full, 0.1 + 0.9 * strength)
    return Style(bgcolor=blended.hex6, color=blended.get_contrast_text(1.0).hex6, bold=strength >= 0.5)
