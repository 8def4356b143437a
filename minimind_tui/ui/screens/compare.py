"""Two runs in one plot: the same metric, every arm of both."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from minimind_tui.content.schema import Experiment, Plot
from minimind_tui.run.watch import RunView
from minimind_tui.ui.key_bar import Foot, NextBar
from minimind_tui.ui.lab import present
from minimind_tui.ui.lab.fields import as_text
from minimind_tui.ui.plot.figure import Curve, Reference
from minimind_tui.ui.plot.line_plot import LinePlot, PlotData
from minimind_tui.ui.screens.base import TutorScreen

NAMES = ("A", "B")


class CompareScreen(TutorScreen):
    """Run A is the older one; its curves come first."""

    PARTS = (LinePlot,)
    BINDINGS = [
        Binding("v", "turn", "下一张图|Plot", id="compare.view", tooltip="下一张图|The next plot"),
        Binding(
            "a",
            "arm",
            "只看一组|One arm",
            id="compare.arm",
            tooltip="只比较一组，再按换下一组|One arm alone; again for the next",
        ),
        Binding("escape", "app.pop_screen", "返回|Back", id="compare.back", tooltip="回到运行记录|Back to the runs"),
    ]

    def __init__(self, run_a: str, run_b: str) -> None:
        super().__init__()
        self._runs = (run_a, run_b)
        self._views: list[RunView] = []
        self._plot = 0
        self._arm = -1

    def compose(self) -> ComposeResult:
        """Which runs, the plot, the keys."""
        yield Static(id="compare-runs")
        yield LinePlot(id="compare-plot")
        yield Foot()

    def on_mount(self) -> None:
        """Read both logs after the first paint."""
        self.query_one(LinePlot).focus()
        self.call_after_refresh(self._read)

    def fill(self) -> None:
        """Draw what was read."""
        self.query_one(LinePlot).focus()
        self._draw()

    def _read(self) -> None:
        self._views = [RunView(self.tutor.home, run) for run in self._runs]
        for view in self._views:
            view.poll()
        self._draw()

    def _experiments(self) -> list[Experiment]:
        known = self.tutor.course.experiments
        return [known[view.summary.experiment] for view in self._views if view.summary.experiment in known]

    def _plots(self) -> list[Plot]:
        """The plots with curves of which both runs hold something."""
        experiments = self._experiments()
        if len(experiments) < 2:
            return []
        other = {(plot.kind, plot.metric) for plot in experiments[1].plots}
        return [p for p in experiments[0].plots if p.kind in ("line", "layers") and (p.kind, p.metric) in other]

    def _draw(self) -> None:
        styles = self.styles_by_name()
        text = Text()
        for name, view in zip(NAMES, self._views, strict=False):
            text.append(f" {name} ", styles["key"])
            text.append(view.run_id, styles["strong"])
            text.append(f"  {self.say('种子', 'seed')} {view.summary.seed}", styles["muted"])
            for parameter, value in view.summary.parameters.items():
                if any(other.summary.parameters.get(parameter) != value for other in self._views):
                    text.append(f"  {parameter}={as_text(value)}", styles["key"])
            text.append("\n")
        self.query_one("#compare-runs", Static).update(text)
        plots = self._plots()
        if not plots:
            self.query_one(NextBar).say(
                self.say(
                    "这两次运行没有相同的曲线，{compare.back} 返回",
                    "These two runs share no curves; {compare.back} to go back",
                )
            )
            return
        plot = plots[self._plot % len(plots)]
        self.query_one(LinePlot).show(self._data(plot), plot.log)
        self.query_one(NextBar).say(
            f"{plot.title.of(self.language)}  {self._plot % len(plots) + 1}/{len(plots)}"
            + self.say(
                "；{compare.view} 下一张图，{compare.arm} 只看一组",
                "; {compare.view} for the next plot, {compare.arm} for one arm",
            )
        )

    def _data(self, plot: Plot) -> PlotData:
        """The curves of both runs: first those of A, then those of B in further colours and marks."""
        datas = [
            (present.layer_data if plot.kind == "layers" else present.line_data)(
                experiment, plot, view.summary, self.language
            )
            for experiment, view in zip(self._experiments(), self._views, strict=False)
        ]
        each = max(1, len(plot.names))  # curves an arm has
        arms = max(len(experiment.arms) for experiment in self._experiments())
        curves = [
            Curve(f"{name} {curve.label}", curve.style + number * each * arms, curve.series)
            for number, (name, data) in enumerate(zip(NAMES, datas, strict=False))
            for curve in data.curves
            if self._arm in (-1, curve.style // each)
        ]
        ranges = [data.x_range for data in datas if data.x_range]
        span = (min(low for low, _ in ranges), max(high for _, high in ranges)) if ranges else None
        return PlotData(curves, references_of(datas), span, datas[0].x_label, unit_of(datas))

    def action_turn(self) -> None:
        """The next plot."""
        self._plot += 1
        self._draw()

    def action_arm(self) -> None:
        """One arm of both runs alone, then the next, then all."""
        arms = max((len(experiment.arms) for experiment in self._experiments()), default=0)
        self._arm = self._arm + 1 if self._arm + 1 < arms else -1
        self._draw()


def references_of(datas: list[PlotData]) -> list[Reference]:
    """The lines of both runs: one where they are the same, else each with the name of its run."""
    lines = [[(reference.label, reference.value) for reference in data.references] for data in datas]
    shared = set(lines[0]).intersection(*lines[1:])
    return [
        Reference(label if (label, value) in shared else f"{name} {label}", value)
        for number, (name, own) in enumerate(zip(NAMES, lines, strict=False))
        for label, value in own
        if number == 0 or (label, value) not in shared
    ]


def unit_of(datas: list[PlotData]) -> str:
    """What runs down: one where it is the same for both, else that of each run."""
    units = [data.y_label for data in datas]
    if len(set(units)) == 1:
        return units[0]
    return " · ".join(f"{name} {unit}" for name, unit in zip(NAMES, units, strict=False))
