"""Help: written from the bindings that work on the screen it was called from."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from minimind_tui.ui.key_bar import Foot, NextBar, key_name
from minimind_tui.ui.screens.base import TutorScreen
from minimind_tui.ui.typed_ahead import in_a_line
from minimind_tui.views.words import pick


class HelpScreen(TutorScreen):
    """Key, word and sentence for every binding."""

    DEFAULT_CSS = """
    #help-body { padding: 1 2; }
    #help-table { margin-top: 1; }
    """

    BINDINGS = [
        Binding(
            "escape,question_mark,f1",
            "app.pop_screen",
            "返回|Back",
            id="help.back",
            tooltip="关闭帮助|Close the help",
        ),
        Binding("space", "page", "往下|More", id="help.page", tooltip="下一屏|The next screenful"),
        Binding("j", "scroll_by(1)", "下移|Down", show=False, id="help.down", tooltip="下移一行|One line down"),
        Binding("k", "scroll_by(-1)", "上移|Up", show=False, id="help.up", tooltip="上移一行|One line up"),
    ]

    def __init__(self, about: Screen[object]) -> None:
        super().__init__()
        keys: dict[str, list[str]] = {}
        actions: dict[str, ActiveBinding] = {}
        for key, active in about.active_bindings.items():
            if in_a_line(about.focused) and len(key_name(key)) == 1:
                continue  # a letter of the text there; Textual leaves out only those whose name it can read
            if "|" in active.binding.description:  # the library's own bindings are in one language
                keys.setdefault(active.binding.action, []).append(key_name(key))
                actions.setdefault(active.binding.action, active)
        self._rows = [
            (" ".join(dict.fromkeys(keys[action])), active.binding.description, active.tooltip)
            for action, active in actions.items()
        ]

    def compose(self) -> ComposeResult:
        """The table of keys, and the foot."""
        styles = self.styles_by_name()
        table = Table.grid(padding=(0, 2))
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True)
        table.add_column()
        for keys, word, sentence in self._rows:
            table.add_row(
                Text(keys, style=styles["key"]),
                Text(pick(word, self.language), style=styles["strong"]),
                pick(sentence, self.language),
            )
        with VerticalScroll(id="help-body"):
            yield Static(Text(self.say("这个屏幕上的按键", "Keys on this screen"), style=styles["markdown.h1"]))
            yield Static(table, id="help-table")
        yield Foot()

    def on_mount(self) -> None:
        """The table is there at once."""
        self.fill()

    def fill(self) -> None:
        """Give the keys to the table, so that the arrows scroll."""
        self.query_one("#help-body").focus()
        self.query_one(NextBar).say(self.say("{help.back} 返回", "{help.back} to go back"))

    def action_page(self) -> None:
        """Scroll on by a screenful."""
        self.query_one("#help-body").scroll_page_down(animate=False)

    def action_scroll_by(self, lines: int) -> None:
        """Scroll by so many lines."""
        self.query_one("#help-body").scroll_relative(y=lines, animate=False)
