"""Home: continue where you were, the three paths, what is done."""

from __future__ import annotations

from importlib import import_module
from threading import Thread
from typing import TYPE_CHECKING

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from minimind_tui import __version__
from minimind_tui.base.home import Home
from minimind_tui.base.inert import inert
from minimind_tui.content.paths import path_tasks, unwritten
from minimind_tui.content.schema import LearningPath
from minimind_tui.practice.self_test import credited
from minimind_tui.run.states import ACTIVE
from minimind_tui.ui.choices import Choices, Row
from minimind_tui.ui.key_bar import Foot, NextBar
from minimind_tui.ui.screens.base import TutorScreen
from minimind_tui.ui.screens.states import STATES
from minimind_tui.views.words import bar, coming_modules, hours

if TYPE_CHECKING:
    from minimind_tui.run.runs import RunInfo

READ_AHEAD_SECONDS = 0.05
"""A key that is there already comes first: two that import at once would keep it waiting."""


def read_ahead(home: Home) -> None:
    """What the first key will want: the study screen's code, and the history."""
    import_module("minimind_tui.ui.screens.study")
    _runs(home)


def _runs(home: Home) -> list[RunInfo]:
    from minimind_tui.run.runs import list_runs  # the first screen of a new home needs none

    return list_runs(home)


class HomeScreen(TutorScreen):
    """The first screen."""

    DEFAULT_CSS = """
    #home-body { padding: 1 3; }
    #home-title { margin-bottom: 1; }
    #home-paths { height: auto; border: none; background: $background; padding: 0; max-height: 100%; }
    #home-paths > .option-list--option { padding: 0 1 1 1; }
    #home-state { margin-top: 1; }
    """

    PARTS = (Choices,)
    BINDINGS = [
        Binding(
            "left_square_bracket",
            "app.go('roadmap')",
            "路线图|Roadmap",
            id="app.roadmap",
            tooltip="整门课的路线图|The whole course",
        ),
        Binding("R", "app.go('runs')", "运行记录|Runs", id="app.runs", tooltip="所有运行|All runs"),
        Binding("L", "app.language", "English|中文", id="app.language", tooltip="换语言|Switch the language"),
        Binding(
            "t",
            "app.theme",
            "主题|Theme",
            id="app.theme",
            tooltip="深色、浅色、16 色|Dark, light, 16 colours",
        ),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._drawn: object = None
        self._chosen: int | None = None
        self._left: str | None = None
        """The path that was left last."""

    def compose(self) -> ComposeResult:
        """A title, the paths as a list, and what is known of the course's state."""
        with VerticalScroll(id="home-body", can_focus=False):
            yield Static(id="home-title")
            yield Choices(id="home-paths")
            yield Static(id="home-state")
        yield Foot()

    def on_mount(self) -> None:
        """Show the learner's state as soon as there is a screen; then read ahead, in a thread that none waits for."""
        self.fill()
        self.set_timer(READ_AHEAD_SECONDS, Thread(target=read_ahead, args=[self.tutor.home], daemon=True).start)

    def fill(self) -> None:
        """Everything: there is nothing in the widgets yet."""
        self._drawn = None
        self.refresh_state()

    def on_screen_resume(self) -> None:
        """Coming back from a path, show what has changed."""
        self.refresh_state()

    def refresh_state(self) -> None:
        """Read the progress again, and redraw where it has changed."""
        progress = self.tutor.progress
        alone = self.tutor.left_alone
        went_on = [run for run in _runs(self.tutor.home) if run.id in alone] if alone else []
        state = (progress.done(), progress.place(), progress.warning, went_on)
        if state == self._drawn:
            return
        self._drawn = state
        styles = self.styles_by_name()
        title = Text()
        title.append("MiniMind", styles["markdown.h1"])
        title.append(f"  {__version__}\n", styles["muted"])
        title.append(
            self.say(
                "一个大语言模型是怎样造出来、练出来的：每个设计，都做个实验看看。",
                "How a large language model is built and trained: every design choice, tried in an experiment.",
            )
        )
        self.query_one("#home-title", Static).update(title)
        self._fill_paths()
        self._show_notices(went_on)

    def _fill_paths(self) -> None:
        options = self.query_one("#home-paths", Choices)
        chosen = self._chosen
        options.clear_options()
        options.add_options(Option(self._row(path), id=path.id) for path in self.tutor.course.paths.values())
        place = self.tutor.progress.place()
        ids = [path.id for path in self.tutor.course.paths.values()]
        if place and place.path in ids and place.path != self._left:
            self._left, chosen = place.path, ids.index(place.path)
        options.highlighted = chosen or 0
        self.set_focus(options)
        self._guide(ids[chosen or 0] if ids else "")

    def _row(self, path: LearningPath) -> Row:
        styles = self.styles_by_name()
        done, count = self._done(path)
        coming = unwritten(self.tutor.course, path)
        title = Text(path.title.of(self.language), style=styles["strong"])
        title.append(f"  {hours(path.hours, self.language)}", styles["muted"])
        if not path.steps:
            state = Text(self.say("计划中", "planned"), style=styles["muted"])
        elif done == count and not coming:
            state = Text(f"{bar(1, 10)} " + self.say("已完成", "done"), style=styles["good"])
        else:
            written = 1 - sum(module.hours for module in coming) / path.hours  # the bar is full when all is there
            state = Text(f"{bar(done / count * written, 10)} {done}/{count}")
        texts = [title, Text(path.goal.of(self.language), style=styles["muted"])]
        if path.steps and coming:
            texts.append(Text(coming_modules(coming, self.language), style=styles["unsure"]))
        return Row(texts, state)

    def _done(self, path: LearningPath) -> tuple[int, int]:
        """How much of what there is to do on a path is done, and how much there is."""
        course = self.tutor.course
        done, tasks = credited(course, self.tutor.progress.done()), path_tasks(course, path)
        return sum((task.kind, task.ref) in done for task in tasks), len(tasks)

    def _show_notices(self, went_on: list[RunInfo]) -> None:
        """What became of the runs that were left alone, and what is wrong with the learner's or the course's files."""
        styles = self.styles_by_name()
        text = Text()
        for run in went_on:
            experiment = self.tutor.course.experiments.get(run.experiment)
            title = experiment.title.of(self.language) if experiment else inert(run.experiment, 40)
            mark, chinese, english, style = STATES[run.state]
            text.append(f"{mark} ", styles[style])
            text.append(
                self.say(
                    f"你离开后，“{title}”接着跑，{'还没跑完' if run.state in ACTIVE else f'现在是：{chinese}'}。\n",
                    f"“{title}” went on without you{' and still runs' if run.state in ACTIVE else f': {english}'}.\n",
                )
            )
        warning, problems = self.tutor.progress.warning, self.tutor.course.problems
        if warning is not None:
            text.append(warning.of(self.language) + "\n", styles["unsure"])
        if problems:
            text.append(
                self.say(
                    f"课程里有 {len(problems)} 个文件有问题，运行 minimind-tui check 看详情。",
                    f"{len(problems)} problems in the course's files: see minimind-tui check.",
                ),
                styles["unsure"],
            )
        text.rstrip()
        self.query_one("#home-state", Static).update(text)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Another line, another thing to do."""
        self._chosen = event.option_index
        self._guide(event.option.id or "")

    def _guide(self, path_id: str) -> None:
        """Say what Enter would do."""
        path = self.tutor.course.paths.get(path_id)
        if path is None:
            return
        done, count = self._done(path)
        name = path.title.of(self.language)
        place = self.tutor.progress.place(path.id)
        if not count:
            sentence = self.say(
                f"“{name}”还在编写，按 {{choices.open}} 看路线图",
                f"“{name}” is still being written: {{choices.open}} for the roadmap",
            )
        elif done == count and unwritten(self.tutor.course, path):
            sentence = self.say(
                f"“{name}”已有的部分学完了：按 {{choices.open}} 再看一遍",
                f"All there is of “{name}” is done: {{choices.open}} to see it again",
            )
        elif done == count:
            sentence = self.say(
                f"“{name}”已走完：按 {{choices.open}} 再看一遍", f"“{name}” is done: {{choices.open}} to see it again"
            )
        elif done or place:
            step = path.steps[min(place.step if place else 0, len(path.steps) - 1)]
            title = self.tutor.course.full_title_of(step).of(self.language)
            sentence = self.say(f"按 {{choices.open}} 接着学：{title}", f"Press {{choices.open}} to go on: {title}")
        else:
            sentence = self.say(f"按 {{choices.open}} 开始“{name}”", f"Press {{choices.open}} to start “{name}”")
        self.query_one(NextBar).say(sentence)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open the chosen path."""
        path = self.tutor.course.paths.get(event.option.id or "")
        if path and path.steps:
            self.tutor.open_path(path.id)
        elif path:
            self.tutor.action_go("roadmap")
