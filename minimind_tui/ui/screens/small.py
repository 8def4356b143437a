"""Where the terminal is too small: what size is needed, and nothing else."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.widgets import Static

from minimind_tui.base.terminal import SMALLEST
from minimind_tui.ui.screens.base import TutorScreen


class SmallScreen(TutorScreen):
    """Lies over the other screens until the window is large enough again."""

    ONLY_LEAVING = True
    DEFAULT_CSS = "SmallScreen { align: center middle; } SmallScreen Static { text-align: center; }"

    def compose(self) -> ComposeResult:
        """The sentence that the terminal is too small."""
        yield Static()

    def on_resize(self, event: events.Resize) -> None:
        """The sentence quotes the size that the terminal has now."""
        columns, rows = SMALLEST
        here = f"{event.size.width}x{event.size.height}"
        self.query_one(Static).update(
            self.say(
                f"终端太小：{here}。至少要 {columns}x{rows}，请放大窗口。{{app.quit}} 退出",
                f"Too small: {here}. Needs {columns}x{rows}: enlarge the window. {{app.quit}} quits",
            )
        )
