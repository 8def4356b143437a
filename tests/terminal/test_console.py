"""The terminal of the tests shows what a terminal of today shows: whole frames."""

from __future__ import annotations

import os

import pytest

from tests.terminal.console import Console
from tests.tiny import until


def test_a_frame_is_seen_when_it_is_whole_however_it_arrives() -> None:
    with Console(["cat"], columns=20, rows=3, environment={}) as console:
        written = b"before\x1b[?2026h\x1b[1;1H57 %\x1b[>4;1m\x1b[3;1Hfoot\x1b[?2026l"
        seen = []
        for byte in written:
            console.draw(bytes([byte]))
            seen.append(console.text)
        assert seen[5] == "before\n\n", "what is outside of frames is seen at once"
        assert set(seen[5:-1]) == {seen[5]}
        assert seen[-1] == "57 %re\n\nfoot"


def test_half_a_frame_whose_end_does_not_come_is_seen() -> None:
    with Console(["cat"], columns=20, rows=3, environment={}) as console:
        console.draw(b"\x1b[?2026hhalf")
        assert "half" not in console.text
        console.wait_for("half")


@pytest.mark.parametrize("left", ["", "setsid sleep 3 & "])
def test_what_a_program_writes_last_is_seen(left: str) -> None:
    for _ in range(3):
        # It ends while nobody reads, and what it wrote fits into the terminal's own buffer.
        with Console(["sh", "-c", f"{left}seq 1 500"], columns=20, rows=3, environment=dict(os.environ)) as console:
            until(lambda: not console.child.isalive(), "its end")
            assert console.wait_exit() == 0
            assert console.text == "499\n500\n"
