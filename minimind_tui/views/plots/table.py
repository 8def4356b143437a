"""Tables of words and numbers."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest

from rich.cells import cell_len, set_cell_size
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from minimind_tui.base.inert import inert
from minimind_tui.base.text import Language
from minimind_tui.content.plots import Table
from minimind_tui.run import records
from minimind_tui.run.records import said
from minimind_tui.views.numbers import no_number, reading
from minimind_tui.views.plots.entries import Entry, EntryKind, heading
from minimind_tui.views.plots.kind import Shown

GAP = 2
MOST_ROWS = 1000
LONGEST_CELL = 200
LEAST_CELLS = 8
"""A column of words is not cut below this."""

NOT_FINITE = ("NaN", "Infinity", "-Infinity")


class TableKind(EntryKind[Table, records.Table]):
    """The latest table of each arm."""

    def data(self, shown: Shown[Table]) -> list[Entry[records.Table]]:
        """One table per arm that has recorded it."""
        latest = ((label, arm.last(records.Table).get(shown.plot.metric)) for _, label, arm in shown.arms())
        return [Entry(heading(shown, label, table.step), table) for label, table in latest if table is not None]

    def entry(self, content: records.Table, language: Language) -> TableLines:
        """The table in the width that there is."""
        return TableLines(content, language)


@dataclass(frozen=True)
class TableLines:
    """Columns as wide as their cells; numbers stand at the right, and the longest words are cut where room ends."""

    table: records.Table
    language: Language

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        columns = (each if isinstance(each, str) else said(each).of(self.language) for each in self.table.columns)
        headings = [_one_line(column) for column in columns]
        rows = [[_written(cell) for cell in row] for row in self.table.rows[:MOST_ROWS]]
        right = [
            all(_is_number(row[place]) for row in self.table.rows if place < len(row)) for place in range(len(headings))
        ]
        cells = list(zip_longest(headings, *rows, fillvalue=""))[: len(headings)]
        widths = _fitted([max(map(cell_len, column)) for column in cells], right, options.max_width)
        for number, row in enumerate([headings, *rows]):
            line = Text(no_wrap=True, overflow="crop", style="muted" if number == 0 else "")
            for text, width, at_right in zip(row, widths, right, strict=False):
                cut = text if cell_len(text) <= width else set_cell_size(text, width - 1) + "…"
                blank = " " * (width - cell_len(cut))
                line.append((blank + cut if at_right else cut + blank) + " " * GAP)
            yield line
        left = len(self.table.rows) - len(rows)
        if left > 0:
            yield Text(f"… {left:,}", "muted")


def _fitted(widths: list[int], right: list[bool], room: int) -> list[int]:
    """The widths, those of words made smaller, the widest first, until the table fits or none can be."""
    widths = list(widths)
    while sum(widths) + GAP * len(widths) > room:
        words = [place for place, at_right in enumerate(right) if not at_right and widths[place] > LEAST_CELLS]
        if not words:
            break
        widest = max(words, key=lambda place: widths[place])
        widths[widest] -= 1
    return widths


def _is_number(cell: float | str) -> bool:
    return not isinstance(cell, str) or cell in NOT_FINITE


def _written(cell: float | str) -> str:
    """A cell's text; numbers as in all plots."""
    if isinstance(cell, str):
        return no_number(float(cell)) if cell in NOT_FINITE else _one_line(cell)
    return reading(float(cell))


def _one_line(text: str) -> str:
    return inert(text, LONGEST_CELL).replace("\n", "⏎")


KIND = TableKind()
