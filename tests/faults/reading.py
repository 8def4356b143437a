"""Everything that reads a damaged file, drawn or said."""

from __future__ import annotations

import io
import itertools
import math
from pathlib import Path
from typing import TYPE_CHECKING, cast

from rich.cells import cell_len
from rich.console import Console
from rich.style import Style
from rich.theme import Theme

from minimind_tui.base.home import Home
from minimind_tui.base.text import LANGUAGES, Language
from minimind_tui.content.course import Course, load_course
from minimind_tui.content.lint import lint
from minimind_tui.content.schema import Experiment, Step
from minimind_tui.practice.calibration import Calibration, Said
from minimind_tui.run.claims import judge
from minimind_tui.run.expression import evaluate
from minimind_tui.run.summary import Summary
from minimind_tui.ui.lab.words import findings
from minimind_tui.ui.lesson.lesson_text import lesson_markdown
from minimind_tui.ui.lesson.markdown import LessonMarkdown
from minimind_tui.views.axis import linear_axis, log_axis
from minimind_tui.views.curves import PlotData
from minimind_tui.views.figure import draw
from minimind_tui.views.findings import notes
from minimind_tui.views.matrix import scale_of
from minimind_tui.views.numbers import SHORT, decimals, reading, short, written
from minimind_tui.views.paper import PLAIN
from minimind_tui.views.plots import Shown, kind_of
from minimind_tui.views.plots.bars import BarData, fraction
from minimind_tui.views.plots.heatmap import HeatmapData
from minimind_tui.views.plots.layer_bars import LayerData, Span
from minimind_tui.views.plots.trace import TraceData, columns_of, described, figures_of, size_of
from tests.tiny import home_in

if TYPE_CHECKING:
    from minimind_tui.ui.app import TutorApp

SCORE = Calibration(right=1, wrong=1, open=1, said=0.6, brier=0.26)


def draw_matrix(rows: list[list[float]]) -> None:
    """Every cell as a sign and as a value."""
    scale = scale_of(rows)
    for value, width in itertools.product(itertools.chain.from_iterable(rows), (1, 2, 4)):
        assert cell_len(scale.sign(value, width)) == width
        assert len(written(value)) <= 8
        assert len(decimals(value)) <= 8
        assert len(reading(value)) <= 14
    scale.legend(1)
    scale.legend(2)


def draw_tensors(data: TraceData) -> None:
    """Every tensor of every arm, in the list and on its own."""
    for arm, width in itertools.product(range(len(data.arms)), (20, 60, 100)):
        columns_of(data, arm, width)
        for tensor in data.arms[arm].tensors.values():
            described(tensor, width)
            size_of(tensor, data.language)
            figures_of(tensor, data.language)
            draw_matrix(tensor.rows)


def draw_plots(experiment: Experiment, summary: Summary) -> None:
    """Every plot of a run, and what is computed from it."""
    for plot, language in itertools.product(experiment.plots, LANGUAGES):
        kind = kind_of(plot)
        data = kind.data(Shown(experiment, plot, summary, language))
        if isinstance(data, PlotData):
            draw_curves(data)
        elif isinstance(data, BarData):
            bars = [bar.value for bar in data.bars]
            longest = max((value for value in bars if math.isfinite(value)), default=0.0)
            assert all(0 <= fraction(value, longest, log) <= 1 for value in bars for log in (True, False))
        elif isinstance(data, HeatmapData):
            for matrix in data.views:
                draw_matrix(matrix.rows)
        elif isinstance(data, LayerData):
            layers = [value for own in data.columns for value in own.values]
            for log in (True, False):
                span = Span.of(layers, log)
                assert all(0 <= span.part(value) <= 1 for value in layers if math.isfinite(value)), span
                assert all(len(short(value)) <= SHORT for value in layers)
        elif isinstance(data, TraceData):
            draw_tensors(data)
        if not kind.is_empty(data):
            for width in (20, 60, 100):
                console = Console(file=io.StringIO(), width=width, theme=THEME)
                console.print(kind.lines(data, language))
            both = kind.together([("A", data), ("B", data)], len(experiment.arms))
            assert not kind.is_empty(both)
            kind.picture(data, "title")
        notes(experiment, summary, language)
        findings(experiment, summary, Said("ones"), SCORE, language, PLAIN)
    judge(experiment, summary)
    for measure in (
        "ones.total ** twos.total",
        "exp(twos.sizes[0])",
        "log(ones.total / twos.uniform)",
        "min(1.0, a.b)",
    ):
        evaluate(measure, summary)
    progress = summary.progress(1e9)
    assert -1e30 < progress.fraction <= 1


def draw_curves(data: PlotData) -> None:
    steps = [
        float(at)
        for curve in data.curves
        if len(curve.series)
        for at in (curve.series.steps[0], curve.series.steps[-1])
    ]
    x = linear_axis([*(data.x_range or (0.0, 1.0)), *steps], 4, exact=True)
    values = [value for curve in data.curves for _, value in curve.series.decimated(60, x.low, x.high)]
    values += [reference.value for reference in data.references]
    for y in (linear_axis(values, 4), log_axis(values, 4)):
        rows = draw(data.curves, data.references, x, y, 40, 10)
        assert len(rows) == 10


THEME = Theme({**PLAIN, "markdown.math": Style(), "markdown.formula": Style()})


STEP = Step(kind="lesson", ref="small/start")


class Reader:
    """What drawing a lesson needs of the app."""

    def __init__(self, home: Home, course: Course, language: Language) -> None:
        self.home, self.course, self.language = home, course, language

    def say(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en


def read(root: Path, content: bytes, *widths: int) -> None:
    """Open the lesson of the course in `root`, which now says `content`, and the linter beside it."""
    (root / "lessons/small/start.en.md").write_bytes(content)
    course = load_course(root)
    app = cast("TutorApp", Reader(home_in(root / "home"), course, "en"))
    drawn = LessonMarkdown(lesson_markdown(app, STEP), "ansi_dark")
    for width in widths or (60,):
        console = Console(file=io.StringIO(), width=width, theme=THEME)
        console.render_lines(drawn, console.options.update(width=width, height=None), pad=False)
    lint(course)
