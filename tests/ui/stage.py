"""One plot alone on a screen."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widget import Widget

from minimind_tui.run.series import Series


def series(*values: float) -> Series:
    made = Series()
    made.extend(list(range(1, len(values) + 1)), list(values))
    return made


class Stage(App[None]):
    """One widget on a screen."""

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self.shown = widget

    def compose(self) -> ComposeResult:
        yield self.shown

    @property
    def rows(self) -> list[str]:
        return ["".join(segment.text for segment in strip) for strip in self.screen._compositor.render_strips()]

    @property
    def text(self) -> str:
        return "\n".join(self.rows)
