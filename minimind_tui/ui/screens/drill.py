"""A drill: the task at the left, the learner's code at the right with what the checks say of it.

Whatever saves the file, the built-in editor, `$EDITOR` or another window, it is checked at once. Under 100 columns task
and code are shown one at a time.
"""

from __future__ import annotations

import time
from pathlib import Path

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.syntax import Syntax
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widgets import Static

from minimind_tui.content.files import ContentError
from minimind_tui.content.inert import inert
from minimind_tui.content.schema import Text as Bilingual
from minimind_tui.practice import drill
from minimind_tui.practice.drill import Drill, DrillError
from minimind_tui.run.exercise import Checker, Outcome
from minimind_tui.ui.code_editor import CodeEditor
from minimind_tui.ui.external_editor import edit, editor
from minimind_tui.ui.key_bar import Foot, NextBar
from minimind_tui.ui.lesson.markdown import LessonMarkdown
from minimind_tui.ui.lesson.view import LessonView
from minimind_tui.ui.lesson.wrap import wrapped
from minimind_tui.ui.quiet import set_row, set_title
from minimind_tui.ui.screens.base import TutorScreen
from minimind_tui.ui.screens.drill_dialogs import ResetDialog, SolutionDialog
from minimind_tui.ui.style import code_theme

LOOK_SECONDS = 1.0
"""How often the file is looked at: another program may have saved it."""

AUTOSAVE_SECONDS = 0.5
"""How long after the last letter the file is saved."""

HINTS = 3
"""Behind the last hint comes the solution."""

Signature = tuple[int, int, int]


class DrillScreen(TutorScreen):
    """One exercise; `n` and `p` go to the others."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    DEFAULT_CSS = """
    #drill-title { dock: top; height: 1; padding: 0 1; background: $panel; }
    #drill-body { height: 1fr; }
    #drill-work { height: 1fr; }
    #drill-task, #drill-code, #drill-outcome { border: round $panel; border-title-color: $foreground; }
    #drill-task:focus, #drill-code:focus, #drill-outcome:focus {
        border: round $primary; border-title-color: $primary;
    }
    #drill-code { height: 1fr; min-height: 6; background: $background; padding: 0; }
    #drill-outcome { height: auto; max-height: 45%; min-height: 3; }
    DrillScreen.-wide #drill-task { width: 45%; height: 1fr; }
    DrillScreen.-wide #drill-work { width: 55%; }
    DrillScreen.-narrow #drill-task, DrillScreen.-narrow #drill-work { width: 100%; height: 1fr; }
    DrillScreen.-narrow.-task #drill-work { display: none; }
    DrillScreen.-narrow.-work #drill-task { display: none; }
    """
    BINDINGS = [
        Binding(
            "e",
            "edit",
            "写代码|Edit",
            id="drill.edit",
            tooltip="用 $VISUAL、$EDITOR 或内置编辑器写|In $VISUAL, $EDITOR or the built-in editor",
        ),
        Binding(
            "E",
            "edit_here",
            "内置编辑器|Built-in editor",
            show=False,
            id="drill.edit-here",
            tooltip="在这里写|Write it here",
        ),
        Binding(
            "ctrl+s",
            "save",
            "保存并检查|Save and check",
            id="drill.save",
            priority=True,
            tooltip="保存并检查|Save and check",
        ),
        Binding("c,enter", "check", "检查|Check", id="drill.check", tooltip="再检查一遍|Check again"),
        Binding(
            "h",
            "hint",
            "提示|Hint",
            id="drill.hint",
            tooltip="下一条提示；三条之后是答案|A hint; after three the solution",
        ),
        Binding(
            "v",
            "solution",
            "对照答案|Solution",
            id="drill.solution",
            tooltip="题目和参考答案之间切换|The task, or the solution beside your code",
        ),
        Binding(
            "T", "timer", "计时|Timer", show=False, id="drill.timer", tooltip="面试计时，到点不打断|An interview's time"
        ),
        Binding(
            "x",
            "reset",
            "重来|Start over",
            show=False,
            id="drill.reset",
            tooltip="回到起始文件；旧的会留着|The starter again; the old file is kept",
        ),
        Binding("n", "other(1)", "下一题|Next", show=False, id="drill.next", tooltip="下一个练习|The next drill"),
        Binding(
            "p", "other(-1)", "上一题|Previous", show=False, id="drill.previous", tooltip="上一个练习|The drill before"
        ),
        Binding(
            "tab",
            "switch",
            "题目/代码|Task/code",
            show=False,
            id="drill.switch",
            tooltip="题目、代码、检查结果|Task, code, checks",
        ),
        Binding("1", "pane('task')", "题目|Task", show=False, id="drill.task", tooltip="看题目|To the task"),
        Binding("2", "pane('code')", "代码|Code", show=False, id="drill.code", tooltip="看代码|To the code"),
        Binding(
            "3", "pane('outcome')", "检查|Checks", show=False, id="drill.outcome", tooltip="看检查结果|To the checks"
        ),
        Binding("escape", "app.pop_screen", "返回|Back", id="drill.back", tooltip="返回|Back"),
    ]

    def __init__(self, ref: str) -> None:
        super().__init__()
        self._ref = ref
        self._drills: list[Drill] = []
        self._checker = Checker()
        self._saving: Timer | None = None
        self._ticking: Timer | None = None
        self._forget()

    def _forget(self) -> None:
        """Nothing is known of the drill yet."""
        self._path: Path | None = None
        self._known = ""
        """What the file holds, as far as this screen knows."""
        self._signature: Signature | None = None
        self._trouble = ""
        self._outcome: Outcome | None = None
        self._stale = False
        """The outcome is that of an earlier text."""
        self._number = 0
        """Of the check that is going on; 0 where none is."""
        self._pane = "task"
        self._solution_shown = False
        self._began = time.monotonic()
        self._timer_from: float | None = None

    # What is on the screen.

    def compose(self) -> ComposeResult:
        """Title row, task, code and checks, foot."""
        yield Static(id="drill-title")
        with Horizontal(id="drill-body"):
            yield LessonView(id="drill-task")
            with Vertical(id="drill-work"):
                yield CodeEditor(id="drill-code")
                yield LessonView(id="drill-outcome")
        yield Foot()

    def on_mount(self) -> None:
        """The texts come after the first paint; a process is made ready in the meantime."""
        self.call_after_refresh(self.fill)
        self.set_interval(LOOK_SECONDS, self._look)

    def on_unmount(self) -> None:
        """Nothing typed is lost, and no process is left."""
        self._flush()
        self._checker.close()

    async def rebuild(self) -> None:
        """Build again, where the learner was, typing or not."""
        self._flush()
        code = self._code
        writing, cursor = not code.read_only, code.cursor_location
        await super().rebuild()
        self._code.move_cursor(cursor)
        if writing:
            self._code.begin()
            self._guide()

    def fill(self) -> None:
        """The task, the learner's file and what is known of it."""
        if not self._drills:
            self._drills = drill.drills(self.tutor.course)
            if self.tutor.trusted:
                self.run_worker(self._checker.warm, thread=True, group="warm")
        if self._drill is None:
            self._trouble = self.say("没有这个练习。", "There is no such exercise.")
        elif self._path is None:
            self._open_file()
        if self._code.text != self._known:
            self._code.load_text(self._known)
        self._show_task()
        self._show_outcome()
        self._arrange()

    @property
    def spent_on(self) -> str:
        """The module whose time is counted here."""
        return self._ref.partition("/")[0]

    @property
    def _drill(self) -> Drill | None:
        return next((each for each in self._drills if each.ref == self._ref), None)

    @property
    def _code(self) -> CodeEditor:
        return self.query_one("#drill-code", CodeEditor)

    @property
    def _task_view(self) -> LessonView:
        return self.query_one("#drill-task", LessonView)

    @property
    def _outcome_view(self) -> LessonView:
        return self.query_one("#drill-outcome", LessonView)

    @property
    def _writing(self) -> bool:
        return not self._code.read_only

    @property
    def _standing(self) -> drill.Standing:
        return drill.standing(self.tutor.progress, self._ref)

    @property
    def _may_see(self) -> bool:
        """Whether the solution is the learner's to see."""
        stands = self._standing
        return stands.passed or stands.hints > HINTS

    def _open_file(self) -> None:
        assert self._drill is not None
        try:
            self._path = drill.open_file(self.tutor.course, self.tutor.home, self._drill)
            self._known = drill.read_code(self._path)
            self._signature = self._signature_now()
        except DrillError as error:
            self._trouble = error.message.of(self.language)

    def _show_title(self) -> None:
        styles, chosen = self.styles_by_name(), self._drill
        text = Text(no_wrap=True, overflow="ellipsis")
        if chosen is not None:
            text.append(chosen.exercise.title.of(self.language), styles["markdown.h1"])
            text.append(f"  {self._drills.index(chosen) + 1}/{len(self._drills)}  ")
            stands = self._standing
            if stands.passed:
                text.append(self.say("✓ 已通过  ", "✓ passed  "), styles["good"])
            if stands.attempts:
                text.append(
                    self.say(
                        f"试过 {stands.attempts} 次  ",
                        "1 try  " if stands.attempts == 1 else f"{stands.attempts} tries  ",
                    ),
                    styles["muted"],
                )
            if self._timer_from is not None:
                left = chosen.exercise.minutes * 60 - (time.monotonic() - self._timer_from)
                minutes, seconds = divmod(abs(round(left)), 60)
                over = self.say("超时 ", "over by ") if left < 0 else ""
                text.append(f"{over}{minutes}:{seconds:02d}  ", styles["bad" if left < 0 else "unsure"])
            if self._writing:
                saved = self._saving is None
                text.append(
                    self.say("已存", "saved") if saved else self.say("未存", "not saved yet"),
                    styles["good" if saved else "unsure"],
                )
        set_row(self.query_one("#drill-title", Static), text)

    def _show_task(self) -> None:
        """The task with the hints taken; or, where the learner may see it, the solution."""
        chosen = self._drill
        if chosen is None:
            self._task_view.show(self._trouble)
            return
        if self._solution_shown:
            set_title(self._task_view, self.say("1 参考答案", "1 The solution"))
            self._task_view.show(self._python(self._solution()))
            return
        set_title(
            self._task_view,
            self.say(f"1 题目，{chosen.exercise.minutes} 分钟", f"1 Task, {chosen.exercise.minutes} min"),
        )
        parts = [chosen.exercise.task.of(self.language)]
        for number, hint in enumerate(chosen.exercise.hints[: self._standing.hints], 1):
            parts.append(self.say(f"## 提示 {number}", f"## Hint {number}") + "\n\n" + hint.of(self.language))
        self._task_view.show(LessonMarkdown("\n\n".join(parts), code_theme(self.tutor)))

    def _solution(self) -> str:
        assert self._drill is not None
        try:
            return inert(drill.text_of(self.tutor.course, self._drill, "solution"))
        except ContentError as error:
            return error.problem.message.of(self.language)

    def _python(self, code: str) -> Syntax:
        return Syntax(code, "python", theme=code_theme(self.tutor), word_wrap=True, background_color="default")

    def _show_outcome(self) -> None:
        """What the checks say, under the code; it begins with how many pass."""
        set_title(self._outcome_view, self._outcome_title())
        self._outcome_view.show(self._outcome_text())
        set_title(self._code, self.say(f"2 {self._file_name}", f"2 {self._file_name}"))
        self._guide()

    @property
    def _file_name(self) -> str:
        return f"{self._path.parent.name}/{self._path.name}" if self._path else self.say("代码", "Code")

    def _outcome_title(self) -> str:
        outcome = self._outcome
        if self._number:
            return self.say("3 检查中…", "3 Checking…")
        if outcome is None:
            return self.say("3 检查", "3 Checks")
        passed, total = sum(case.verdict == "passed" for case in outcome.cases), len(outcome.cases)
        title = self.say(f"3 检查：通过 {passed}/{total}", f"3 Checks: {passed}/{total} pass")
        return title + self.say("，代码改过了", ", the code has changed") if self._stale else title

    def _outcome_text(self) -> RenderableType:
        styles, outcome = self.styles_by_name(), self._outcome
        if self._trouble:
            return wrapped(self._trouble, style=str(styles["bad"]))
        if outcome is None:
            return wrapped(self.say("还没检查过。", "Not checked yet."), style=str(styles["muted"]))
        rows: list[RenderableType] = []
        for mark, text, line in drill.outcome_lines(outcome):
            row = wrapped("")
            if mark != " ":
                row.append(f"{mark} ", styles["good" if mark == "✓" else "bad"])
            if line is not None:
                row.append(self.say(f"第 {line} 行：", f"Line {line}: "), styles["unsure"])
            row.append(inert(text.of(self.language)), "" if mark != " " else styles["muted"])
            rows.append(row if mark != " " else Padding(row, (0, 0, 0, 2)))
        if outcome.printed:
            rows += [Text(self.say("打印的", "Printed"), styles["markdown.h2"]), Text(inert(outcome.printed.rstrip()))]
        return Group(*rows)

    # Where the learner is, and what comes next.

    def _arrange(self) -> None:
        """Show the pane in use; on a wide screen all are there."""
        self.set_class(self._pane == "task", "-task")
        self.set_class(self._pane != "task", "-work")
        if not self._writing:
            self.set_focus({"task": self._task_view, "code": self._code, "outcome": self._outcome_view}[self._pane])
        self._guide()

    def _guide(self) -> None:
        if not self.query(NextBar):
            return
        self._show_title()
        self.query_one(NextBar).say(self._sentence())
        self.refresh_bindings()

    def _sentence(self) -> str:
        if self._trouble:
            return self.say("Esc 返回", "Esc back")
        if self._writing:
            return self.say("写吧：Ctrl+S 保存并检查，Esc 写完", "Write: Ctrl+S saves and checks, Esc when done")
        if self._number:
            return self.say("检查中…", "Checking…")
        outcome = self._outcome
        if outcome is not None and outcome.passed and not self._stale:
            if self._solution_shown:
                return self.say("n 下一个练习，Esc 返回", "n for the next drill, Esc back")
            return self.say(
                "通过了！v 对照参考答案，n 下一题", "Passed! v for the solution beside yours, n for the next"
            )
        if self._pane == "task" and self._task_view.fraction_read < 1 and outcome is None:
            return self.say("空格 往下读；e 动手写", "Space to read on; e to write it")
        if outcome is None or self._stale:
            return self.say(
                "e 写代码，存了就检查；c 检查现在的", "e to write: saving checks it; c to check it as it is"
            )
        more = self._standing.hints < HINTS
        return self.say("e 接着改；", "e to mend it; ") + (
            self.say("h 要一条提示", "h for a hint") if more else self.say("h 看答案", "h for the solution")
        )

    def on_lesson_view_read(self, _: LessonView.Read) -> None:
        """The guide follows the reader."""
        self._guide()

    def action_switch(self) -> None:
        """The next pane."""
        panes = ("task", "code", "outcome")
        self.action_pane(panes[(panes.index(self._pane) + 1) % len(panes)])

    def action_pane(self, pane: str) -> None:
        """To one of the panes."""
        self._pane = pane
        self._arrange()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While the learner types, the keys are letters."""
        if not self.query("#drill-code"):
            return True
        if action == "save":
            return self._writing
        if action == "solution":
            return self._may_see and not self._writing
        if action in ("switch", "check"):
            return not self._writing
        return True

    # The file.

    def _signature_now(self) -> Signature | None:
        if self._path is None:
            return None
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _look(self) -> None:
        """Another program may have saved the file."""
        if self._path is None or self._saving is not None:
            return
        signature = self._signature_now()
        if signature is not None and signature != self._signature:
            self._signature = signature
            self._reread()

    def _reread(self) -> None:
        """Show what the file holds, and check it where that is new."""
        assert self._path is not None
        try:
            text = drill.read_code(self._path)
        except DrillError as error:
            self.notify(error.message.of(self.language), severity="error", timeout=15)
            return
        if text != self._known:
            cursor = self._code.cursor_location
            self._known = text
            self._code.load_text(text)
            self._code.move_cursor(cursor)
            self._check()

    def on_text_area_changed(self, _: CodeEditor.Changed) -> None:
        """A letter was typed: save soon."""
        if self._code.text == self._known or not self._writing:
            return
        if self._saving is not None:
            self._saving.stop()
        first = self._saving is None
        self._saving = self.set_timer(AUTOSAVE_SECONDS, self._flush)
        if not self._stale and self._outcome is not None:
            self._stale = True
            self._show_outcome()
        elif first:
            self._show_title()

    def _flush(self) -> None:
        """Keep what was typed."""
        if self._saving is not None:
            self._saving.stop()
            self._saving = None
        if self._path is None or not self.query("#drill-code"):
            return
        text = self._code.text
        if text == self._known or not self._writing:
            return
        try:
            aside = drill.save_code(self._path, text, self._known)
        except DrillError as error:
            self.notify(error.message.of(self.language), severity="error", timeout=15)
            return
        self._known, self._signature = text, self._signature_now()
        if aside is not None:
            self.notify(
                self.say(
                    f"这个文件同时被别的程序改过：那一份留在 {aside.name}。",
                    f"Another program has changed this file: its version is kept as {aside.name}.",
                ),
                severity="warning",
                timeout=15,
            )
        self._show_title()

    def action_edit(self) -> None:
        """The learner's own editor, else the built-in one."""
        if self._path is None:
            return
        if not editor():
            self.action_edit_here()
            return
        why_not = edit(self.tutor, self._path)
        if why_not is not None:
            self.notify(why_not.of(self.language), severity="warning", timeout=15)
            self.action_edit_here()
            return
        self.action_pane("code")
        self._signature = self._signature_now()
        before = self._known
        self._reread()
        if self._known == before and self._outcome is None:
            self._check()

    def action_edit_here(self) -> None:
        """Type in the pane itself."""
        if self._path is not None and not self._writing:
            self._pane = "code"
            self._solution_shown = self._solution_shown and self.has_class("-wide")
            self._code.begin()
            self._arrange()

    def on_code_editor_left(self, _: CodeEditor.Left) -> None:
        """Esc: kept and checked."""
        self._flush()
        self._code.end()
        self._arrange()
        if self._stale or self._outcome is None:
            self._check()

    def action_save(self) -> None:
        """Keep it and check it, and go on typing."""
        self._flush()
        self._check()

    def action_reset(self) -> None:
        """Ask first."""
        if self._path is not None and not self._writing:
            self.app.push_screen(ResetDialog(), self._reset)

    def _reset(self, answer: bool | None) -> None:
        if not answer or self._drill is None:
            return
        try:
            aside = drill.reset(self.tutor.course, self.tutor.home, self._drill)
        except DrillError as error:
            self.notify(error.message.of(self.language), severity="error", timeout=15)
            return
        if aside is not None:
            self.notify(self.say(f"原来的代码留在 {aside}", f"Your old code is kept as {aside}"), timeout=10)
        self._outcome, self._stale, self._path = None, False, None
        self.fill()

    # Checking.

    def action_check(self) -> None:
        """Check the file as it is."""
        if not self._writing:
            self._check()

    def _check(self) -> None:
        """In the background, in a process of its own; a course from elsewhere is asked about first."""
        from minimind_tui.ui.screens.dialogs import TrustDialog

        if self._path is None or self._drill is None:
            return
        if not self.tutor.trusted:
            self.app.push_screen(TrustDialog(self.tutor.course.root), self._trusted)
            return
        self._number = time.monotonic_ns()
        chosen, path, number = self._drill, self._path, self._number
        if self._pane == "task":
            self._pane = "outcome"
            self._arrange()
        self._show_outcome()
        self.run_worker(lambda: self._check_in_thread(chosen, path, number), thread=True, exclusive=True, group="drill")

    def _trusted(self, answer: bool | None) -> None:
        if answer:
            self.tutor.trust()
            self._check()

    def _check_in_thread(self, chosen: Drill, path: Path, number: int) -> None:
        try:
            outcome = self._checker.check(drill.job(self.tutor.course, chosen, path))
        except ContentError as error:
            outcome = Outcome(problem=error.problem.message)
        except OSError as error:  # no process can be started
            outcome = Outcome(problem=_cannot_start(error))
        if outcome is not None:
            self.app.call_from_thread(self._checked, chosen.ref, outcome, number)
            self._checker.warm()

    def _checked(self, ref: str, outcome: Outcome, number: int) -> None:
        """A check has ended; it is kept before the screen says so."""
        drill.keep_attempt(self.tutor.progress, ref, outcome, time.monotonic() - self._began)
        if number != self._number or not self.query("#drill-code"):
            return
        self._number, self._outcome = 0, outcome
        self._stale = self._code.text != self._known
        if outcome.passed:
            self._stop_timer()
        lines = [line for _, _, line in drill.outcome_lines(outcome) if line is not None]
        if lines and not self._writing:
            self._code.go_to(lines[0])
        self._show_outcome()
        self._outcome_view.action_scroll_home()

    # Help.

    def action_hint(self) -> None:
        """The next hint; after the last one the solution, if that is what the learner wants."""
        if self._drill is None or self._writing:
            return
        taken = self._standing.hints
        if self._may_see:
            self.action_solution()
        elif taken >= HINTS:
            self.app.push_screen(SolutionDialog(), self._give_up)
        else:
            drill.keep_hint(self.tutor.progress, self._ref, taken + 1)
            self._solution_shown = False
            self._show_task()
            self.action_pane("task")
            self.call_after_refresh(self._task_view.action_scroll_end)

    def _give_up(self, answer: bool | None) -> None:
        if answer:
            drill.keep_hint(self.tutor.progress, self._ref, HINTS + 1)
            self.action_solution()

    def action_solution(self) -> None:
        """The solution in the task's place, and back."""
        if self._may_see:
            self._solution_shown = not self._solution_shown
            self._show_task()
            self.action_pane("task" if self.has_class("-narrow") or not self._solution_shown else "code")

    def action_timer(self) -> None:
        """Begin to count down, or stop."""
        if self._timer_from is not None:
            self._stop_timer()
        elif self._drill is not None:
            self._timer_from = time.monotonic()
            self._ticking = self.set_interval(1.0, self._show_title)
        self._show_title()

    def _stop_timer(self) -> None:
        if self._ticking is not None:
            self._ticking.stop()
        self._ticking = self._timer_from = None

    def action_other(self, by: int) -> None:
        """Another drill of the course."""
        chosen = self._drill
        if chosen is None or self._writing:
            return
        self._flush()
        self._checker.cancel()
        self._stop_timer()
        self._ref = self._drills[(self._drills.index(chosen) + by) % len(self._drills)].ref
        self._forget()
        self.fill()


def _cannot_start(error: OSError) -> Bilingual:
    reason = error.strerror or str(error)
    return Bilingual(zh=f"检查的进程启动不了：{reason}。", en=f"The process that checks cannot be started: {reason}.")
