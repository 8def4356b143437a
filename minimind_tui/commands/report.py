"""Prints a run for `run` and `show`: its state, its first plots, its findings."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from typing import Literal

from rich.console import Console
from rich.style import Style
from rich.text import Text

from minimind_tui.base.inert import inert
from minimind_tui.base.terminal import can_draw
from minimind_tui.base.text import Language
from minimind_tui.content.schema import Experiment
from minimind_tui.run.watch import RunView
from minimind_tui.ui.lab import present
from minimind_tui.ui.lab.fields import as_text
from minimind_tui.ui.lab.findings import findings_text
from minimind_tui.ui.lab.status import failure
from minimind_tui.ui.plot.axis import linear_axis
from minimind_tui.ui.plot.figure import AXIS, REFERENCE, draw
from minimind_tui.ui.plot.line_plot import PlotData, named, y_axis
from minimind_tui.ui.plot.numbers import reading
from minimind_tui.ui.plot.palette import dots
from minimind_tui.ui.plot.trace_data import TraceData, columns_of, row_of

PLOT_ROWS = 16
COLOURS = ("blue", "yellow", "green", "red", "magenta", "cyan")
PLAIN = {
    name: Style.parse(style)
    for name, style in {
        "good": "bold green", "bad": "bold red", "unsure": "bold yellow", "muted": "bright_black",
        "strong": "bold", "key": "bold", "markdown.h1": "bold", "markdown.h2": "bold",
    }.items()
}  # fmt: skip


class Paper(Console):
    """A console that raises BrokenPipeError when its reader has gone, instead of ending the program."""

    def on_broken_pipe(self) -> None:
        """Raise the error, so that the command decides what to do."""
        raise BrokenPipeError


def print_report(view: RunView, experiment: Experiment | None, language: Language) -> None:
    """Everything about a run, in colour on a terminal and plain in a file."""
    width = min(100, shutil.get_terminal_size((80, 24)).columns)
    colours: Literal["auto"] | None = "auto" if can_draw() else None
    console = Paper(file=sys.stdout, width=width, highlight=False, soft_wrap=False, color_system=colours)
    summary = view.summary
    chinese = language == "zh"
    console.print(Text(f"{inert(view.run_id)}  {inert(summary.experiment, 80)}  {view.state}", style="bold"))
    values = "  ".join(inert(f"{name}={as_text(value)}", 60) for name, value in summary.parameters.items())
    console.print(Text(f"{'种子' if chinese else 'seed'}={summary.seed}  {values}", style="bright_black"))
    if experiment is None:
        return
    for plot in experiment.plots:
        if plot.kind == "trace" and (trace := present.trace_data(experiment, summary, language)).arms:
            console.print(Text(f"\n{plot.title.of(language)}", style="bold"))
            _print_trace(console, trace, width)
        if plot.kind in ("line", "layers"):
            make = present.layer_data if plot.kind == "layers" else present.line_data
            data = make(experiment, plot, summary, language)
            if data.curves:
                title = Text(f"\n{plot.title.of(language)}", style="bold")
                console.print(title.append(f"  {data.y_label}" if data.y_label else "", style="not bold bright_black"))
                _print_plot(console, data, plot.log, width)
                break
    console.print()
    if view.state == "finished":
        console.print(findings_text(experiment, summary, language, PLAIN))
        for note in present.notes(experiment, summary, language):
            console.print(Text(f"\n{note}"))
    else:
        console.print(failure(view, language, PLAIN))


def _print_trace(console: Console, data: TraceData, width: int) -> None:
    """The tensors' list, of the last arm: shapes are the same in all."""
    columns = columns_of(data, len(data.arms) - 1, width)
    for at in (None, *range(len(data.names))):
        console.print(Text(row_of(columns, at), style="bright_black" if at is None else ""))


def _print_plot(console: Console, data: PlotData, log: bool, width: int) -> None:
    steps: list[float] = list(data.x_range or ())
    for curve in data.curves:
        steps += _ends(curve.series.steps)
    x = linear_axis(steps, 5, exact=True)
    y = y_axis(data, x, PLOT_ROWS, log)
    legend = Text()
    for curve in data.curves:
        legend.append(f"{named(curve, curve.series.last)}   ", COLOURS[curve.style % 6])
    for reference in data.references:
        legend.append(f"{reference.label} {reading(reference.value)}   ", "bright_black")
    console.print(legend)
    for row in draw(data.curves, data.references, x, y, width, PLOT_ROWS, dots()):
        line = Text(no_wrap=True)
        for sign, owner in row:
            line.append(sign, "bright_black" if owner == AXIS or owner >= REFERENCE else COLOURS[owner % 6])
        console.print(line)


def _ends(steps: Sequence[float]) -> tuple[float, float]:
    return (steps[0], steps[-1]) if len(steps) else (0.0, 1.0)
