"""The terminal of the tests shows what a terminal of today shows: whole frames."""

from __future__ import annotations

from tests.terminal.console import Console


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
