"""Colours: the app's own two themes, the terminal's 16, and what Rich needs to know of them."""

from __future__ import annotations

from typing import Protocol

from rich.style import Style
from textual.color import Color
from textual.theme import Theme

DARK = Theme(
    name="minimind-dark",
    primary="#6cb6ff",
    secondary="#8ddb8c",
    accent="#f0a05a",
    warning="#e5c07b",
    error="#ff7b72",
    success="#7ee787",
    foreground="#d7dae0",
    background="#14171c",
    surface="#1a1e25",
    panel="#242a33",
    dark=True,
)
LIGHT = Theme(
    name="minimind-light",
    primary="#0b5cad",
    secondary="#1f7a34",
    accent="#b4490b",
    warning="#8a6100",
    error="#b3261e",
    success="#1f7a34",
    foreground="#20242b",
    background="#fbfbf8",
    surface="#f3f3ee",
    panel="#e5e5de",
    dark=False,
)
THEMES = ("minimind-dark", "minimind-light", "ansi-dark", "ansi-light")
"""In the order in which the theme key goes through them."""


class Themed(Protocol):
    """What has a theme: the app."""

    @property
    def theme_variables(self) -> dict[str, str]:
        """The colours of the theme, by Textual's names."""
        ...

    @property
    def current_theme(self) -> Theme:
        """The theme in which the app is drawn."""
        ...


def colour(app: Themed, name: str) -> str:
    """The theme variable `name` as Rich writes colours: `#rrggbb`, or an ANSI name such as `blue`."""
    value = app.theme_variables.get(name, "")
    if value.startswith("ansi_"):
        return "default" if value == "ansi_default" else value.removeprefix("ansi_")
    try:
        return Color.parse(value).hex6
    except Exception:
        return "default"


def code_theme(app: Themed) -> str:
    """The name of the highlighting style for code that reads on the present background."""
    theme = app.current_theme
    if theme.ansi:
        return "ansi_dark" if theme.dark else "ansi_light"
    return "one-dark" if theme.dark else "xcode"


def rich_styles(app: Themed) -> dict[str, Style]:
    """Styles for lesson text, by the names that Rich's markdown asks for."""
    primary, accent, muted = colour(app, "primary"), colour(app, "accent"), "bright_black"
    if not app.current_theme.ansi:
        muted = "#8a929e" if app.current_theme.dark else "#6b7280"
    code = colour(app, "secondary")
    return {
        "markdown.h1": Style.parse(f"bold {primary}"),
        "markdown.h2": Style.parse(f"bold {accent}"),
        "markdown.h3": Style.parse("bold"),
        "markdown.rule": Style.parse(primary),
        "markdown.math": Style.parse(primary),
        "markdown.formula": Style.parse(primary),
        "markdown.link": Style.parse(f"underline {primary}"),
        "markdown.link_url": Style.parse(muted),
        "markdown.code": Style.parse(f"bold {code}"),
        "markdown.block_quote": Style.parse(muted),
        "markdown.item.bullet": Style.parse(accent),
        "markdown.item.number": Style.parse(accent),
        "markdown.table.border": Style.parse(muted),
        "markdown.table.header": Style.parse("bold"),
        "markdown.hr": Style.parse(muted),
        "drawing.accent": Style.parse(f"bold {accent}"),
        "muted": Style.parse(muted),
        "good": Style.parse(f"bold {colour(app, 'success')}"),
        "bad": Style.parse(f"bold {colour(app, 'error')}"),
        "unsure": Style.parse(f"bold {colour(app, 'warning')}"),
        "key": Style.parse(f"bold {accent}"),
        "strong": Style.parse("bold"),
        "search": Style.parse(f"bold underline {accent}"),
    }
