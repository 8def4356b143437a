"""Running text in a screen or a dialog, its lines broken as Chinese and English want."""

from __future__ import annotations

from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text
from textual.widgets import Static


class Prose(Static):
    """A Static that leaves the line breaks to the text: Textual would take a bare Rich text apart."""

    def __init__(self, content: RenderableType = "", **keywords: Any) -> None:
        super().__init__(_kept(content), **keywords)

    def update(self, content: RenderableType = "", *, layout: bool = True) -> None:  # type: ignore[override]
        """Show another text."""
        super().update(_kept(content), layout=layout)


def _kept(content: RenderableType) -> RenderableType:
    return Group(content) if isinstance(content, Text) else content
