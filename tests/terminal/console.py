"""A real terminal for tests: a program in a pty, its bytes drawn by a terminal emulator.

Every wait is for a condition on the screen; a wait that fails shows the screen it saw.
"""

from __future__ import annotations

import os
import re
import select
import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO, Self

import pexpect
import pyte
from wcwidth import wcwidth

from tests.budget import DEADLINE

KEYS = {
    "Enter": "\r",
    "Esc": "\x1b",
    "Tab": "\t",
    "Space": " ",
    "↑": "\x1b[A",
    "↓": "\x1b[B",
    "→": "\x1b[C",
    "←": "\x1b[D",
    "Home": "\x1b[H",
    "End": "\x1b[F",
    "PgDn": "\x1b[6~",
    "PgUp": "\x1b[5~",
    "F1": "\x1bOP",
    "Ctrl+C": "\x03",
    "Ctrl+L": "\x0c",
    "Ctrl+P": "\x10",
    "Ctrl+Z": "\x1a",
}


ASKS_FOR_FRAMES, KNOWS_FRAMES = b"\x1b[?2026$p", "\x1b[?2026;2$y"
FRAME, END_OF_FRAME = b"\x1b[?2026h", b"\x1b[?2026l"
HALF_SEQUENCE = re.compile(rb"\x1b(\[[0-9;:?<>=$ ]*)?\Z")
PATIENCE = 1.0
"""Seconds of silence after which half a frame is shown, as terminals do: its end will not come."""


class Console:
    """`command` running in a pty of `columns` by `rows`.

    It knows synchronized output (private mode 2026), as terminals do today: what the program draws is seen frame by
    frame, and no key is pressed for the sake of half a screen.
    """

    def __init__(
        self,
        command: list[str],
        *,
        columns: int,
        rows: int,
        environment: Mapping[str, str],
        folder: Path | None = None,
    ) -> None:
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self._rows: dict[int, str] = {}
        self._written = bytearray()
        self._unseen, self._last_read = b"", 0.0
        self.child: pexpect.spawn[bytes] = pexpect.spawn(
            command[0],
            command[1:],
            dimensions=(rows, columns),
            env=dict(environment),
            cwd=str(folder) if folder else None,
            timeout=DEADLINE,
        )
        self.child.delaybeforesend = None

    def pump(self, seconds: float = 0.05) -> None:
        """Draw what the program has written, waiting at most `seconds` for more."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                data = self.child.read_nonblocking(65536, timeout=max(0.0, deadline - time.monotonic()))
            except (pexpect.TIMEOUT, pexpect.EOF):
                if time.monotonic() - self._last_read > PATIENCE:
                    self._show(len(self._unseen))
                return
            self.draw(data)
            if time.monotonic() >= deadline:
                return

    def draw(self, data: bytes) -> None:
        """Take what the program has written; the beginning of a frame waits for its end."""
        self._written += data
        self._last_read = time.monotonic()
        self._unseen += data
        begun = self._unseen.rfind(FRAME)
        if begun > self._unseen.rfind(END_OF_FRAME):
            self._show(begun)
        else:
            half = HALF_SEQUENCE.search(self._unseen)
            self._show(half.start() if half else len(self._unseen))

    def _show(self, size: int) -> None:
        """Draw the first `size` bytes of what has not been drawn."""
        data, self._unseen = self._unseen[:size], self._unseen[size:]
        if ASKS_FOR_FRAMES in data:
            self.child.send(KNOWS_FRAMES)
        # pyte does not know "CSI > ... m/u/q" and draws their letters: private modes are not for it.
        self._stream.feed(re.sub(rb"\x1b\[[>=<?][0-9;]*[mqtu]", b"", data))

    def scribble(self) -> None:
        """Another program writes over the screen."""
        self._stream.feed(b"\x1b[1;1H" + b"scribble " * (self.screen.lines * self.screen.columns // 9))

    def resize(self, columns: int, rows: int) -> None:
        """The window gets another size, and what stood in it is gone."""
        self.screen.resize(rows, columns)
        self.screen.erase_in_display(2)
        self.child.setwinsize(rows, columns)

    @property
    def pid(self) -> int:
        """The process that holds the terminal."""
        assert self.child.pid is not None
        return self.child.pid

    @property
    def window(self) -> BinaryIO:
        """The master of the pty, which a terminal's window holds."""
        held: BinaryIO = self.child.ptyproc.fileobj  # type: ignore[attr-defined]  # not in the stubs
        return held

    @property
    def written(self) -> bytes:
        """All that the program has written."""
        return bytes(self._written)

    @property
    def bytes_read(self) -> int:
        """How much that is."""
        return len(self._written)

    @property
    def text(self) -> str:
        """The screen as text; only rows that were written to are read again."""
        for row in self.screen.dirty:
            self._rows[row] = self._row(row).rstrip()
        self.screen.dirty.clear()
        return "\n".join(self._rows[row] for row in range(self.screen.lines))

    def _row(self, row: int) -> str:
        """One row. The half of a wide character that was written over is a space, as terminals draw it."""
        text, wide = "", False
        for column in range(self.screen.columns):
            sign = self.screen.buffer[row][column].data
            text += sign or ("" if wide else " ")
            wide = bool(sign) and wcwidth(sign[0]) == 2
        return text

    def wait(self, condition: Callable[[], bool], what: str, deadline: float = DEADLINE) -> None:
        """Pump until `condition` holds; fail with the screen in the message."""
        end = time.monotonic() + deadline
        while not condition():
            if time.monotonic() > end:
                raise AssertionError(f"never seen: {what}\n{self.text}")
            self.pump()

    def wait_for(self, *words: str, deadline: float = DEADLINE) -> None:
        """Until all `words` are on the screen."""
        self.wait(lambda: all(word in self.text for word in words), " + ".join(words), deadline)

    def wait_other(self, read: Callable[[], object], before: object, what: str) -> None:
        """Until `read` gives something else than `before`."""
        self.wait(lambda: read() != before, what)

    def wait_gone(self, word: str) -> None:
        """Until `word` is no longer on the screen."""
        self.wait(lambda: word not in self.text, f"the end of {word!r}")

    def press(self, *keys: str) -> None:
        """Type keys, by the names of the README's key table."""
        for key in keys:
            self.child.send(KEYS.get(key, key))
            # Esc and [ in one would begin a longer sequence.
            self.pump(0.4 if key == "Esc" else 0.02)

    def wait_exit(self) -> int:
        """Until the program has ended; its exit status."""
        end = time.monotonic() + DEADLINE
        while self.child.isalive():
            self.pump()
            if time.monotonic() > end:
                raise AssertionError(f"still running\n{self.text}")
        self._read_to_the_end()
        self.child.close()
        if self.child.exitstatus is not None:
            return self.child.exitstatus
        assert self.child.signalstatus is not None
        return 128 + self.child.signalstatus

    def _read_to_the_end(self) -> None:
        """Draw what a program wrote last: when it has ended, that may still be on its way.

        pexpect takes an ended program for the end of what it wrote, so the terminal itself is read, until it says that
        nobody holds it any more. Where a process that the program left holds it, silence is the end.
        """
        while not self.window.closed and select.select([self.child.child_fd], [], [], PATIENCE)[0]:
            try:
                data = os.read(self.child.child_fd, 65536)
            except OSError:  # EIO is how Linux says it
                break
            if not data:
                break
            self.draw(data)
        self._show(len(self._unseen))

    def close(self) -> None:
        """End the program, whatever it does, and wait until it has gone: on a busy machine that takes a while."""
        end = time.monotonic() + DEADLINE
        while self.child.isalive():
            self.child.kill(signal.SIGKILL)
            self.pump()
            assert time.monotonic() < end, f"does not end\n{self.text}"
        self.child.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
