"""The two lines at the foot of every screen: the one thing to do next, and the keys that work here."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from rich.cells import cell_len
from rich.text import Text
from textual.app import ComposeResult, RenderResult
from textual.containers import Vertical
from textual.widget import Widget

from minimind_tui.ui.style import rich_styles
from minimind_tui.ui.words import pick

if TYPE_CHECKING:
    from minimind_tui.ui.app import TutorApp

MOST_KEYS = 8


def key_name(key: str, display: str | None = None) -> str:
    """How a key is written for a reader."""
    first = (display or key).split(",")[0]
    names = {
        "escape": "Esc",
        "question_mark": "?",
        "left_square_bracket": "[",
        "right_square_bracket": "]",
        "slash": "/",
        "plus": "+",
        "minus": "-",
        "comma": ",",
        "full_stop": ".",
        "space": "Space",
        "enter": "Enter",
        "tab": "Tab",
        "left": "←",
        "right": "→",
        "up": "↑",
        "down": "↓",
        "pagedown": "PgDn",
        "pageup": "PgUp",
        "home": "Home",
        "end": "End",
        "equals_sign": "=",
    }
    if first.startswith("shift+"):
        return "Shift+" + key_name(first.removeprefix("shift+"))
    if first.startswith("ctrl+"):
        return "Ctrl+" + key_name(first.removeprefix("ctrl+"))
    return names.get(first, first.upper() if first.startswith("f") and first[1:].isdigit() else first)


class KeyBar(Widget):
    """The keys that work on this screen, as many as fit in its one row."""

    DEFAULT_CSS = "KeyBar { height: 1; background: $panel; color: $foreground; padding: 0 1; }"

    def on_mount(self) -> None:
        """Follow the focus and the bindings."""
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self.refresh())

    def render(self) -> RenderResult:
        """One row: key and word, eight at most, those that do not fit left out."""
        app = cast("TutorApp", self.app)
        styles = rich_styles(app)
        text = Text(no_wrap=True, overflow="crop", end="")
        shown: set[str] = set()
        room = self.size.width
        for key, (_, binding, enabled, _) in self.screen.active_bindings.items():
            label = pick(binding.description, app.language)
            if not binding.show or not enabled or not label or binding.action in shown:
                continue
            shown.add(binding.action)
            piece = f"{key_name(key, binding.key_display)} {label}  "
            if cell_len(piece) - 2 > room or len(shown) > MOST_KEYS:
                break
            room -= cell_len(piece)
            text.append(piece[: -len(label) - 2], styles["key"])
            text.append(label + "  ")
        return text


class NextBar(Widget):
    """What to do now, in one sentence: the line the eye should land on."""

    DEFAULT_CSS = """
    NextBar { height: 1; padding: 0 1; background: $primary; color: $background; text-style: bold; }
    NextBar:ansi { background: ansi_blue; color: ansi_bright_white; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._sentence = ""

    @property
    def sentence(self) -> str:
        """What it says."""
        return self._sentence

    def say(self, sentence: str) -> None:
        """Show `sentence`; the same one again changes nothing on the screen."""
        if sentence != self._sentence:
            self._sentence = sentence
            self.refresh()

    def render(self) -> RenderResult:
        """The sentence behind an arrow."""
        return Text("▶ " + self._sentence, no_wrap=True, overflow="ellipsis", end="")


class Foot(Vertical):
    """Both rows, at the foot of a screen."""

    DEFAULT_CSS = "Foot { dock: bottom; height: auto; }"

    def compose(self) -> ComposeResult:
        """What to do next stands last: the eye ends there."""
        yield KeyBar()
        yield NextBar()
