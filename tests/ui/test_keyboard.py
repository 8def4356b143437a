"""What the terminal sends, as keys: Esc and the key after it are two, however close; longer sequences stay whole."""

from __future__ import annotations

import time
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import XTermParser
from textual.message import Message

from minimind_tui.ui.keyboard import ESC, Keyboard
from tests.budget import cases

SEQUENCES = sorted(keys for keys in ANSI_SEQUENCES_KEYS if keys.startswith((f"{ESC}[", f"{ESC}O")))
KITTY = [f"{ESC}[110;3u", f"{ESC}[27u", f"{ESC}[1;5A", f"{ESC}[57441;2u", f"{ESC}[97;;229u"]
MOUSE = [f"{ESC}[<0;10;5M", f"{ESC}[<35;80;24m", f"{ESC}[<64;1;1M", f"{ESC}[M !!"]
ANSWERS = [f"{ESC}[?2026;2$y", f"{ESC}[48;24;80;480;800t", f"{ESC}[I", f"{ESC}[O", f"{ESC}[12;40R"]


def told(messages: Iterable[Message]) -> list[object]:
    """What was read, to be compared."""
    return [
        (message.key, message.character)
        if isinstance(message, events.Key)
        else (message.text if isinstance(message, events.Paste) else repr(message))
        for message in messages
    ]


def keys(*parts: str, waits: bool = True) -> list[object]:
    """What comes of `parts`, each read at once; after the last one nothing comes for a while."""
    keyboard = Keyboard()
    read = [message for part in parts for message in keyboard.feed(part)]
    if waits:
        keyboard._timeout_time = keyboard._timeout_time and 0.0
        read += keyboard.tick()
    return told(read)


def names(*parts: str) -> list[str]:
    return [found[0] if isinstance(found, tuple) else str(found) for found in keys(*parts)]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (["\x1bn"], ["escape", "n"]),
        (["\x1b", "n"], ["escape", "n"]),
        (["\x1bN"], ["escape", "N"]),
        (["\x1bnN\x1b"], ["escape", "n", "N", "escape"]),
        (["\x1b\r"], ["escape", "enter"]),
        (["\x1b "], ["escape", "space"]),
        (["\x1b1"], ["escape", "1"]),
        (["\x1b\x1b\x1b"], ["escape", "escape", "escape"]),
        (["\x1b["], ["escape", "left_square_bracket"]),
        (["\x1b[kn"], ["escape", "left_square_bracket", "k", "n"]),
        (["\x1b[\x1bn"], ["escape", "left_square_bracket", "escape", "n"]),
        (["\x1bO"], ["escape", "O"]),
        (["\x1b]"], ["escape", "right_square_bracket"]),
        (["\x1bP", "x"], ["escape", "P", "x"]),
        (["\x1b\x03"], ["escape", "ctrl+c"]),
        (["\x1b\x1b[A"], ["escape", "up"]),
        (["\x1b中"], ["escape", "中"]),
        (["\x1b/rope\r"], ["escape", "slash", "r", "o", "p", "e", "enter"]),
        (["\x1bb\x1bf\x1b\x7f"], ["ctrl+left", "ctrl+right", "ctrl+w"]),
        (["a\x1b[", "A"], ["a", "up"]),
        (["\x1b[?62;1c", "x"], ["x"]),
        (["\x1b[200~a\x1bn", "\x00b\x1b[20", "1~x"], ["a\x1bnb", "x"]),
    ],
)
def test_esc_and_a_key_are_two_keys(parts: list[str], expected: list[str]) -> None:
    assert names(*parts) == expected


@pytest.mark.parametrize("sequence", [*SEQUENCES, *KITTY, *MOUSE, *ANSWERS])
def test_what_a_terminal_says_in_longer_sequences_is_read_as_ever(sequence: str) -> None:
    ours, theirs = Keyboard(), XTermParser()
    assert told([*ours.feed(sequence), *ours.feed("x")]) == told([*theirs.feed(sequence), *theirs.feed("x")])


def test_esc_alone_counts_once_nothing_has_followed() -> None:
    keyboard = Keyboard()
    assert told(keyboard.feed("\x1b")) == told(keyboard.tick()) == []
    deadline = time.monotonic() + 30
    read: list[object] = []
    while not read and time.monotonic() < deadline:
        read = told(keyboard.tick())
    assert read == [("escape", "\x1b")]


PARTS = [*SEQUENCES, *KITTY, "\x1bn", "\x1b\r", "\x1b[200~p\x1bq\x1b[201~"]


@given(
    st.lists(st.one_of(st.sampled_from(PARTS), st.text())),
    st.lists(st.integers(0, 200)),
)
@cases(200, nightly=20_000)
def test_it_does_not_matter_how_the_line_cuts_it(parts: list[str], cuts: list[int]) -> None:
    whole = "".join(parts)
    places = sorted({0, len(whole), *(cut for cut in cuts if cut < len(whole))})
    pieces = [whole[start:end] for start, end in pairwise(places) if end > start]
    assert keys(*pieces) == keys(*([whole] if whole else []))
