"""The two lines at the foot of every screen: the one thing to do next, and the keys that work here."""

from __future__ import annotations

from rich.cells import cell_len
from rich.text import Text
from textual.app import ComposeResult, RenderResult
from textual.containers import Vertical
from textual.keys import format_key
from textual.widget import Widget

from minimind_tui.ui.style import rich_styles
from minimind_tui.ui.tutor import tutor_of
from minimind_tui.views.words import pick

MOST_KEYS = 8
HELP = ("help",)
"""The action whose key shows all the others."""


WORDS = {
    "escape": "Esc",
    "enter": "Enter",
    "space": "Space",
    "tab": "Tab",
    "backspace": "Backspace",
    "delete": "Delete",
    "insert": "Insert",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "home": "Home",
    "end": "End",
}
"""Keys as they are printed on a keyboard. Textual writes ⏎ and ⌫, which a console may lack, and the others small."""


def key_name(key: str, display: str | None = None) -> str:
    """How a key is written for a reader: signs and arrows as Textual's own footer writes them, words as on the key.

    Of several keys with commas between them it is the first. A modifier is a word, too: Ctrl+S, not ^s.
    """
    *modifiers, last = (display or key).split(",")[0].split("+")
    name = WORDS.get(last) or (last.upper() if last.startswith("f") and last[1:].isdigit() else format_key(last))
    if "ctrl" in modifiers and len(name) == 1:
        name = name.upper()
    return "+".join([*(modifier.capitalize() for modifier in modifiers), name])


class KeyBar(Widget):
    """The keys that work on this screen, as many as fit in its one row."""

    DEFAULT_CSS = "KeyBar { height: 1; background: $panel; color: $foreground; padding: 0 1; }"

    def on_mount(self) -> None:
        """Follow the focus and the bindings."""
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self.refresh())

    def render(self) -> RenderResult:
        """One row: key and word, eight at most, those that do not fit left out."""
        app = tutor_of(self)
        styles = rich_styles(app)
        pieces: dict[str, tuple[str, str]] = {}
        for key, (_, binding, enabled, _) in self.screen.active_bindings.items():
            label = pick(binding.description, app.language)
            if binding.show and enabled and label:
                pieces.setdefault(binding.action, (key_name(key, binding.key_display), label))
        kept = fitting(pieces, self.size.width)
        text = Text(no_wrap=True, overflow="crop", end="")
        for key, label in kept:
            text.append(key, styles["key"])
            text.append(f" {label}  ")
        return text


def fitting(pieces: dict[str, tuple[str, str]], width: int) -> list[tuple[str, str]]:
    """As many (key, word) pairs as fit in `width` cells, eight at most: the help is always among them."""
    helping = [pieces[action] for action in HELP if action in pieces]
    others = [pair for action, pair in pieces.items() if action not in HELP]

    def room(pairs: list[tuple[str, str]]) -> int:
        return sum(cell_len(key) + 1 + cell_len(label) + 2 for key, label in pairs) - 2

    while others and (room(others + helping) > width or len(others + helping) > MOST_KEYS):
        others.pop()
    return others + helping


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
        """The sentence that the foot shows."""
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
