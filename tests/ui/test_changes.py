"""The difference that is sent brings the terminal to the same cells as Textual's whole update."""

from __future__ import annotations

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region, Size
from textual.strip import Strip

from minimind_tui.ui.changes import Changes, Terminal

WIDTH, HEIGHT = 12, 4
CONSOLE = Console(color_system="truecolor", force_terminal=True, width=WIDTH)
STYLES = [Style(), Style(color="red"), Style(color="#0a141e", bgcolor="#ffffff", bold=True), Style(reverse=True)]
PART = st.builds(Segment, st.text("ab ⣿█中文", min_size=1, max_size=5), st.sampled_from(STYLES), st.none())
SEGMENTS = st.lists(PART, min_size=1, max_size=5)
Update = LayoutUpdate | ChopsUpdate


def strip(segments: list[Segment], width: int) -> Strip:
    return Strip(segments).adjust_cell_length(width)


@st.composite
def layouts(draw: st.DrawFn) -> LayoutUpdate:
    x, y = draw(st.integers(0, WIDTH - 1)), draw(st.integers(0, HEIGHT - 1))
    region = Region(x, y, draw(st.integers(1, WIDTH - x)), draw(st.integers(1, HEIGHT - y)))
    return LayoutUpdate([[strip(draw(SEGMENTS), region.width)] for _ in range(region.height)], region)


@st.composite
def chops(draw: st.DrawFn) -> ChopsUpdate:
    """Each line cut in two, and a span of it to be drawn."""
    cut = draw(st.integers(1, WIDTH - 1))
    lines = [{0: strip(draw(SEGMENTS), cut), cut: strip(draw(SEGMENTS), WIDTH - cut)} for _ in range(HEIGHT)]
    left = draw(st.sampled_from([0, cut]))
    right = draw(st.integers(left + 1, WIDTH))
    rows = sorted(draw(st.sets(st.integers(0, HEIGHT - 1), min_size=1)))
    return ChopsUpdate(lines, [(y, left, right) for y in rows], [[cut, WIDTH]] * HEIGHT)


def whole(line: str) -> LayoutUpdate:
    """All rows saying the same."""
    return LayoutUpdate([[strip([Segment(line)], WIDTH)] for _ in range(HEIGHT)], Region(0, 0, WIDTH, HEIGHT))


def fresh() -> Terminal:
    terminal = Terminal()
    terminal.forget(Size(WIDTH, HEIGHT))
    return terminal


class Emulator:
    def __init__(self) -> None:
        self.screen = pyte.Screen(WIDTH, HEIGHT)
        self.stream = pyte.Stream(self.screen)

    def cell(self, x: int, y: int) -> tuple[object, ...]:
        """What is seen there: the colours of a blank's ink are not."""
        cell = self.screen.buffer[y][x]
        ink = (cell.fg, cell.bold) if cell.data.strip() else ()
        return (cell.data, cell.bg, cell.reverse, *ink)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(layouts(), chops()), min_size=1, max_size=6), layouts())
def test_each_update_arrives_whole(updates: list[Update], last: LayoutUpdate) -> None:
    terminal, emulator = fresh(), Emulator()
    for update in [*updates, last]:
        emulator.stream.feed(Changes(terminal, update).render_segments(CONSOLE))
        expected = Emulator()
        expected.stream.feed("\x1b[41m\x1b[2J\x1b[0m")  # red where the update draws nothing
        blank = expected.cell(0, 0)
        expected.stream.feed(update.render_segments(CONSOLE))
        for y in range(HEIGHT):
            for x in range(WIDTH):
                if expected.cell(x, y) != blank:
                    assert emulator.cell(x, y) == expected.cell(x, y), (x, y)


@given(st.one_of(layouts(), chops()))
def test_what_stands_there_is_not_sent_again(update: Update) -> None:
    terminal = fresh()
    assert terminal.changes(update, ColorSystem.TRUECOLOR)
    assert terminal.changes(update, ColorSystem.TRUECOLOR) == ""
    terminal.forget(Size(WIDTH, HEIGHT))
    assert terminal.changes(update, ColorSystem.TRUECOLOR)


@pytest.mark.parametrize(
    ("before", "after", "sent"),
    [
        ("step x of 9", "step y of 9", "y"),
        ("中文中文", "中国中文", "国"),
        ("中文", "ab文", "ab"),
        ("x is near x", "y is near x", "y"),
        ("x near x", "y near y", "y near y"),
    ],
)
def test_a_changed_character_is_sent_alone(before: str, after: str, sent: str) -> None:
    terminal = fresh()
    terminal.changes(whole(before), ColorSystem.TRUECOLOR)
    sequences = terminal.changes(whole(after), ColorSystem.TRUECOLOR)
    assert sequences.count(sent) == HEIGHT
    assert len(sequences) <= HEIGHT * (len("\x1b[1;10H") + len(sent))
