"""A run on paper: its state, its plots, its findings. For `run` and `show`."""

from __future__ import annotations

import shutil
import sys
from typing import Literal

from rich.console import Console, RenderableType
from rich.style import Style
from rich.text import Text
from rich.theme import Theme

from minimind_tui.base.inert import inert
from minimind_tui.base.terminal import can_draw
from minimind_tui.base.text import Language
from minimind_tui.content.schema import Experiment
from minimind_tui.run.watch import RunView
from minimind_tui.views.ending import failure
from minimind_tui.views.findings import findings_text, notes
from minimind_tui.views.marks import MARKS, arm_style
from minimind_tui.views.plots import Shown, kind_of
from minimind_tui.views.tries import said, tried_by
from minimind_tui.views.words import as_text

COLOURS = ("blue", "yellow", "green", "red", "magenta", "cyan")
PLAIN = {
    name: Style.parse(style)
    for name, style in {
        "good": "bold green", "bad": "bold red", "unsure": "bold yellow", "muted": "bright_black",
        "strong": "bold", "key": "bold", "markdown.h1": "bold", "markdown.h2": "bold",
        **{arm_style(index): COLOURS[index % len(COLOURS)] for index in range(len(MARKS))},
    }.items()
}  # fmt: skip


class Paper(Console):
    """A console that leaves it to the command what becomes of a pipe that nobody reads any more."""

    def on_broken_pipe(self) -> None:
        """Say so, instead of ending the program."""
        raise BrokenPipeError


def print_report(view: RunView, experiment: Experiment | None, language: Language) -> None:
    """Everything about a run, in colour on a terminal and plain in a file."""
    width = min(100, shutil.get_terminal_size((80, 24)).columns)
    colours: Literal["auto"] | None = "auto" if can_draw() else None
    console = Paper(
        file=sys.stdout, width=width, highlight=False, soft_wrap=False, color_system=colours, theme=Theme(PLAIN)
    )
    summary = view.summary
    chinese = language == "zh"
    console.print(Text(f"{inert(view.run_id)}  {inert(summary.experiment, 80)}  {view.state}", style="bold"))
    values = "  ".join(inert(f"{name}={as_text(value)}", 60) for name, value in summary.parameters.items())
    console.print(Text(f"{'种子' if chinese else 'seed'}={summary.seed}  {values}", style="bright_black"))
    if experiment is None:
        return
    drawn = False
    for plot in experiment.plots:
        kind = kind_of(plot)
        data = kind.data(Shown(experiment, plot, summary, language))
        if kind.is_empty(data) or (kind.is_curves and drawn):
            continue
        drawn = drawn or kind.is_curves
        console.print(Text(f"\n{plot.title.of(language)}", style="bold"))
        console.print(kind.lines(data, language))
    console.print()
    if view.state == "finished":
        console.print(findings_text(experiment, summary, language, PLAIN))
        for told in said(tried_by(experiment, summary.parameters, summary.seed), language):
            console.print(Text(f"\n{told}"))
        for note in notes(experiment, summary, language):
            console.print(Text(f"\n{note}"))
    else:
        console.print(failure(view, language, PLAIN))


def as_lines(renderable: RenderableType, width: int) -> list[str]:
    """What is printed at `width` columns, without colours."""
    console = Console(width=width, color_system=None, theme=Theme(PLAIN))
    with console.capture() as captured:
        console.print(renderable)
    return [line.rstrip() for line in captured.get().splitlines()]
