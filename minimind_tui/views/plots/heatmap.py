"""Matrices as cells of signs and shades."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rich.cells import cell_len, set_cell_size
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from minimind_tui.base.inert import inert
from minimind_tui.base.text import Language
from minimind_tui.content.plots import Heatmap
from minimind_tui.run.records import Matrix
from minimind_tui.views.matrix import MatrixView, scale_of
from minimind_tui.views.numbers import written
from minimind_tui.views.plots.kind import PlotKind, Shown

LONGEST_LABEL = 12
MOST_ROWS = 24
"""Of a matrix among lines of text."""


@dataclass(frozen=True)
class HeatmapData:
    """The matrices, by name and then by arm; whether values are written out; whether it begins with all in small."""

    views: list[MatrixView]
    values: bool = False
    overview: bool = False


class HeatmapKind(PlotKind[Heatmap, HeatmapData]):
    """The matrices whose name starts with the plot's metric, the last of each."""

    widget = "heatmap"

    def data(self, shown: Shown[Heatmap]) -> HeatmapData:
        """Every matrix of every arm, `layer 2` before `layer 10`."""
        plot, last = shown.plot, {}
        for index, label, recorded in shown.arms():
            for name, matrix in recorded.last(Matrix).items():
                if name.startswith(plot.metric):
                    last[(name, index)] = (label, matrix)
        views = []
        for (name, index), (label, matrix) in sorted(last.items(), key=lambda item: (counted(item[0][0]), item[0][1])):
            called = _called(name, plot, shown.language)
            views.append(
                MatrixView(
                    title=f"{called} · {label}",
                    rows=matrix.rows,
                    row_labels=[short_label(each) for each in matrix.row_labels],
                    column_labels=[short_label(each) for each in matrix.column_labels],
                    name=called,
                    arm=index,
                    arm_label=label,
                    down=shown.said(plot.y_label),
                    across=plot.x_label.of(shown.language) if plot.x_label else "",
                )
            )
        return HeatmapData(views, plot.values, plot.overview)

    def is_empty(self, data: HeatmapData) -> bool:
        """Whether there is no matrix."""
        return not any(view.rows for view in data.views)

    def lines(self, data: HeatmapData, language: Language) -> MatrixLines:
        """The first matrix, as signs or values; how many more there are."""
        return MatrixLines(data, language)

    def together(self, runs: Sequence[tuple[str, HeatmapData]], arms: int) -> HeatmapData:
        """Each matrix of one run before its like of the other."""
        every = []
        for number, (name, data) in enumerate(runs):
            for order, view in enumerate(data.views):
                own = replace(
                    view,
                    title=f"{name} {view.title}",
                    name=f"{name} {view.name}",
                    arm=view.arm + number * arms,
                    arm_label=f"{name} {view.arm_label}",
                )
                every.append((order, number, own))
        return replace(runs[0][1], views=[view for _, _, view in sorted(every, key=lambda item: item[:2])])


def counted(name: str) -> list[tuple[int, str]]:
    """A name's place among others: `layer 2` before `layer 10`."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d{1,9})", name)]


def short_label(label: str) -> str:
    """A row's or column's label: one short line."""
    return inert(label, LONGEST_LABEL).replace("\n", "⏎")


def _called(name: str, plot: Heatmap, language: Language) -> str:
    """A recorded matrix's name in the learner's language."""
    item = plot.item.of(language) if plot.item else plot.metric
    return inert(item + name.removeprefix(plot.metric), 40)


@dataclass(frozen=True)
class MatrixLines:
    """A matrix among lines of text: a sign for each cell, which needs no colour, or its value where it is a table."""

    data: HeatmapData
    language: Language

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        shown = self.data.views if self.data.values else self.data.views[:1]
        for view in shown:
            yield from self._matrix(view, options.max_width)
        more = len(self.data.views) - len(shown)
        if more:
            yield Text(f"还有 {more} 张" if self.language == "zh" else f"and {more} more", "muted")

    def _matrix(self, view: MatrixView, width: int) -> list[Text]:
        scale = scale_of(view.rows)
        left = max((cell_len(label) for label in view.row_labels), default=0) + 1
        columns = max((len(row) for row in view.rows), default=0)
        texts = [[written(value) for value in row] for row in view.rows] if self.data.values else []
        cell = max((len(text) for row in texts for text in row), default=0) + 1 if texts else 2
        fits = max(1, min(columns, (width - left) // cell))
        legend = "" if texts else scale.legend(cell)
        lines = [Text(f"{view.title}  {legend}".rstrip(), "strong")]
        for at, row in enumerate(view.rows[:MOST_ROWS]):
            label = view.row_labels[at] if at < len(view.row_labels) else str(at)
            line = Text(set_cell_size(label, left), "muted", no_wrap=True, overflow="crop")
            for place, value in enumerate(row[:fits]):
                line.append(texts[at][place].rjust(cell) if texts else scale.sign(value, cell), "none")
            lines.append(line)
        if len(view.rows) > MOST_ROWS or fits < columns:
            lines.append(Text(f"… {len(view.rows)}×{columns}", "muted"))
        return lines


KIND = HeatmapKind()
