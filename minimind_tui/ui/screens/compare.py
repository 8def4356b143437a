"""Two runs in one plot: whatever the plot shows, of both."""

from __future__ import annotations

from typing import Any

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container
from textual.widgets import Static

from minimind_tui.content.plots import Plot
from minimind_tui.content.schema import Experiment
from minimind_tui.run.watch import RunView
from minimind_tui.ui.key_bar import Foot, NextBar
from minimind_tui.ui.lab.widgets import WIDGETS, draw_plot, plot_widgets
from minimind_tui.ui.screens.base import TutorScreen
from minimind_tui.views.plots import Shown, kind_of
from minimind_tui.views.words import as_text

NAMES = ("A", "B")


class CompareScreen(TutorScreen):
    """Run A is the older one; it comes first."""

    DEFAULT_CSS = """
    #compare-plot { height: 1fr; padding: 0 1; }
    #compare-plot > * { display: none; }
    #compare-plot > .-shown { display: block; height: 1fr; }
    """

    PARTS = tuple(WIDGETS.values())
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
        self._plots: list[Plot] = []
        """What both runs hold something of, found once: both have been read to their ends."""
        self._drawn: Plot | None = None

    def compose(self) -> ComposeResult:
        """Which runs, the plot, the keys."""
        yield Static(id="compare-runs")
        with Container(id="compare-plot"):
            yield from plot_widgets("compare")
        yield Foot()

    def on_mount(self) -> None:
        """Read both logs after the first paint."""
        self.call_after_refresh(self._read)

    def fill(self) -> None:
        """Draw the runs that have been read, in widgets that have drawn nothing yet."""
        self._drawn = None
        self._draw()

    def _read(self) -> None:
        self._views = [RunView(self.tutor.home, run) for run in self._runs]
        for view in self._views:
            view.poll()
        self._plots = self._shared_plots()
        self.refresh_bindings()
        self._draw()

    def _experiments(self) -> list[Experiment]:
        known = self.tutor.course.experiments
        return [known[view.summary.experiment] for view in self._views if view.summary.experiment in known]

    @property
    def _arms(self) -> int:
        """How many arms the runs have."""
        return max((len(experiment.arms) for experiment in self._experiments()), default=0)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """One arm alone is for runs of several."""
        return self._arms > 1 if action == "arm" else True

    def _shared_plots(self) -> list[Plot]:
        """The plots that both experiments have, of which both runs hold something."""
        experiments = self._experiments()
        if len(experiments) < 2:
            return []
        other = {_meaning(plot): plot for plot in experiments[1].plots}
        return [
            plot
            for plot in experiments[0].plots
            if _meaning(plot) in other
            and all(
                not kind_of(plot).is_empty(kind_of(plot).data(Shown(experiment, own, view.summary, self.language)))
                for experiment, own, view in zip(experiments, (plot, other[_meaning(plot)]), self._views, strict=True)
            )
        ]

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
        plots = self._plots
        if not plots:
            self.query_one(NextBar).say(
                self.say(
                    "这两次运行没有相同的图，{compare.back} 返回",
                    "These two runs share no plot; {compare.back} to go back",
                )
            )
            return
        plot = plots[self._plot % len(plots)]
        kind, fresh = kind_of(plot), plot is not self._drawn
        widget = self.query_one(f"#compare-{kind.widget}")
        for child in self.query_one("#compare-plot").children:
            child.set_class(child is widget, "-shown")
        draw_plot(widget, kind, self._data(plot), self.language, fresh)
        if fresh:
            self._drawn = plot
            self.set_focus(widget)
        more = self.say("；{compare.view} 下一张图", "; {compare.view} for the next plot")
        if self._arms > 1:
            more += self.say("，{compare.arm} 只看一组", ", {compare.arm} for one arm")
        self.query_one(NextBar).say(f"{plot.title.of(self.language)}  {self._plot % len(plots) + 1}/{len(plots)}{more}")

    def _data(self, plot: Plot) -> Any:
        """What both runs hold for the plot, in one: that of A first, then that of B."""
        experiments, kind = self._experiments(), kind_of(plot)
        only = None if self._arm < 0 else self._arm
        runs = [
            (name, kind.data(Shown(experiment, plot, view.summary, self.language, only)))
            for name, experiment, view in zip(NAMES, experiments, self._views, strict=False)
        ]
        return kind.together(runs, self._arms)

    def action_turn(self) -> None:
        """Show the next plot."""
        self._plot += 1
        self._draw()

    def action_arm(self) -> None:
        """One arm of both runs alone, then the next, then all."""
        self._arm = self._arm + 1 if self._arm + 1 < self._arms else -1
        self._draw()


def _meaning(plot: Plot) -> tuple[object, ...]:
    """What a plot of another experiment must have in common with it: the kind, and what it shows."""
    return type(plot), getattr(plot, "metric", plot.id)
