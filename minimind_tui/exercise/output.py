"""What a learner's code prints: taken at the descriptors, so that libraries and programs it starts print there too.

Nothing that is printed is read as anything but text: how the checks ended is told by another way.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from typing import NoReturn

from minimind_tui.base.text import Text

KEPT_CHARACTERS = 4000
"""Characters of the code's own output that are kept."""

MOST_PRINTED = 1_000_000
"""Characters after which printing is a mistake."""

FLOOD = Text(
    zh=f"打印超过了 {MOST_PRINTED // 1_000_000} MB：是不是循环里有 print？去掉它。",
    en=f"Over {MOST_PRINTED // 1_000_000} MB were printed. Is there a print in a loop? Take it out.",
)
Refuse = Callable[[Text], NoReturn]


class Output:
    """The file in the place of standard output and standard error, for as long as the process lives."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile("ab+", buffering=0)  # noqa: SIM115 - as long as the process lives
        self._open()

    def _open(self) -> None:
        for number in (1, 2):
            os.dup2(self._file.fileno(), number)

    @contextlib.contextmanager
    def taken(self, refuse: Refuse) -> Iterator[None]:
        """Begin empty; in this context `print` writes there, and too much is refused."""
        self._open()  # the code before may have closed them
        self._file.truncate(0)
        with (
            contextlib.redirect_stdout(_Printed(1, refuse)),
            contextlib.redirect_stderr(_Printed(2, refuse)),
        ):
            yield

    @property
    def kept(self) -> str:
        """The beginning of what was printed."""
        self._file.seek(0)
        text = self._file.read(4 * KEPT_CHARACTERS + 4).decode("utf-8", "replace")
        return text[:KEPT_CHARACTERS] + ("…" if len(text) > KEPT_CHARACTERS else "")


class _Printed(io.TextIOWrapper):
    """One of the two streams, unbuffered, so that both stand in the order in which they were written."""

    def __init__(self, number: int, refuse: Refuse) -> None:
        raw = open(number, "wb", buffering=0, closefd=False)  # noqa: SIM115 - not ours to close
        super().__init__(raw, "utf-8", "backslashreplace", write_through=True)  # type: ignore[arg-type, unused-ignore]
        self._refuse = refuse
        self._length = 0

    @property
    def name(self) -> str:
        """What the stream is called."""
        return "<stdout>" if self is sys.stdout else "<stderr>"

    def write(self, text: str, /) -> int:
        """Write the text; refused where there has been too much."""
        self._length += len(text)
        if self._length > MOST_PRINTED:
            self._refuse(FLOOD)
        return super().write(text)
