"""What a monkey does at a keyboard: bursts of bound keys, pastes, other sizes, other windows, clicks.

A burst has a line of text, so that what was found can be read, made smaller and kept in `cases.txt`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pkgutil import walk_packages

from textual.binding import Binding
from textual.dom import DOMNode

from minimind_tui import ui
from minimind_tui.ui.app import TutorApp

LEAVING = ("q", "ctrl+q")
SUSPENDS = ("ctrl+z",)
OFTEN = ("enter", "enter", "enter", "escape", "escape", "escape", "n", "r", "space", "j", "L", "t", "tab", "down")
NAMED = {
    "question_mark": "?",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "slash": "/",
    "plus": "+",
    "minus": "-",
    "comma": ",",
    "full_stop": ".",
    "equals_sign": "=",
    "space": " ",
}
"""Characters that have a name as a key."""
CODES = {
    "enter": "\r",
    "tab": "\t",
    "escape": "\x1b",
    "backspace": "\x7f",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "delete": "\x1b[3~",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "shift+tab": "\x1b[Z",
    "f1": "\x1bOP",
    "ctrl+home": "\x1b[1;5H",
    "ctrl+end": "\x1b[1;5F",
}
"""What a terminal sends for keys without a character."""
PASTES = (
    "q",
    "kt",
    "0.01",
    "a note\nof two lines",
    "注意力",
    "def double(x):\n    return x + x\n",
    "\x1b[31mred",
    "qqq\tLLL",
)
SIZES = ((20, 5), (40, 10), (60, 20), (80, 24), (99, 24), (100, 30), (120, 40), (200, 60))
OPENINGS = (
    "enter",
    "enter n",
    "enter n n",
    "down enter n n n n n",
    "down enter B a",
    "left_square_bracket",
    "left_square_bracket j j enter",
    "R",
    "E",
    "E enter",
    "E j enter",
    "E j j j enter",
    "E j j j j j j j j enter",
    "P",
    "slash",
    "ctrl+p",
    "question_mark",
    "E end enter",
    "E end enter x",
    "E end enter h h h h",
    "E end enter i",
    "R down space down space c",
    "R x",
    "enter 2 enter",
    "enter w",
    "home enter n n n n n n n n n n n",
    "enter B",
    "E enter i",
    "enter n r a enter q",
    "enter N",
    "enter n r",
    "enter n r a enter",
    "enter n o",
    "enter n c",
)
"""Ways to screens that a monkey would seldom find; some are there for a learner who has been through the course."""


@dataclass(frozen=True)
class Burst:
    """`keys`: names, pressed at once; `text`: pasted; `size`, `click`: two numbers; `window`: `in` or `out`."""

    kind: str
    what: str

    def __str__(self) -> str:
        return f"{self.kind} {self.what!r}" if self.kind == "text" else f"{self.kind} {self.what}"

    @property
    def keys(self) -> list[str]:
        """The names of the keys."""
        return self.what.split()

    @property
    def pair(self) -> tuple[int, int]:
        """The two numbers: columns and rows, or x and y."""
        first, second = self.what.split("x")
        return int(first), int(second)


def burst_of(line: str) -> Burst:
    """A burst from its line."""
    kind, _, what = line.strip().partition(" ")
    if kind == "text":
        what = what[1:-1].encode("latin-1", "backslashreplace").decode("unicode_escape")
    return Burst(kind, what)


def bound_keys() -> list[str]:
    """Every key that something of ours is bound to, on any screen."""
    for module in walk_packages(ui.__path__, "minimind_tui.ui."):
        import_module(module.name)
    keys: set[str] = set()
    waiting: list[type[DOMNode]] = [DOMNode]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.startswith("minimind_tui"):
            for binding in kind.__dict__.get("BINDINGS", []):
                keys.update(binding.key.split(",") if isinstance(binding, Binding) else [binding[0]])
    assert {"left_square_bracket", "f1", "B", "ctrl+l"} <= keys
    assert TutorApp.BINDINGS
    return sorted(keys)


def bursts(seed: int, *, leaving: bool = False) -> Iterator[Burst]:
    """Without end; the first leads to some screen. `leaving` lets the monkey quit too."""
    chance = random.Random(seed)
    keys = [key for key in bound_keys() if key not in (*LEAVING, *SUSPENDS)]
    keys += [*OFTEN * 3, *(LEAVING[:1] if leaving else ())]
    yield Burst("keys", chance.choice(OPENINGS))
    while True:
        kind = chance.choices(("keys", "open", "text", "size", "window", "click"), weights=(70, 6, 5, 9, 4, 6))[0]
        if kind == "keys":
            yield Burst("keys", " ".join(chance.choices(keys, k=chance.randint(1, 6))))
        elif kind == "open":
            yield Burst("keys", "escape escape " + chance.choice(OPENINGS))
        elif kind == "text":
            yield Burst("text", chance.choice(PASTES))
        elif kind == "size":
            columns, rows = chance.choice([*SIZES, (chance.randint(20, 200), chance.randint(5, 60))])
            yield Burst("size", f"{columns}x{rows}")
        elif kind == "window":
            yield Burst("window", chance.choice(("in", "out")))
        else:
            yield Burst("click", f"{chance.randint(0, 119)}x{chance.randint(0, 39)}")


def as_sent(burst: Burst) -> str:
    """The bytes that a terminal sends for a burst; empty for what it does not send."""
    if burst.kind == "keys":
        return "".join(code_of(key) for key in burst.keys)
    if burst.kind == "text":
        return f"\x1b[200~{burst.what}\x1b[201~"
    if burst.kind == "window":
        return "\x1b[I" if burst.what == "in" else "\x1b[O"
    if burst.kind == "click":
        x, y = burst.pair
        return f"\x1b[<0;{x + 1};{y + 1}M\x1b[<0;{x + 1};{y + 1}m"
    return ""


def code_of(key: str) -> str:
    """What a terminal sends for a key."""
    if key in CODES or key in NAMED:
        return CODES.get(key) or NAMED[key]
    if control := re.fullmatch(r"ctrl\+([a-z])", key):
        return chr(ord(control[1]) & 31)
    assert len(key) == 1, key
    return key
