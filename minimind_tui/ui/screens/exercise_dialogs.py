"""What the exercise screen asks before it does something that cannot be taken back."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical

from minimind_tui.ui.prose import Prose
from minimind_tui.ui.screens.dialog import Dialog
from minimind_tui.ui.screens.dialogs import append_key
from minimind_tui.views.wrap import wrapped


class ResetDialog(Dialog[bool]):
    """Begin again from the starter?"""

    BINDINGS = [
        Binding("y", "dismiss(True)", "重来|Start over", id="reset.yes", tooltip="旧的会留着|The old file is kept"),
        Binding("escape", "dismiss(False)", "不|No", id="reset.no", tooltip="接着写|Go on with it"),
    ]

    def compose(self) -> ComposeResult:
        """The question and its keys."""
        styles = self.styles_by_name()
        text = wrapped("")
        text.append(self.say("从起始文件重来？", "Begin again from the starter?"), styles["markdown.h1"])
        append_key(
            text,
            self.key_of("reset.yes"),
            self.say("重来；现在的代码改个编号名留着", "yes; your code is kept under a numbered name"),
            styles["key"],
        )
        append_key(text, self.key_of("reset.no"), self.say("接着写", "go on with it"), styles["key"])
        with Vertical(classes="dialog"):
            yield Prose(text)


class SolutionDialog(Dialog[bool]):
    """All hints are taken: show the solution?"""

    BINDINGS = [
        Binding("y", "dismiss(True)", "看答案|Show it", id="solution.yes", tooltip="看答案|Show the solution"),
        Binding("escape", "dismiss(False)", "再想想|Not yet", id="solution.no", tooltip="再想想|Try once more"),
    ]

    def compose(self) -> ComposeResult:
        """The question and its keys."""
        styles = self.styles_by_name()
        text = wrapped("")
        text.append(
            self.say("三条提示都看过了。看答案？", "You have had all three hints. See the solution?"),
            styles["markdown.h1"],
        )
        append_key(
            text,
            self.key_of("solution.yes"),
            self.say("看；看懂了，合上，自己再写一遍", "yes; when you have understood it, write it yourself"),
            styles["key"],
        )
        append_key(text, self.key_of("solution.no"), self.say("再想想", "try once more"), styles["key"])
        with Vertical(classes="dialog"):
            yield Prose(text)
