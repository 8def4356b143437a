"""An exercise: the task at the left, the learner's code at the right with what the checks say of it.

Whatever saves the file, the built-in editor, `$EDITOR` or another window, it is checked at once. Under 100 columns task
and code are shown one at a time.
"""

from __future__ import annotations

import time
from pathlib import Path

from rich.syntax import Syntax
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widgets import Static

from minimind_tui.base.inert import inert
from minimind_tui.base.text import Text
from minimind_tui.content.files import ContentError
from minimind_tui.exercise.checker import Checker, Outcome
from minimind_tui.practice import exercises
from minimind_tui.practice.exercises import CourseExercise, ExerciseError
from minimind_tui.ui.code_editor import CodeEditor
from minimind_tui.ui.exercise import words
from minimind_tui.ui.exercise.code_screen import CodeScreen
from minimind_tui.ui.exercise.keys import KEYS
from minimind_tui.ui.key_bar import Foot, NextBar
from minimind_tui.ui.lesson.markdown import LessonMarkdown
from minimind_tui.ui.lesson.view import LessonView
from minimind_tui.ui.quiet import set_row, set_title
from minimind_tui.ui.screens.exercise_dialogs import ResetDialog, SolutionDialog
from minimind_tui.ui.style import code_theme

HINTS = 3
"""Behind the last hint comes the solution."""

PANES = ("task", "code", "outcome")


class ExerciseScreen(CodeScreen):
    """One exercise; `n` and `p` go to the others."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    BINDINGS = [*KEYS]

    def __init__(self, ref: str) -> None:
        super().__init__()
        self._ref = ref
        self._exercises: list[CourseExercise] = []
        self._checker = Checker()
        self._ticking: Timer | None = None
        self._forget()

    def _forget(self) -> None:
        """Nothing is known of the exercise yet."""
        self.path, self.known = None, ""
        self._trouble: Text | None = None
        self._outcome: Outcome | None = None
        self._stale = False
        """The outcome is that of an earlier text."""
        self._number = 0
        """Of the check that is going on; 0 where none is."""
        self._pane = "task"
        self._solution_shown = False
        self._began = time.monotonic()
        self._timer_from: float | None = None

    def compose(self) -> ComposeResult:
        """Title row, task, code and checks, foot."""
        self.code = CodeEditor(id="exercise-code")
        yield Static(id="exercise-title")
        with Horizontal(id="exercise-body"):
            yield LessonView(id="exercise-task")
            with Vertical(id="exercise-work"):
                yield self.code
                yield LessonView(id="exercise-outcome")
        yield Foot()

    def on_mount(self) -> None:
        """The texts come after the first paint."""
        super().on_mount()
        self.call_after_refresh(self.fill)

    def on_unmount(self) -> None:
        """Nothing typed is lost, and no process is left."""
        self.save()
        self._checker.close()

    async def rebuild(self) -> None:
        """Build again, where the learner was, typing or not."""
        self.keep()
        writing, cursor = self.writing, self.code.cursor_location
        await super().rebuild()
        self.code.move_cursor(cursor)
        if writing:
            self.code.begin()
            self._guide()

    def fill(self) -> None:
        """The task, the learner's file and what is known of it; a process is made ready in the meantime."""
        if not self._exercises:
            self._exercises = exercises.all_exercises(self.tutor.course)
            if self.tutor.trusted:
                self.run_worker(self._checker.warm, thread=True, group="warm")
        chosen = self._chosen
        if chosen is None:
            self._trouble = Text(zh=f"没有练习 {self._ref}。", en=f"There is no exercise {self._ref}.")
        elif self.path is None:
            try:
                self.read(exercises.open_file(self.tutor.course, self.tutor.home, chosen))
            except ExerciseError as error:
                self._trouble = error.message
        if self.code.text != self.known:
            self.code.load_text(self.known)
        self._show_task()
        self._show_outcome()
        self._arrange()

    @property
    def spent_on(self) -> str:
        """The module whose time is counted here."""
        return self._ref.partition("/")[0]

    @property
    def _chosen(self) -> CourseExercise | None:
        return next((each for each in self._exercises if each.ref == self._ref), None)

    @property
    def _task_view(self) -> LessonView:
        return self.query_one("#exercise-task", LessonView)

    @property
    def _outcome_view(self) -> LessonView:
        return self.query_one("#exercise-outcome", LessonView)

    @property
    def _standing(self) -> exercises.Standing:
        return exercises.standing(self.tutor.progress, self._ref)

    @property
    def _may_see(self) -> bool:
        """Whether the solution is the learner's to see."""
        stands = self._standing
        return stands.passed or stands.hints > HINTS

    def _show_title(self) -> None:
        chosen = self._chosen
        if chosen is None:
            return
        place = f"{self._exercises.index(chosen) + 1}/{len(self._exercises)}"
        left = None
        if self._timer_from is not None:
            left = chosen.exercise.minutes * 60 - (time.monotonic() - self._timer_from)
        row = words.title(self.tutor, chosen, place, self._standing, left, self.saved if self.writing else None)
        set_row(self.query_one("#exercise-title", Static), row)

    def _show_task(self) -> None:
        """The task with the hints taken; or, where the learner may see it, the solution."""
        chosen, view = self._chosen, self._task_view
        if chosen is None:
            return
        if self._solution_shown:
            set_title(view, self.say("1 参考答案", "1 The solution"))
            theme = code_theme(self.tutor)
            view.show(Syntax(self._solution(chosen), "python", theme=theme, word_wrap=True, background_color="default"))
            return
        minutes = chosen.exercise.minutes
        set_title(view, self.say(f"1 题目，{minutes} 分钟", f"1 Task, {minutes} min"))
        view.show(LessonMarkdown(words.task(self.tutor, chosen, self._standing.hints), code_theme(self.tutor)))

    def _solution(self, chosen: CourseExercise) -> str:
        try:
            return inert(exercises.text_of(self.tutor.course, chosen, "solution"))
        except ContentError as error:
            return error.problem.message.of(self.language)

    def _show_outcome(self) -> None:
        """What the checks say, under the code."""
        outcome = self._outcome if self._trouble is None else Outcome(problem=self._trouble)
        title = words.outcome_title(self.tutor, self._outcome, checking=bool(self._number), stale=self._stale)
        set_title(self._outcome_view, title)
        self._outcome_view.show(words.outcome_text(self.tutor, outcome))
        name = f"{self.path.parent.name}/{self.path.name}" if self.path else self.say("代码", "Code")
        set_title(self.code, f"2 {name}")
        self._guide()

    def _arrange(self) -> None:
        """Show the pane in use; on a wide screen all are there."""
        self.set_class(self._pane == "task", "-task")
        self.set_class(self._pane != "task", "-work")
        if not self.writing:
            self.set_focus({"task": self._task_view, "code": self.code, "outcome": self._outcome_view}[self._pane])
        self._guide()

    def _guide(self) -> None:
        self._show_title()
        self.query_one(NextBar).say(self._sentence())
        self.refresh_bindings()

    def _sentence(self) -> str:
        """What to do next."""
        outcome = self._outcome
        if self._trouble is not None:
            return self.say("{exercise.back} 返回", "{exercise.back} back")
        if self.writing:
            return self.say(
                "写吧：{exercise.save} 保存并检查，Esc 写完", "Write: {exercise.save} saves and checks, Esc when done"
            )
        if self._number:
            return self.say("检查中…", "Checking…")
        if outcome is None and self._pane == "task" and self._task_view.fraction_read < 1:
            return self.say(
                "{lesson.page} 往下读；{exercise.edit} 动手写", "{lesson.page} to read on; {exercise.edit} to write it"
            )
        if outcome is None or self._stale:
            return self.say(
                "{exercise.edit} 写代码，存了就检查；{exercise.check} 检查现在的",
                "{exercise.edit} to write: saving checks it; {exercise.check} to check it as it is",
            )
        if outcome.passed and self._solution_shown:
            return self.say(
                "{exercise.next} 下一个练习，{exercise.back} 返回",
                "{exercise.next} for the next exercise, {exercise.back} back",
            )
        if outcome.passed:
            return self.say(
                "通过了！{exercise.solution} 对照参考答案，{exercise.next} 下一题",
                "Passed! {exercise.solution} for the solution beside yours, {exercise.next} for the next",
            )
        if self._solution_shown:
            return self.say(
                "{exercise.edit} 自己写一遍；{exercise.solution} 回到题目",
                "{exercise.edit} to write it yourself; {exercise.solution} for the task",
            )
        if self._may_see:
            return self.say(
                "{exercise.edit} 接着改；{exercise.solution} 看答案",
                "{exercise.edit} to mend it; {exercise.solution} for the solution",
            )
        if self._standing.hints < HINTS:
            return self.say(
                "{exercise.edit} 接着改；{exercise.hint} 要一条提示",
                "{exercise.edit} to mend it; {exercise.hint} for a hint",
            )
        return self.say(
            "{exercise.edit} 接着改；{exercise.hint} 看答案",
            "{exercise.edit} to mend it; {exercise.hint} for the solution",
        )

    def on_lesson_view_read(self, _: LessonView.Read) -> None:
        """The guide follows the reader."""
        self._guide()

    def action_switch(self) -> None:
        """The next pane."""
        self.action_pane(PANES[(PANES.index(self._pane) + 1) % len(PANES)])

    def action_pane(self, pane: str) -> None:
        """To one of the panes."""
        self._pane = pane
        self._arrange()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While the learner types, the keys are letters."""
        if action == "save":
            return self.writing
        if action == "solution":
            return not self.writing and bool(self._exercises) and self._may_see
        return action not in ("switch", "check") or not self.writing

    # The code, as `CodeScreen` tells of it.

    def typing_begun(self) -> None:
        """To the code; on a narrow screen nothing else is there."""
        self._pane = "code"
        self._arrange()

    def code_typed(self) -> None:
        """The outcome is about another text now."""
        if self._outcome is not None and not self._stale:
            self._stale = True
            self._show_outcome()
        else:
            self._guide()

    def code_kept(self) -> None:
        """The title says so."""
        self._show_title()

    def code_new(self) -> None:
        """Another program has saved it: check it."""
        self._check()

    def code_left(self) -> None:
        """Behind the last letter; the code is checked where that has not been done."""
        self._pane = "code"
        self._arrange()
        if not self._number and (self._stale or self._outcome is None):
            self._check()

    def action_save(self) -> None:
        """Keep it and check it, and go on typing."""
        self.keep()
        self._check()

    def action_reset(self) -> None:
        """Ask first."""
        if self.path is not None and not self.writing:
            self.app.push_screen(ResetDialog(), self._reset)

    def _reset(self, answer: bool | None) -> None:
        chosen = self._chosen
        if not answer or chosen is None:
            return
        try:
            aside = exercises.reset(self.tutor.course, self.tutor.home, chosen)
        except ExerciseError as error:
            self.complain(error)
            return
        if aside is not None:
            self.notify(self.say(f"原来的代码留在 {aside.name}", f"Your old code is kept as {aside.name}"), timeout=10)
        self._checker.cancel()
        self._forget()
        self.fill()

    # Checking.

    def action_check(self) -> None:
        """Check the file as it is."""
        self._check()

    def _check(self) -> None:
        """In the background, in a process of its own; a course from elsewhere is asked about first."""
        from minimind_tui.ui.screens.dialogs import TrustDialog

        chosen, path, code = self._chosen, self.path, self.known
        if path is None or chosen is None:
            return
        if not self.tutor.trusted:
            self.app.push_screen(TrustDialog(self.tutor.course.root), self._trusted)
            return
        self._number = number = time.monotonic_ns()
        if self._pane == "task":
            self.action_pane("outcome")
        self._show_outcome()
        self.run_worker(
            lambda: self._check_in_thread(chosen, path, code, number), thread=True, exclusive=True, group="exercise"
        )

    def _trusted(self, answer: bool | None) -> None:
        if answer:
            self.tutor.trust()
            self._check()

    def _check_in_thread(self, chosen: CourseExercise, path: Path, code: str, number: int) -> None:
        try:
            outcome = self._checker.check(exercises.job(self.tutor.course, chosen, path, code))
        except ContentError as error:
            outcome = Outcome(problem=error.problem.message)
        except OSError as error:  # no process can be started
            outcome = Outcome(problem=_cannot_start(error))
        if outcome is not None:
            self.app.call_later(self._checked, chosen.ref, outcome, number)
            self._checker.warm()

    def _checked(self, ref: str, outcome: Outcome, number: int) -> None:
        """A check has ended; it is kept before the screen says so, and where the screen has gone too."""
        exercises.keep_attempt(self.tutor.progress, ref, outcome, time.monotonic() - self._began)
        self.call_later(self._tell, outcome, number)

    def _tell(self, outcome: Outcome, number: int) -> None:
        if number != self._number:
            return
        self._number, self._outcome, self._stale = 0, outcome, not self.saved
        if outcome.passed:
            self._stop_timer()
        lines = [line for _, _, line in exercises.outcome_lines(outcome) if line is not None]
        if lines and not self.writing:
            self.code.go_to(lines[0])
        self._show_outcome()
        self._outcome_view.action_scroll_home()

    # Help.

    def action_hint(self) -> None:
        """The next hint; after the last one the solution, if that is what the learner wants."""
        if self._chosen is None or self.writing:
            return
        taken = self._standing.hints
        if taken < HINTS:
            exercises.keep_hint(self.tutor.progress, self._ref, taken + 1)
            self._solution_shown = False
            self.action_pane("task")
            self.call_after_refresh(self._show_hint)  # on a narrow screen the pane has no size before
        elif self._may_see:
            self.action_solution()
        else:
            self.app.push_screen(SolutionDialog(), self._give_up)

    def _show_hint(self) -> None:
        self._show_task()
        self._task_view.action_scroll_end()

    def _give_up(self, answer: bool | None) -> None:
        if answer:
            exercises.keep_hint(self.tutor.progress, self._ref, HINTS + 1)
            self.action_solution()

    def action_solution(self) -> None:
        """The solution in the task's place, beside the learner's code, and back."""
        self._solution_shown = not self._solution_shown
        self._show_task()
        self.action_pane("task" if self.has_class("-narrow") or not self._solution_shown else "code")

    def action_timer(self) -> None:
        """Begin to count down, or stop."""
        if self._timer_from is not None:
            self._stop_timer()
        elif self._chosen is not None:
            self._timer_from = time.monotonic()
            self._ticking = self.set_interval(1.0, self._show_title)
        self._show_title()

    def _stop_timer(self) -> None:
        if self._ticking is not None:
            self._ticking.stop()
        self._ticking = self._timer_from = None

    def action_other(self, by: int) -> None:
        """Another exercise of the course."""
        chosen = self._chosen
        if chosen is not None and not self.writing:
            self._checker.cancel()
            self._stop_timer()
            self._ref = self._exercises[(self._exercises.index(chosen) + by) % len(self._exercises)].ref
            self._forget()
            self.fill()


def _cannot_start(error: OSError) -> Text:
    reason = error.strerror or str(error)
    return Text(zh=f"检查的进程启动不了：{reason}。", en=f"The process that checks cannot be started: {reason}.")
