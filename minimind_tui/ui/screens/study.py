"""Study: one step of a path, the lesson at the left and the lab at the right.

Under 100 columns one of the two is shown at a time. The line at the foot always says what to do next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.actions import parse
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widgets import Static

from minimind_tui.base.text import Text as Bilingual
from minimind_tui.content.course import PRACTICE
from minimind_tui.content.schema import Step
from minimind_tui.practice.clock import now
from minimind_tui.practice.steps import settle
from minimind_tui.ui.key_bar import Foot
from minimind_tui.ui.lab.pane import LabPane
from minimind_tui.ui.lesson.view import LessonView
from minimind_tui.ui.quiet import set_title
from minimind_tui.ui.screens.embedded import beside
from minimind_tui.ui.screens.guided import GuidedScreen

if TYPE_CHECKING:
    from minimind_tui.ui.app import Sought

ABOUT_THE_CARD = ("run_experiment", "parameters", "source")
"""Actions of the lab that a learner who reads means for the card in the text."""
BESIDE_A_LAB = ("switch", "focus_pane", "zoom", "in_lab")
"""Actions that need a lab."""


class StudyScreen(GuidedScreen):
    """Walks through `steps`; `path_id` is None for what is opened outside a path."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    BINDINGS = [
        Binding(
            "enter",
            "practise",
            "打开|Open",
            id="study.open",
            tooltip="打开这一步的测验、练习或卡片|Open the quiz, the exercise or the cards of this step",
        ),
        Binding(
            "n",
            "step(1)",
            "下一步|Next",
            id="study.next",
            tooltip="下一步；走到的课文记为已读|The next step; a lesson left behind counts as read",
        ),
        Binding(
            "p",
            "step(-1)",
            "上一步|Previous",
            id="study.previous",
            show=False,
            tooltip="上一步|The step before",
        ),
        Binding(
            "tab",
            "switch",
            "课文/实验|Lesson/lab",
            id="study.switch",
            show=False,
            tooltip="在课文和实验之间切换|Between lesson and lab",
        ),
        Binding(
            "1",
            "focus_pane('lesson')",
            show=False,
            id="study.lesson",
            description="课文|Lesson",
            tooltip="看课文|To the lesson",
        ),
        Binding(
            "2",
            "focus_pane('lab')",
            show=False,
            id="study.lab",
            description="实验|Lab",
            tooltip="看实验|To the lab",
        ),
        Binding(
            "z",
            "zoom",
            "放大|Zoom",
            id="study.zoom",
            show=False,
            tooltip="当前一栏占满屏幕，再按还原|This pane alone; again for both",
        ),
        *(
            Binding(
                binding.key,
                f"in_lab('{binding.action}')",
                binding.description,
                show=False,
                id=binding.id,
                tooltip=binding.tooltip,
            )
            for binding in LabPane.KEYS
        ),
        Binding(
            "N",
            "note",
            "笔记|Note",
            id="study.note",
            show=False,
            tooltip="这一步的笔记，/ 能搜到|Your note on this step; / finds it",
        ),
        Binding(
            "B",
            "break_it",
            "弄坏一处|Break it",
            id="study.break",
            tooltip="拿掉一个零件，健康的和弄坏的并排训练|Take a part out: healthy and broken train side by side",
        ),
        Binding("escape", "home", "主页|Home", id="study.home", tooltip="回到主页|Back home"),
    ]

    def __init__(
        self, title: Bilingual, steps: list[Step], index: int, path_id: str | None, run_id: str | None = None
    ) -> None:
        super().__init__(title, steps, index, path_id)
        self._run_id = run_id
        self.sought: Sought | None = None
        """What the learner looked for and came here to read."""

    def compose(self) -> ComposeResult:
        """Title row, the two panes, the two rows at the foot."""
        yield Static(id="study-title")
        with Horizontal(id="study-body"):
            yield LessonView(id="lesson")
            yield LabPane(id="lab")
        yield Foot()

    def on_mount(self) -> None:
        """Empty panes first: the text comes after the first paint."""
        self.call_after_refresh(self._open_step)

    async def rebuild(self) -> None:
        """Build again, on the same step, run and view, at the same lines."""
        state, place, followed = self.lab.state, self.lesson.place, self._followed
        await super().rebuild()
        self._open_step(keep_pane=True)
        self.lab.state, self._followed = state, followed
        self.lesson.return_to(place)

    def on_screen_resume(self) -> None:
        """What the text says may have changed while another screen was open: its figures, how practice stands."""
        if self._text is not None:
            settle(self.tutor.course, self.tutor.progress, self.step, now())
            self._show_title()
            self.show_text(self.step, keep_place=True)
            self._guide()

    def _open_step(self, *, keep_pane: bool = False) -> None:
        step = self.step
        if self.has_class("-practice") != self.practises:  # the pane gets its width first, then the text that fits it
            self.set_class(self.practises, "-practice")
            self.app.stylesheet.update(self)
            self._refresh_layout()  # at once: after the next drawing may be before the next layout
        if self._path_id:
            self.tutor.progress.set_place(self._path_id, self._index)
        settle(self.tutor.course, self.tutor.progress, step, now())
        experiment = self.open_text(step) or beside(self.tutor.course, self._steps, self._index, self.language)
        self.lab.open(self.tutor.course.experiments.get(experiment) if experiment else None, self._run_id)
        if step.kind == "experiment" and self.lab.finished:  # while the learner was elsewhere, it may be
            self.tutor.progress.mark_done("experiment", step.ref)
        self.show_text(step)
        set_title(self.lesson, self.say("练习", "Practice") if self.practises else self.say("1 课文", "1 Lesson"))
        if not keep_pane:
            self._pane = "lab" if step.kind == "experiment" else "lesson"
        self._show_title()
        self._arrange()
        if self.sought is not None:
            self.lesson.look_for(*self.sought)
            self.action_focus_pane("lesson")
            self.sought = None

    def _arrange(self) -> None:
        """Show the pane in use; both, side by side, where there is room and no zoom."""
        self.set_class(self._pane == "lesson", "-lesson")
        self.set_class(self._pane == "lab", "-lab")
        if self._pane == "lab":
            self.lab.focus_view()
        else:
            self.set_focus(self.lesson)
        self._guide()

    def on_lesson_view_read(self, event: LessonView.Read) -> None:
        """The lab and the guide follow the reader."""
        if event.view is self.lesson:
            self.follow()
        self._guide()

    def on_lab_pane_advanced(self, event: LabPane.Advanced) -> None:
        """A run began, went on or ended."""
        if event.finished:
            self.ran(event.experiment)
        self._guide()

    def ran(self, name: str) -> None:
        """An experiment has finished: its figures are in the text now."""
        super().ran(name)
        self._show_title()
        self.show_text(self.step, keep_place=True)

    def action_step(self, by: int) -> None:
        """To the next step or the one before; past the last one, to the end of the path."""
        if by > 0 and self.step.kind == "lesson":
            self.tutor.progress.mark_done("lesson", self.step.ref)
        following = self._index + by
        if following < 0:
            return
        if following >= len(self._steps):
            self._finish()
            return
        self._index = following
        self._run_id = None
        self._open_step()

    def _finish(self) -> None:
        if self._path_id is None:
            self.action_home()
            return
        done = self.tutor.progress.done()
        open_steps = [
            at for at, step in enumerate(self._steps) if step.kind not in PRACTICE and (step.kind, step.ref) not in done
        ]
        if open_steps:  # practice may wait: the end of the path tells what is still open of it
            self._index = open_steps[0]
            self.notify(self.say("还有没做的一步，回到这里。", "One step is still open: back to it."))
            self._open_step()
            return
        from minimind_tui.ui.screens.finish import FinishScreen

        self.app.push_screen(FinishScreen(self._path_id))

    def action_practise(self) -> None:
        """Open what this step is about; how it stands is looked at on coming back."""
        step = self.step
        self.tutor.practise(step.kind, step.ref if step.kind == "exercise" else self.spent_on)

    def action_switch(self) -> None:
        """To the other pane."""
        self.action_focus_pane("lesson" if self._pane == "lab" else "lab")

    def action_focus_pane(self, pane: str) -> None:
        """To the lesson or to the lab; where only one is seen, to the lab of what waits in the text."""
        unseen = self.has_class("-narrow") or self.has_class("-zoomed")
        if pane == "lab" and self._pane == "lesson" and unseen and self.to_run and not self.lab.active:
            self.choose(self.to_run)
        self._pane = pane
        self._arrange()

    async def action_in_lab(self, action: str) -> None:
        """A key of the lab, pressed in the lesson: to the lab, and there as always.

        What begins with an experiment is about the one whose card is marked in the text; the rest, about what is seen.
        """
        if self._pane == "lesson" and self.aimed_at and action in ABOUT_THE_CARD:
            self.choose(self.aimed_at)
        self.action_focus_pane("lab")
        await self.app.run_action(action, self.lab)

    def action_zoom(self) -> None:
        """One pane alone, or both again."""
        self.toggle_class("-zoomed")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A course without the experiment has nothing to break; the lab knows which of its keys would do nothing.

        Beside a step of practice there is no lab.
        """
        from minimind_tui.ui.screens.break_it import damages

        if action == "practise":
            return self.practises
        if action in BESIDE_A_LAB and self.practises:
            return False
        if action == "break_it":
            return damages(self.tutor.course) is not None
        if action != "in_lab" or not self.query(LabPane):
            return True
        (asked, *_), another = parameters, self._pane == "lesson" and self.aimed_at not in (None, self.in_lab)
        name, values = parse(str(asked))[1:]
        return (another and name in ABOUT_THE_CARD) or self.lab.check_action(name, values)

    def action_note(self) -> None:
        """The learner's note on this step."""
        from minimind_tui.ui.screens.note import open_note

        open_note(self.tutor, self.step.ref)

    def action_break_it(self) -> None:
        """Ask what to break, and break it over this screen."""
        from minimind_tui.ui.screens.break_it import ask

        ask(self.tutor)
