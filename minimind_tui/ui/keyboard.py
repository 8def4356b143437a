"""What the terminal sends, taken apart into keys: Esc and a key right after it are two keys.

A terminal says Esc with the byte that all its longer sequences begin with, and Alt and a key as that byte and the key.
tmux holds Esc back for up to half a second, GNU screen for 0.3; whoever goes on typing meanwhile has sent the two in
one. Textual takes them for Alt and that key, waits a tenth of a second for more of it, or reads the byte as "^" where
an Esc follows. Here no key is bound to Alt: it is always Esc, then the key, and both count at once.

What cannot be told apart stays the terminal's: Esc, `[`, `A` within a tenth of a second is the arrow up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from textual import events
from textual._parser import ParseTimeout
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.drivers import linux_driver
from textual.message import Message

ESC = "\x1b"
INTRODUCERS = "[O"
"""What may follow Esc in a sequence that a terminal sends for a key, for the mouse, for an answer."""

PARAMETERS = "0123456789:;<=>?!\"#$%&'()*+,-./ ["
"""What stands in a sequence before the letter that ends it; the second bracket is the Linux console's, in F1 to F5."""

OLD_MOUSE = ESC + "[M"

WORDS = (ESC + "b", ESC + "f", ESC + "\x7f")
"""Alt with an arrow or Backspace, as macOS sends it: they move by words where text is written."""


class Keyboard(XTermParser):
    """Textual's parser, asked byte by byte whether it still waits for more."""

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._begun = ""
        """The sequence that has begun and is not known yet."""
        self._pasted: list[str] | None = None
        """What has come of a paste that goes on."""

    def feed(self, data: str) -> Iterable[Message]:
        """The keys and other events in `data`."""
        if not data:
            yield from super().feed(data)
        while data:
            if self._pasted is not None:
                pasted, data = self._paste(self._pasted, data)
                yield from pasted
            else:
                yield from self._character(data[0])
                data = data[1:]

    def tick(self) -> Iterable[Message]:
        """What a begun sequence has been, if nothing came after it for a tenth of a second."""
        begun, timed_out = self._begun, list(super().tick())
        if timed_out:
            self._begun = ""
            if len(begun) > 1:
                yield events.Key("escape", ESC)
        yield from timed_out

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[events.Key]:
        """Alt is Esc, which has been said already."""
        return super()._sequence_to_key_events(sequence)

    def _character(self, character: str) -> Iterator[Message]:
        if self._begun and (character == ESC or not self._goes_on(character)):
            yield from self._give_up()
        if character == ESC:
            self._begun = ""
        elif self._begun + character == BRACKETED_PASTE_START:
            self._abandon()
            self._pasted = []
            return
        yield from super().feed(character)
        self._begun = self._begun + character if self._timeout_time is not None else ""
        if self._begun and _is_whole(self._begun):  # and Textual does not know it
            begun = self._begun
            if len(begun) == len(ESC + "[A"):
                yield from self._give_up()
            else:  # an answer of the terminal's, say
                self._abandon()

    def _goes_on(self, character: str) -> bool:
        """Whether the sequence that has begun may go on with this character."""
        return self._begun != ESC or character in INTRODUCERS or self._begun + character in WORDS

    def _give_up(self) -> Iterator[Message]:
        """The sequence was none: it was Esc, and then keys."""
        begun = self._begun
        self._abandon()
        yield events.Key("escape", ESC)
        for character in begun[1:]:
            yield from super()._sequence_to_key_events(character)

    def _abandon(self) -> None:
        """Let Textual forget what has begun."""
        self._begun = ""
        if self._timeout_time is not None:
            self._timeout_time = None
            self._awaiting = self._gen.throw(ParseTimeout())
            self._tokens.clear()

    def _paste(self, pasted: list[str], data: str) -> tuple[list[Message], str]:
        """Take in more of a paste, up to its end; the paste if that has come, and what stands after it."""
        whole = "".join(pasted) + data
        start = max(0, len(whole) - len(data) - len(BRACKETED_PASTE_END))
        end = whole.find(BRACKETED_PASTE_END, start)
        if end < 0:
            self._pasted = [*pasted, data]
            return [], ""
        self._pasted = None
        text = whole[:end].replace("\x00", "")
        return [events.Paste(text)], whole[end + len(BRACKETED_PASTE_END) :]


def _is_whole(sequence: str) -> bool:
    """Whether a sequence has come to its end: its parameters are over, and of an old mouse report its three bytes."""
    if sequence.startswith(OLD_MOUSE):
        return len(sequence) == len(OLD_MOUSE) + 3
    return len(sequence) > 2 and sequence[-1] not in PARAMETERS


class KeyboardDriver(linux_driver.LinuxDriver):
    """Textual's driver, reading by `Keyboard`: the name in its module is the only door."""

    def run_input_thread(self) -> None:
        """Read keys until the terminal is given back."""
        linux_driver.XTermParser = Keyboard  # type: ignore[attr-defined]
        super().run_input_thread()
