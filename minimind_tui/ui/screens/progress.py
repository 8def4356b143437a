"""Progress: what each path still needs, each module's criteria with their evidence, time, predictions, interview."""

from __future__ import annotations

from pathlib import Path

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll

from minimind_tui.content.files import ContentError
from minimind_tui.content.paths import path_tasks, unwritten
from minimind_tui.content.schema import Module
from minimind_tui.practice import review, spent
from minimind_tui.practice.calibration import calibration
from minimind_tui.practice.clock import day, now
from minimind_tui.practice.mastery import mastery, plan
from minimind_tui.practice.report import KINDS, duration, standing
from minimind_tui.practice.self_test import credited
from minimind_tui.ui.key_bar import Foot, NextBar
from minimind_tui.ui.lab.prediction import so_far
from minimind_tui.ui.prose import Prose
from minimind_tui.ui.screens.base import TutorScreen
from minimind_tui.views.words import bar, coming_modules, counted
from minimind_tui.views.wrap import WrappedText, wrapped

DAYS_SHOWN = 14
REPORT = "minimind-report.md"


class ProgressScreen(TutorScreen):
    """One text, from the whole to the parts."""

    DEFAULT_CSS = """
    #progress { padding: 1 2; }
    """

    BINDINGS = [
        Binding(
            "w", "report", "写报告|Report", id="progress.report", tooltip="写成 Markdown 报告|Write a Markdown report"
        ),
        Binding("space,pagedown", "page(1)", "往下读|Read on", id="progress.page", tooltip="下一屏|The next screenful"),
        Binding("b,pageup", "page(-1)", "上一屏|Page up", show=False, id="progress.up", tooltip="上一屏|A page back"),
        Binding("j", "scroll_by(1)", "下移|Down", show=False, id="progress.down", tooltip="下移一行|One line down"),
        Binding("k", "scroll_by(-1)", "上移|Up", show=False, id="progress.line-up", tooltip="上移一行|One line up"),
        Binding("escape", "app.pop_screen", "返回|Back", id="progress.back", tooltip="返回|Back"),
    ]

    def compose(self) -> ComposeResult:
        """The text in a scrolling pane, and the foot."""
        with VerticalScroll(id="progress"):
            yield Prose(id="progress-text")
        yield Foot()

    def on_mount(self) -> None:
        """Count after the first paint."""
        self.call_after_refresh(self.fill)

    def fill(self) -> None:
        """Write the whole text."""
        self.tutor.stopwatch.flush()
        self.query_one("#progress").focus()
        text = wrapped("")
        self._paths(text)
        self._interview(text)
        self._numbers(text)
        self._modules(text)
        text.rstrip()
        self.query_one("#progress-text", Prose).update(text)
        self.query_one(NextBar).say(
            self.say(
                "{progress.page}往下读；{progress.report} 写一份报告；{progress.back} 返回",
                "{progress.page} to read on; {progress.report} writes a report; {progress.back} to go back",
            )
        )

    def _heading(self, text: WrappedText, words: str) -> None:
        if text.plain:
            text.append("\n")
        text.append(words + "\n", self.styles_by_name()["markdown.h2"])

    def _paths(self, text: WrappedText) -> None:
        course, styles = self.tutor.course, self.styles_by_name()
        done = credited(course, self.tutor.progress.done())
        self._heading(text, self.say("三条路线", "The paths") if len(course.paths) == 3 else self.say("路线", "Paths"))
        for path in course.paths.values():
            tasks = path_tasks(course, path)
            finished = sum((task.kind, task.ref) in done for task in tasks)
            text.append(f"{bar(finished / max(1, len(tasks)), 10)} ", styles["key"])
            text.append(path.title.of(self.language), styles["strong"])
            if not tasks:
                text.append("  " + self.say("计划中", "planned") + "\n", styles["muted"])
                continue
            left: dict[str, int] = {}
            for task in tasks:
                if (task.kind, task.ref) not in done:
                    left[task.kind] = left.get(task.kind, 0) + 1
            needs = self.say("、", ", ").join(counted(kind, count, self.language) for kind, count in left.items())
            text.append(self.say("  还差 ", "  still ") + needs if needs else self.say("  走完了", "  done"))
            if coming := unwritten(course, path):
                text.append(self.say("；", "; ") + coming_modules(coming, self.language), styles["muted"])
            text.append("\n")

    def _interview(self, text: WrappedText) -> None:
        progress, moment, styles = self.tutor.progress, now(), self.styles_by_name()
        planned = plan(self.tutor.course, progress, moment)
        left = review.days_until(review.interview(progress), moment)
        if left is None:
            return
        self._heading(text, self.say(f"距面试 {left} 天", f"Interview in {left} d"))
        for each in planned[:DAYS_SHOWN]:
            modules = [self.tutor.course.modules[name] for name in each.modules]
            said = self.say("、", ", ").join(f"{m.number:02d} {m.title.of(self.language)}" for m in modules)
            text.append(f"{each.day:%m-%d}  ", styles["key"])
            text.append((said or self.say("只复习卡片", "the cards alone")) + "\n")
        if len(planned) > DAYS_SHOWN:
            text.append(
                self.say(f"……再往后 {len(planned) - DAYS_SHOWN} 天", f"… and {len(planned) - DAYS_SHOWN} more days")
                + "\n",
                styles["muted"],
            )

    def _numbers(self, text: WrappedText) -> None:
        progress, styles = self.tutor.progress, self.styles_by_name()
        self._heading(text, self.say("做过的事", "What was done"))
        times, by_day = spent.by_what(progress), spent.days(progress)
        today = by_day.get(day(now()), 0.0)
        self._line(
            text,
            self.say("时间", "time"),
            self.say(
                f"共 {duration(sum(times.values()), 'zh')}，今天 {duration(today, 'zh')}，学了 {len(by_day)} 天",
                f"{duration(sum(times.values()), 'en')} in all, {duration(today, 'en')} today; days: {len(by_day)}",
            ),
        )
        log = review.reviews(progress)
        self._line(
            text,
            self.say("复习", "reviews"),
            self.say(
                f"{len(log)} 张卡片，{sum(map(len, log.values()))} 次",
                f"{sum(map(len, log.values()))} of {len(log)} cards",
            ),
        )
        ((tries, passed),) = progress.execute("SELECT count(*), coalesce(sum(passed = 1), 0) FROM attempt")
        passed_exercises = sum(kind == "exercise" for kind, _ in progress.done())
        self._line(
            text,
            self.say("代码", "code"),
            self.say(
                f"通过 {passed_exercises} 份；检查过 {tries} 次，{passed} 次全对",
                f"{passed_exercises} exercises passed; checked {tries} times, {passed} of them right",
            ),
        )
        score = calibration(progress)
        if score is None:
            said = self.say("还没有", "none yet")
        else:
            said = so_far(score, self.language)
            if score.decided:
                said += self.say(
                    f"；Brier {score.brier:.2f}，0 最好，0.25 等于瞎猜",
                    f"; Brier {score.brier:.2f}: 0 is perfect, 0.25 a coin",
                )
        self._line(text, self.say("预测", "predictions"), said)
        if score is not None and score.decided >= 4:
            gap = score.said - score.right / score.decided
            if abs(gap) >= 0.15:
                advice = (
                    self.say(
                        "有点过于自信：没把握时就说没把握。", "Too sure of yourself: say so when you are guessing."
                    )
                    if gap > 0
                    else self.say("其实你比自己以为的更懂。", "You know more than you think.")
                )
                text.append(f"      {advice}\n", styles["muted"])

    def _line(self, text: WrappedText, name: str, said: str) -> None:
        text.append(f"{name}  ", self.styles_by_name()["key"])
        text.append(said + "\n")

    def _modules(self, text: WrappedText) -> None:
        times = spent.by_what(self.tutor.progress)
        self._heading(text, self.say("每个模块要什么才算掌握", "What each module asks for"))
        for module in self.tutor.course.modules.values():
            self._module(text, module, times.get(module.id, 0.0))

    def _module(self, text: WrappedText, module: Module, seconds: float) -> None:
        styles = self.styles_by_name()
        stands = mastery(self.tutor.course, self.tutor.progress, module.id)
        if not stands.criteria:
            return
        mark, style = ("✓", "good") if stands.mastered else (" ", "muted")
        text.append(f"{mark} {module.number:02d} {module.title.of(self.language)}", styles["strong"])
        text.append(f"  {standing(stands, self.language)}", styles[style])
        if seconds >= 60:
            text.append(f"  {duration(seconds, self.language)}", styles["muted"])
        text.append("\n")
        for each in stands.criteria:
            sign, colour = ("✓", "good") if each.met else ("·", "muted")
            text.append(f"   {sign} ", styles[colour])
            text.append(f"{KINDS[each.kind].of(self.language)} {each.done}/{each.total}")
            if not each.met and each.enough < each.total:
                text.append(self.say(f"，要 {each.enough}", f", {each.enough} needed"), styles["muted"])
            if stands.tested_out and each.kind != "exercises" and not each.met:
                text.append(self.say("（免修）", " (tested out)"), styles["muted"])
            text.append("\n")
        if passed := self._exercises(module):
            text.append("     " + self.say("写过：", "written: ") + passed + "\n", styles["muted"])

    def _exercises(self, module: Module) -> str:
        done = self.tutor.progress.done()
        try:
            exercises = self.tutor.course.exercises(module.id)
        except ContentError:
            return ""
        titles = (each.title.of(self.language) for each in exercises if ("exercise", f"{module.id}/{each.id}") in done)
        return self.say("、", ", ").join(titles)

    def action_report(self) -> None:
        """Write the report into the folder where the tutor was started, else among the learner's things."""
        from minimind_tui.views.report import write_report

        for folder in (Path.cwd(), self.tutor.home.data):
            path = folder / REPORT
            try:
                count = write_report(self.tutor.course, self.tutor.progress, self.tutor.home, self.language, path)
            except OSError as error:
                problem = error
                continue
            self.notify(
                self.say(
                    f"报告：{path}" + (f"，图 {count} 张" if count else ""),
                    f"Report: {path}" + (f"; plots: {count}" if count else ""),
                ),
                timeout=10,
            )
            return
        self.notify(
            self.say(f"报告写不出来：{problem.strerror}", f"The report cannot be written: {problem.strerror}"),
            severity="error",
        )

    def action_page(self, by: int) -> None:
        """A screenful down or up."""
        body = self.query_one("#progress")
        body.scroll_relative(y=by * max(1, body.size.height - 2), animate=False)

    def action_scroll_by(self, lines: int) -> None:
        """Scroll by so many lines."""
        self.query_one("#progress").scroll_relative(y=lines, animate=False)
