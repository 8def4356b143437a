"""The end of a path: what the learner's own runs showed, and where to go from here."""

from __future__ import annotations

from collections import Counter

from rich.console import Group, RenderableType
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll

from minimind_tui.content.course import PRACTICE
from minimind_tui.content.paths import path_tasks, unwritten
from minimind_tui.content.schema import Step
from minimind_tui.practice.calibration import calibration, said
from minimind_tui.practice.self_test import credited
from minimind_tui.ui.key_bar import Foot, NextBar
from minimind_tui.ui.lab.latest import latest_finished
from minimind_tui.ui.lab.prediction import decide, so_far
from minimind_tui.ui.lab.words import findings
from minimind_tui.ui.prose import Prose
from minimind_tui.ui.screens.base import TutorScreen
from minimind_tui.views.words import coming_modules, counted
from minimind_tui.views.wrap import WrappedText, wrapped


class FinishScreen(TutorScreen):
    """All findings of the path's experiments, from the learner's last runs."""

    DEFAULT_CSS = """
    #finish { padding: 1 3; }
    """

    BINDINGS = [
        Binding("enter,escape,n", "home", "主页|Home", id="finish.home", tooltip="回到主页|Back home"),
        Binding("R", "app.go('runs')", "运行记录|Runs", id="app.runs", tooltip="所有运行|All runs"),
        Binding("space", "page", "往下读|Read on", id="finish.page", tooltip="下一屏|The next screenful"),
        Binding("j", "scroll_by(1)", "下移|Down", show=False, id="finish.down", tooltip="下移一行|One line down"),
        Binding("k", "scroll_by(-1)", "上移|Up", show=False, id="finish.up", tooltip="上移一行|One line up"),
    ]

    def __init__(self, path_id: str) -> None:
        super().__init__()
        self._path_id = path_id

    def compose(self) -> ComposeResult:
        """A heading, then the findings."""
        with VerticalScroll(id="finish"):
            yield Prose(id="finish-text")
        yield Foot()

    def on_mount(self) -> None:
        """Read the runs after the first paint: a log may be long."""
        self.call_after_refresh(self.fill)

    def fill(self) -> None:
        """The findings, and the keys."""
        self.query_one("#finish").focus()
        self.query_one(NextBar).say(
            self.say("{finish.page}往下读；{finish.home} 回到主页", "{finish.page} to read on; {finish.home} for home")
        )
        self._show_findings()

    def _show_findings(self) -> None:
        styles = self.styles_by_name()
        path = self.tutor.course.paths[self._path_id]
        text = wrapped("")
        tasks, done = path_tasks(self.tutor.course, path), self.tutor.progress.done()
        coming = unwritten(self.tutor.course, path)
        counts = credited(self.tutor.course, done)
        open_ones = [task for task in tasks if (task.kind, task.ref) not in counts]
        to_practise = [task for task in open_ones if task.kind in PRACTICE]
        if coming:
            heading = self.say(f"“{path.title.zh}”目前就到这里", f"“{path.title.en}” goes no further yet")
        elif to_practise:
            heading = self.say(f"“{path.title.zh}”的课文都走过了", f"“{path.title.en}”: its lessons are done")
        else:
            heading = self.say(f"“{path.title.zh}”走完了", f"“{path.title.en}” is done")
        text.append(heading + "\n", styles["markdown.h1"])
        if coming:
            text.append(self.say("已有的课文都读完了；", "You have read all the lessons that there are; "))
            text.append(coming_modules(coming, self.language) + self.say("。\n", ".\n"))
        if to_run := [task for task in open_ones if task.kind == "experiment"]:
            titles = [self.tutor.course.title_of(task).of(self.language) for task in to_run]
            text.append(self.say("还没跑的实验：", "Experiments not run yet: "), styles["unsure"])
            text.append(self.say("、", ", ").join(titles) + self.say("。\n", ".\n"))
        self._say_practice(
            text, [task for task in tasks if task.kind in PRACTICE and (task.kind, task.ref) in done], to_practise
        )
        text.append(
            self.say("下面是你自己的机器上测出来的结果。", "These are the results measured on your own machine.") + "\n"
        )
        parts: list[RenderableType] = [text]
        for step in tasks:
            parts += self._findings_of(step)
        score = calibration(self.tutor.progress)
        if score is not None and score.decided:
            head = self.say("预测：", "Predictions: ")
            parts += [Text(), wrapped(head + so_far(score, self.language), style=str(styles["strong"]))]
        self.query_one("#finish-text", Prose).update(Group(*parts))

    def _say_practice(self, text: WrappedText, practised: list[Step], still_open: list[Step]) -> None:
        """What of the path's practice is done, counted, and what is still open, a line a module."""
        styles, course = self.styles_by_name(), self.tutor.course
        if practised:
            counts = Counter(step.kind for step in practised)
            done = self.say("、", ", ").join(counted(kind, count, self.language) for kind, count in counts.items())
            text.append(self.say("练习做完了：", "Practice done: "), styles["good"])
            text.append(done + self.say("。\n", ".\n"))
        if still_open:
            text.append(self.say("练习还没做的：\n", "Practice still open:\n"), styles["unsure"])
        for module in dict.fromkeys(step.ref.partition("/")[0] for step in still_open):
            titles = [
                course.title_of(step).of(self.language) for step in still_open if step.ref.startswith(f"{module}/")
            ]
            name = course.modules[module].title.of(self.language) if module in course.modules else module
            text.append("- ", styles["key"])
            text.append(name + self.say("：", ": ") + self.say("；", "; ").join(titles) + "\n")

    def _findings_of(self, step: Step) -> list[RenderableType]:
        """What the learner's newest run of a step's experiment showed, under its title."""
        experiment = self.tutor.course.experiments.get(step.ref) if step.kind == "experiment" else None
        summary = latest_finished(self.tutor.home, experiment, changed=True) if experiment else None
        if experiment is None or summary is None:
            return []
        styles, progress = self.styles_by_name(), self.tutor.progress
        decide(progress, experiment, summary)
        head = wrapped(experiment.title.of(self.language), style=str(styles["markdown.h2"]))
        shown = findings(experiment, summary, said(progress, experiment.id), None, self.language, styles)
        return [Text(), head, *shown]

    def action_page(self) -> None:
        """Scroll on by a screenful."""
        self.query_one("#finish").scroll_page_down(animate=False)

    def action_scroll_by(self, lines: int) -> None:
        """Scroll by so many lines."""
        self.query_one("#finish").scroll_relative(y=lines, animate=False)
