"""Small texts that are set often: what has not changed is not sent to the terminal again.

Setting a border's title draws the whole widget anew, and updating a Static lays out the whole screen: some ten
kilobytes each time, over SSH as well.
"""

from __future__ import annotations

from rich.text import Text
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static


def set_title(widget: Widget, title: str) -> None:
    """The title in the upper border. Text, not markup: it may come from a file."""
    content = Content(title)
    if widget.border_title != content.markup:
        widget.border_title = content


def set_subtitle(widget: Widget, subtitle: str) -> None:
    """The title in the lower border."""
    content = Content(subtitle)
    if widget.border_subtitle != content.markup:
        widget.border_subtitle = content


def set_row(row: Static, text: Text) -> None:
    """The text of a Static of fixed height."""
    if row.content != text:
        row.update(text, layout=False)
