"""The lab pane: one experiment, its run, and one view of it at a time."""

from __future__ import annotations

import time
from dataclasses import dataclass

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from minimind_tui.base.text import Text as Bilingual
from minimind_tui.content.plots import Line, Plot
from minimind_tui.content.schema import Experiment
from minimind_tui.practice.calibration import calibration, said
from minimind_tui.ui.lab.model import Lab
from minimind_tui.ui.lab.prediction import seen
from minimind_tui.ui.lab.questions import ShowSources, ShowSymbol, ShowWriting
from minimind_tui.ui.lab.starting import StartsRuns
from minimind_tui.ui.lab.status import status, view_name, what_next
from minimind_tui.ui.lab.widgets import draw_plot, plot_widgets
from minimind_tui.ui.lab.words import text_view
from minimind_tui.ui.lesson.view import LessonView
from minimind_tui.ui.named_keys import with_keys
from minimind_tui.ui.plot.palette import arm_styles
from minimind_tui.ui.plot.trace_view import TraceView
from minimind_tui.ui.prose import Prose
from minimind_tui.ui.quiet import set_row, set_subtitle, set_title
from minimind_tui.ui.style import rich_styles
from minimind_tui.views.curves import NOTHING
from minimind_tui.views.plots import Shown, kind_of
from minimind_tui.views.plots.samples import newest_sample
from minimind_tui.views.wrap import wrapped

POLLS_A_SECOND = 4
HOW = Bilingual(
    zh="照着改参数跑一次就有答案，也可以按 {lab.answer} 直接看",
    en="Run it with these parameters for the answer, or press {lab.answer}",
)
"""Under the questions on what to try next."""
REST = 5
"""Times as long as a view took to draw, keys come first: a dense curve in a large window takes a while."""


class LabPane(StartsRuns):
    """Holds a `Lab` and draws it; runs are started, followed and stopped from here."""

    DEFAULT_CSS = """
    LabPane > * { display: none; }
    LabPane > .-shown { display: block; }
    LabPane #lab-status { display: block; height: 1; padding: 0 1; }
    LabPane #lab-help { height: auto; max-height: 3; padding: 0 1; color: $text-muted; }
    LabPane LinePlot, LabPane Bars, LabPane Heatmap, LabPane LayerBars, LabPane TraceView { padding: 0 1; }
    """
    KEYS = (
        Binding(
            "r",
            "run_experiment",
            "运行|Run",
            id="lab.run",
            tooltip="先预测，再运行实验|Predict, then run the experiment",
        ),
        Binding("s", "stop", "停止|Stop", id="lab.stop", tooltip="停止这次运行|Stop this run"),
        Binding(
            "v",
            "turn(1)",
            "换视图|View",
            id="lab.view",
            tooltip="下一个视图：图、结论、设计|The next view: plots, findings, design",
        ),
        Binding(
            "V", "turn(-1)", "上一视图|View before", show=False, id="lab.back", tooltip="上一个视图|The view before"
        ),
        Binding("o", "parameters", "参数|Parameters", id="lab.parameters", tooltip="改参数|Change the parameters"),
        Binding(
            "w",
            "write",
            "让它写|Write",
            id="lab.write",
            tooltip="用训练中存下的模型写字|Write with a model that it kept",
        ),
        Binding(
            "a",
            "answer",
            "看答案|Answer",
            id="lab.answer",
            tooltip="“接着试”里下一题的答案，不必先跑|The answer of the next question under Then try, untried",
        ),
        Binding("c", "source", "代码|Code", id="lab.source", tooltip="看这个实验的代码|The code of this experiment"),
    )
    BINDINGS = [*KEYS]

    @dataclass
    class Advanced(Message):
        """A run began, went on or ended."""

        experiment: str
        finished: bool

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._lab: Lab | None = None
        self._drawn = ""
        self._catching_up = False
        self._stale = False
        self._rests_until = 0.0

    @property
    def state(self) -> Lab | None:
        """What is open, to be carried over when the screen is built again in another language."""
        return self._lab

    @state.setter
    def state(self, lab: Lab | None) -> None:
        self._lab = lab
        if lab is not None:
            lab.language = self.tutor.language
            lab.visited.add(lab.shown)
        self._draw()

    @property
    def has_run(self) -> bool:
        """Whether a run is in view."""
        return self._lab is not None and self._lab.view is not None

    @property
    def finished(self) -> bool:
        """Whether that run has finished."""
        return self._lab is not None and self._lab.state == "finished"

    @property
    def active(self) -> bool:
        """Whether that run goes on."""
        return self._lab is not None and self._lab.active

    def compose(self) -> ComposeResult:
        """The status row, and a widget for each kind of view."""
        yield Static(id="lab-status")
        yield from plot_widgets("lab")
        yield Prose(id="lab-help")

    def on_mount(self) -> None:
        """Look at the log four times a second, but only while a run goes on."""
        self._timer = self.set_interval(1 / POLLS_A_SECOND, self._poll, pause=True)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that would do nothing now are not offered."""
        lab = self._lab
        if action == "stop":
            return lab is not None and lab.active
        if action == "run_experiment":
            return lab is not None and not lab.active
        if action == "turn":
            return lab is not None and len(lab.views()) > 1
        if action == "write":
            return lab is not None and lab.writes
        if action == "answer":
            return lab is not None and lab.can_answer
        return True

    def open(self, experiment: Experiment | None, run_id: str | None = None) -> None:
        """Show `experiment` on its newest run, or on the run asked for; None is a step without one."""
        if experiment is None:
            self._lab = None
        elif self._lab is None or self._lab.experiment is not experiment or run_id:
            self._lab = Lab(self.tutor.home, self.tutor.course, experiment, self.tutor.language)
            self._lab.attach(run_id)
            seen(self._lab, self.tutor.progress)
        self._draw()

    def begun(self, lab: Lab) -> None:
        """A run has begun: its first view, with the keys. What another app has taken to its end is seen with that."""
        seen(lab, self.tutor.progress)
        self._draw()
        self.focus_view()
        self._tell(lab)

    def redraw(self) -> None:
        """Something has changed that the pane shows."""
        self._draw()

    def ended(self) -> None:
        """The run has been stopped: what its log says now."""
        self._poll()

    def focus_view(self) -> None:
        """Give the keys to the view that is shown."""
        self.screen.set_focus(self._widget())  # at once: the next key must already find its owner

    def what_next(self, onward: str) -> str:
        """What to do now; `onward` where the experiment is done."""
        if self._lab is None:
            return onward
        sentence = what_next(self._lab, self._lab.visited, onward, self.tutor.language)
        return with_keys(sentence, self.tutor.own_keys, self.tutor.language)

    def _widget(self) -> Widget:
        plot = self._lab.plot if self._lab else None
        return self.query_one(f"#lab-{kind_of(plot).widget if plot else 'text'}")

    def _poll(self) -> None:
        lab = self._lab
        if lab is None:
            return
        changed = lab.poll()
        self._stale = self._stale or changed
        seen(lab, self.tutor.progress)
        if lab.behind:
            self._catch_up()
        if self._stale and not lab.behind and (not lab.active or time.monotonic() >= self._rests_until):
            began = time.monotonic()
            self._draw()
            self._stale, self._rests_until = False, began + REST * (time.monotonic() - began)
        else:
            self._draw_status()
        if changed or not lab.active:
            self._tell(lab)

    def _tell(self, lab: Lab) -> None:
        """Tell the screen how the run stands."""
        self.post_message(self.Advanced(lab.experiment.id, self.finished))

    def _catch_up(self) -> None:
        """Read on in a long log, a slice between two keys; it is drawn once it has been read."""
        lab = self._lab
        if lab is not None and lab.behind and not self._catching_up:
            self._catching_up = True
            self.set_timer(0.001, self._next_slice)

    def _next_slice(self) -> None:
        self._catching_up = False
        lab = self._lab
        if lab is None:
            return
        lab.poll()
        if lab.behind:
            self._catch_up()
        else:
            seen(lab, self.tutor.progress)
            self._draw()
            self._tell(lab)

    def _draw(self) -> None:
        """Draw the view that is shown, and nothing that is not."""
        if not self.is_mounted:
            return
        lab = self._lab
        if lab is None or not (lab.active or lab.behind):
            self._timer.pause()
        else:
            self._timer.resume()
        self._draw_status()
        widget = self._widget()
        help_text = self._help()
        for child in self.children:
            child.set_class(child is widget or (child.id == "lab-help" and help_text is not None), "-shown")
        if help_text is not None:
            self.query_one("#lab-help", Prose).update(wrapped(help_text))
        key = "" if lab is None else f"{lab.experiment.id} {lab.view.run_id if lab.view else ''} {lab.shown}"
        fresh, self._drawn = key != self._drawn, key
        if lab is not None and lab.plot is not None:
            self._draw_plot(lab, lab.plot, widget, fresh)
        elif isinstance(widget, LessonView) and (fresh or lab is None or not lab.active):
            self._draw_text(widget, keep_place=not fresh)
        if fresh and self.has_focus_within:
            self.screen.set_focus(widget)
        self.refresh_bindings()

    def _help(self) -> str | None:
        """What stands under the plot: the newest text where the plot shows a model that writes, or how to read it."""
        plot, summary = (self._lab.plot, self._lab.summary) if self._lab else (None, None)
        if plot is None:
            return None
        sample = (
            newest_sample(summary, self.tutor.language) if isinstance(plot, Line) and plot.sample and summary else None
        )
        return sample or (plot.help.of(self.tutor.language) if plot.help else None)

    def _draw_status(self) -> None:
        lab = self._lab
        if lab is None:
            set_title(self, self.tutor.say("2 实验", "2 Lab"))
            set_row(self.query_one("#lab-status", Static), Text())
            return
        language = self.tutor.language
        title = lab.experiment.title.of(language)
        set_title(self, self.tutor.say(f"2 实验：{title}", f"2 Lab: {title}"))
        views = lab.views()
        index = views.index(lab.shown) + 1 if lab.shown in views else 1
        set_subtitle(self, f"{view_name(lab, lab.shown, language)} {index}/{len(views)}")
        set_row(self.query_one("#lab-status", Static), status(lab, language, rich_styles(self.app), self.size.width))

    def _draw_plot(self, lab: Lab, plot: Plot, widget: Widget, fresh: bool) -> None:
        summary, language = lab.summary, self.tutor.language
        if summary is None:
            return
        kind = kind_of(plot)
        half = kind.is_curves and lab.behind  # half a log would be drawn twice, and the curve would jump
        data = NOTHING if half else kind.data(Shown(lab.experiment, plot, summary, language))
        draw_plot(widget, kind, data, language, fresh)

    def _draw_text(self, view: LessonView, *, keep_place: bool = False) -> None:
        lab = self._lab
        if lab is None:
            view.show(wrapped(self.tutor.say("这一步没有实验。", "This step has no experiment.")))
        else:
            progress, styles = self.tutor.progress, rich_styles(self.app)
            committed, score = said(progress, lab.experiment.id), calibration(progress)
            language = self.tutor.language
            lab.look_for_attempts()
            how = with_keys(HOW.of(language), self.tutor.own_keys, language)
            text = text_view(lab, committed, score, language, styles, arm_styles(self.app), how=how)
            view.show(text, keep_place=keep_place)

    def action_turn(self, by: int) -> None:
        """Show the next view, or the one before where `by` is -1."""
        if self._lab is None:
            return
        self._lab.turn(by)
        self._lab.visited.add(self._lab.shown)
        self._draw()
        self.focus_view()
        self.post_message(self.Advanced(self._lab.experiment.id, False))

    def on_trace_view_code_asked(self, event: TraceView.CodeAsked) -> None:
        """The code of a tensor, over the lab."""
        self.ask(ShowSymbol(event.code))

    def action_write(self) -> None:
        """Write with a model that the run in view has kept."""
        if self._lab is not None and self._lab.view is not None and self._lab.writes:
            self.ask(ShowWriting(self._lab.view.folder))

    def action_answer(self) -> None:
        """The answer of the next question under "Then try", without a run."""
        if self._lab is not None and self._lab.can_answer:
            self._lab.answer()
            self._draw()

    def action_source(self) -> None:
        """The experiment's code and spec."""
        if self._lab is not None:
            self.ask(ShowSources(self.tutor.course.sources(self._lab.experiment.id)))
