"""An exercise: the task at the left, the learner's code at the right with what the checks say of it.

Whatever saves the file, the built-in editor, `$EDITOR` or another window, it is checked at once. Under 100 columns task
and code are shown one at a time. How the work stands is the `ExerciseSession`'s to know; here it is drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from rich.syntax import Syntax
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Static

from minimind_tui.base.inert import inert
from minimind_tui.content.files import ContentError
from minimind_tui.exercise.checker import Checker, Outcome
from minimind_tui.practice.exercise_session import Check, ExerciseSession
from minimind_tui.practice.exercises import ExerciseError, outcome_lines
from minimind_tui.ui.exercise import words
from minimind_tui.ui.exercise.file_editor import FileEditor
from minimind_tui.ui.exercise.keys import KEYS
from minimind_tui.ui.external_editor import editor
from minimind_tui.ui.key_bar import Foot, NextBar
from minimind_tui.ui.lesson.markdown import LessonMarkdown
from minimind_tui.ui.lesson.view import LessonView
from minimind_tui.ui.quiet import set_row, set_title
from minimind_tui.ui.screens.base import TutorScreen
from minimind_tui.ui.screens.exercise_dialogs import ResetDialog, SolutionDialog
from minimind_tui.ui.style import code_theme

PANES = ("task", "code", "outcome")


class ExerciseScreen(TutorScreen):
    """One exercise; `n` and `p` go to the others."""

    DEFAULT_CSS = """
    #exercise-title { dock: top; height: 1; padding: 0 1; background: $panel; }
    #exercise-body { height: 1fr; }
    #exercise-work { height: 1fr; }
    #exercise-task, #exercise-code, #exercise-outcome { border: round $panel; border-title-color: $foreground; }
    #exercise-task:focus, #exercise-code:focus, #exercise-outcome:focus {
        border: round $primary; border-title-color: $primary;
    }
    #exercise-code { height: 1fr; min-height: 6; background: $background; padding: 0; }
    #exercise-outcome { height: auto; max-height: 45%; min-height: 3; }
    ExerciseScreen.-wide #exercise-task { width: 45%; height: 1fr; }
    ExerciseScreen.-wide #exercise-work { width: 55%; }
    ExerciseScreen.-narrow #exercise-task, ExerciseScreen.-narrow #exercise-work { width: 100%; height: 1fr; }
    ExerciseScreen.-narrow.-task #exercise-work { display: none; }
    ExerciseScreen.-narrow.-work #exercise-task { display: none; }
    """

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    PARTS = (LessonView, FileEditor)
    BINDINGS = [*KEYS]

    def __init__(self, ref: str) -> None:
        super().__init__()
        self._checker = Checker()
        self._pane = "task"
        self.session = self._new_session(ref)
        self.code = FileEditor()
        """What is typed in; what it holds can be saved after the screen has gone, too."""

    def _new_session(self, ref: str) -> ExerciseSession:
        tutor = self.tutor
        return ExerciseSession(tutor.course, tutor.home, tutor.progress, ref, self._checker)

    def compose(self) -> ComposeResult:
        """Title row, task, code and checks, foot."""
        self.code = FileEditor(id="exercise-code")
        yield Static(id="exercise-title")
        with Horizontal(id="exercise-body"):
            yield LessonView(id="exercise-task")
            with Vertical(id="exercise-work"):
                yield self.code
                yield LessonView(id="exercise-outcome")
        yield Foot()

    def on_mount(self) -> None:
        """The texts come after the first paint."""
        self._ticking = self.set_interval(1.0, self._show_title, pause=True)
        self.call_after_refresh(self.fill)

    def on_unmount(self) -> None:
        """Nothing typed is lost, and no process is left."""
        self.code.save()
        self._checker.close()

    def keep_place(self) -> Callable[[], None]:
        """Where the learner was, typing or not; the code is saved first."""
        self.code.save()
        writing, cursor, text = self.code.writing, self.code.cursor_location, self.code.text

        def back() -> None:
            if writing:
                if self.code.text != text:  # it could not be saved
                    self.code.load_text(text)
                self.code.begin()
                self._guide()
            self.code.move_cursor(cursor)

        return back

    def fill(self) -> None:
        """The task, the learner's file and what is known of it; a process is made ready to check in the meantime."""
        if not self.session.opened:
            self.session.open()
            if self.tutor.trusted:
                self.run_worker(self._checker.warm, thread=True, group="warm")
        self.code.open(self.session.file)
        self._show_task()
        self._show_outcome()
        self._arrange()

    def _open(self, ref: str) -> None:
        """Begin with an exercise, from its task on."""
        self._pane, self.session = "task", self._new_session(ref)
        self.fill()

    @property
    def spent_on(self) -> str:
        """The module whose time is counted here."""
        return self.session.ref.partition("/")[0]

    @property
    def _task_view(self) -> LessonView:
        return self.query_one("#exercise-task", LessonView)

    @property
    def _outcome_view(self) -> LessonView:
        return self.query_one("#exercise-outcome", LessonView)

    def _show_title(self) -> None:
        saved = self.code.saved if self.code.writing else None
        set_row(self.query_one("#exercise-title", Static), words.title(self.tutor, self.session, saved))
        if self.session.seconds_left is None:
            self._ticking.pause()
        else:
            self._ticking.resume()

    def _show_task(self) -> None:
        """The task with the hints taken; or, where the learner may see it, the solution."""
        session, view, theme = self.session, self._task_view, code_theme(self.tutor)
        if session.chosen is None:
            return
        if session.solution_shown:
            set_title(view, self.say("1 参考答案", "1 The solution"))
            view.show(Syntax(self._solution(), "python", theme=theme, word_wrap=True, background_color="default"))
            return
        minutes = session.chosen.exercise.minutes
        set_title(view, self.say(f"1 题目，{minutes} 分钟", f"1 Task, {minutes} min"))
        view.show(LessonMarkdown(words.task(self.tutor, session.chosen, session.standing.hints), theme))

    def _solution(self) -> str:
        try:
            return inert(self.session.solution())
        except ContentError as error:
            return error.problem.message.of(self.language)

    def _show_outcome(self) -> None:
        """What the checks say, under the code."""
        set_title(self._outcome_view, words.outcome_title(self.tutor, self.session))
        self._outcome_view.show(words.outcome_text(self.tutor, self.session))
        path = self.session.file.path if self.session.file else None
        set_title(self.code, f"2 {path.parent.name}/{path.name}" if path else self.say("2 代码", "2 Code"))
        self._guide()

    def _arrange(self) -> None:
        """Show the pane in use; on a wide screen all are there."""
        self.set_class(self._pane == "task", "-task")
        self.set_class(self._pane != "task", "-work")
        if not self.code.writing:
            panes: dict[str, Widget] = {"task": self._task_view, "code": self.code, "outcome": self._outcome_view}
            self.set_focus(panes[self._pane])
        self._guide()

    def _guide(self) -> None:
        """Say at the foot what to do next."""
        self._show_title()
        reading = self._pane == "task" and self._task_view.fraction_read < 1
        said = words.SENTENCES[self.session.state(writing=self.code.writing, reading=reading)]
        self.query_one(NextBar).say(self.say(said.zh, said.en))
        self.refresh_bindings()

    def on_lesson_view_read(self, _: LessonView.Read) -> None:
        """The guide follows the reader."""
        self._guide()

    def action_switch(self) -> None:
        """Give the keys to the next pane."""
        self.action_pane(PANES[(PANES.index(self._pane) + 1) % len(PANES)])

    def action_pane(self, pane: str) -> None:
        """Give the keys to the pane of that name."""
        self._pane = pane
        self._arrange()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While the learner types, the keys are letters."""
        if action == "save":
            return self.code.writing
        if action == "solution":
            return not self.code.writing and self.session.opened and self.session.may_see_solution
        return action not in ("switch", "check") or not self.code.writing

    # Writing.

    def action_edit(self) -> None:
        """The learner's own editor, else the built-in one."""
        if self.code.writing:
            return
        if editor() and self.code.edit_elsewhere():
            self._written()
        else:
            self.action_edit_here()

    def action_edit_here(self) -> None:
        """Type in the pane itself; on a narrow screen nothing else is there."""
        if self.session.file is not None and not self.code.writing:
            self.code.begin()
            self.action_pane("code")

    def action_save(self) -> None:
        """Keep it and check it, and go on typing."""
        self.code.save()
        self._show_title()
        self._check()

    def on_file_editor_typed(self, _: FileEditor.Typed) -> None:
        """The outcome is about another text now."""
        if self.session.typed():
            self._show_outcome()
        else:
            self._guide()

    def on_file_editor_saved(self, _: FileEditor.Saved) -> None:
        """Say in the title that the file is saved."""
        self._show_title()

    def on_file_editor_reloaded(self, _: FileEditor.Reloaded) -> None:
        """Another program has saved the file: check what it holds."""
        if self.session.unchecked:
            self._check()

    def on_code_editor_left(self, _: FileEditor.Left) -> None:
        """The learner has finished typing."""
        self._written()

    def _written(self) -> None:
        """Check what was written, where that has not been done."""
        self.action_pane("code")
        if self.session.unchecked:
            self._check()

    def action_reset(self) -> None:
        """Begin again from the starter, after asking."""
        if self.session.file is not None and not self.code.writing:
            self.app.push_screen(ResetDialog(), self._reset)

    def _reset(self, answer: bool | None) -> None:
        if not answer:
            return
        try:
            aside = self.session.reset()
        except ExerciseError as error:
            self.code.complain(error)
            return
        if aside is not None:
            self.notify(self.say(f"原来的代码留在 {aside.name}", f"Your old code is kept as {aside.name}"), timeout=10)
        self._open(self.session.ref)

    # Checking.

    def action_check(self) -> None:
        """Check the file as it is."""
        self._check()

    def _check(self) -> None:
        """In the background, in a process of its own; a course from elsewhere is asked about first."""
        from minimind_tui.ui.screens.dialogs import TrustDialog

        if not self.tutor.trusted and self.session.file is not None:
            self.app.push_screen(TrustDialog(self.tutor.course.root), self._trusted)
            return
        check = self.session.begin_check()
        if check is not None:
            if self._pane == "task":
                self.action_pane("outcome")
            self._show_outcome()
            work = partial(self._check_in_thread, self.session, check)
            self.run_worker(work, thread=True, exclusive=True, group="exercise")

    def _trusted(self, answer: bool | None) -> None:
        if answer:
            self.tutor.trust()
            self._check()

    def _check_in_thread(self, session: ExerciseSession, check: Check) -> None:
        outcome = session.run(check)
        if outcome is not None:
            self.app.call_later(self._checked, session, check, outcome)
            self._checker.warm()

    def _checked(self, session: ExerciseSession, check: Check, outcome: Outcome) -> None:
        """Keep it before the screen says so, and where the screen has gone, too."""
        session.keep(check, outcome)
        self.call_later(self._tell, session, check, outcome)

    def _tell(self, session: ExerciseSession, check: Check, outcome: Outcome) -> None:
        if session is not self.session or not session.take(check, outcome, self.code.text):
            return
        lines = [line for _, _, line in outcome_lines(outcome) if line is not None]
        if lines and not self.code.writing:
            self.code.go_to(lines[0])
        self._show_outcome()
        self._outcome_view.action_scroll_home()

    # Help.

    def action_hint(self) -> None:
        """The next hint; after the last one the solution, if that is what the learner wants."""
        if self.session.chosen is None or self.code.writing:
            return
        if self.session.take_hint():
            self.action_pane("task")
            self.call_after_refresh(self._show_hint)  # on a narrow screen the pane has no size before
        elif self.session.may_see_solution:
            self.action_solution()
        else:
            self.app.push_screen(SolutionDialog(), self._give_up)

    def _show_hint(self) -> None:
        self._show_task()
        self._task_view.action_scroll_end()

    def _give_up(self, answer: bool | None) -> None:
        if answer:
            self.session.give_up()
            self.action_solution()

    def action_solution(self) -> None:
        """The solution in the task's place, beside the learner's code, and back."""
        shown = self.session.solution_shown = not self.session.solution_shown
        self._show_task()
        self.action_pane("code" if shown and not self.has_class("-narrow") else "task")

    def action_timer(self) -> None:
        """Begin to count down, or stop."""
        self.session.turn_timer()
        self._show_title()

    def action_other(self, by: int) -> None:
        """Another exercise of the course."""
        other = self.session.neighbour(by)
        if other is not None and not self.code.writing:
            self.session.leave()
            self._open(other)
