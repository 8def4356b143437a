"""Study: one step of a path, the lesson at the left and the lab at the right.

Under 100 columns one of the two is shown at a time. The line at the foot always says what to do next. The screen is
made of parts that know nothing of it: a `Walk` along the steps, a `Companion` for the experiments inside a lesson, a
`guide` that makes the sentence.
"""

from __future__ import annotations

from collections.abc import Callable

from textual import on
from textual.actions import parse
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from minimind_tui.content.prose import prose
from minimind_tui.practice.clock import now
from minimind_tui.practice.reading import Reading
from minimind_tui.practice.self_test import credited
from minimind_tui.practice.steps import settle
from minimind_tui.practice.walk import Walk, module_of
from minimind_tui.ui.key_bar import Foot, NextBar
from minimind_tui.ui.lab.pane import LabPane
from minimind_tui.ui.lab.questions import Asked
from minimind_tui.ui.lab.widgets import WIDGETS
from minimind_tui.ui.lesson.embed import Card, drawn_card
from minimind_tui.ui.lesson.lesson_text import lesson_renderable
from minimind_tui.ui.lesson.markdown import LessonMarkdown
from minimind_tui.ui.lesson.practice_page import practice_sentence
from minimind_tui.ui.lesson.view import LessonView
from minimind_tui.ui.quiet import set_row, set_subtitle, set_title
from minimind_tui.ui.screens.base import TutorScreen
from minimind_tui.ui.screens.lab_answers import open_for
from minimind_tui.ui.study.companion import Companion
from minimind_tui.ui.study.guide import Facts, guide
from minimind_tui.ui.study.keys import KEYS
from minimind_tui.ui.study.title import title
from minimind_tui.ui.tutor import Sought

ABOUT_THE_CARD = ("run_experiment", "parameters", "source")
"""Actions of the lab that a learner who reads means for the card in the text."""
BESIDE_A_LAB = ("switch", "focus_pane", "zoom", "in_lab")
"""Actions that need a lab."""


class StudyScreen(TutorScreen):
    """Walks through the steps of `walk`; the first one opens on the run `run_id` and at the words sought, if any."""

    DEFAULT_CSS = """
    #study-title { dock: top; height: 1; padding: 0 1; background: $panel; }
    #study-body { height: 1fr; }
    #lesson, #lab {
        height: 1fr;
        border: round $panel; border-title-color: $foreground; border-subtitle-color: $text-muted;
    }
    #lesson:focus, #lab:focus-within {
        border: round $primary; border-title-color: $primary; border-subtitle-color: $primary;
    }
    StudyScreen.-wide #lesson { width: 45%; }
    StudyScreen.-wide #lab { width: 55%; }
    StudyScreen.-narrow.-lesson #lab, StudyScreen.-zoomed.-lesson #lab { display: none; }
    StudyScreen.-narrow.-lab #lesson, StudyScreen.-zoomed.-lab #lesson { display: none; }
    StudyScreen.-narrow #lesson, StudyScreen.-narrow #lab { width: 100%; }
    StudyScreen.-zoomed #lesson, StudyScreen.-zoomed #lab { width: 100%; }
    StudyScreen.-practice #lab { display: none; }
    StudyScreen.-practice #lesson { display: block; width: 100%; }
    """

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    PARTS = (LabPane, *WIDGETS.values())
    BINDINGS = [*KEYS]

    def __init__(self, walk: Walk, *, run_id: str | None = None, sought: Sought | None = None) -> None:
        super().__init__()
        self.walk = walk
        self.companion = Companion(self.tutor, self)
        self._run_id = run_id
        self._sought = sought
        self._text: LessonMarkdown | None = None
        self._pane = "lesson"

    @property
    def spent_on(self) -> str:
        """The module of the step."""
        return self.walk.module

    @property
    def reading(self) -> Reading:
        """The text of the step, and what of it is on the screen."""
        return Reading(self.lesson.on_screen(self.language), prose(self._text.markup)) if self._text else Reading()

    @property
    def lab(self) -> LabPane:
        """The lab at the right."""
        return self.query_one(LabPane)

    @property
    def lesson(self) -> LessonView:
        """The lesson at the left."""
        return self.query_one("#lesson", LessonView)

    def compose(self) -> ComposeResult:
        """Title row, the two panes, the two rows at the foot."""
        yield Static(id="study-title")
        with Horizontal(id="study-body"):
            yield LessonView(id="lesson")
            yield LabPane(id="lab")
        yield Foot()

    def on_mount(self) -> None:
        """Empty panes first: the text comes after the first paint."""
        self._looking = self.set_interval(1, self._poll_others, pause=True)
        self.call_after_refresh(self.begin)

    def begin(self) -> None:
        """The panes have their size: open the first step."""
        self._open_step()

    def keep_place(self) -> Callable[[], None]:
        """The step, run and view, and the lines."""
        state, place, followed = self.lab.state, self.lesson.place, self.companion.followed

        def back() -> None:
            self._open_step(keep_pane=True)
            self.lab.state, self.companion.followed = state, followed
            self.lesson.return_to(place)

        return back

    def on_screen_resume(self) -> None:
        """What the text says may have changed while another screen was open: its figures, how practice stands."""
        if self._text is not None:
            settle(self.tutor.course, self.tutor.progress, self.walk.step, now())
            self._show_again()
            self._guide()

    @on(Asked)
    def _answer_the_lab(self, asked: Asked) -> None:
        """Open what answers the lab."""
        asked.stop()
        open_for(self.tutor, asked)

    # The step.

    def _open_step(self, *, keep_pane: bool = False) -> None:
        walk, step, tutor = self.walk, self.walk.step, self.tutor
        if self.has_class("-practice") != walk.practises:  # the pane gets its width first, then the text that fits it
            self.set_class(walk.practises, "-practice")
            self.app.stylesheet.update(self)
            self._refresh_layout()  # at once: after the next drawing may be before the next layout
        if walk.path_id:
            tutor.progress.set_place(walk.path_id, walk.index)
        settle(tutor.course, tutor.progress, step, now())
        self._text = lesson_renderable(tutor, step)
        inside = self.companion.open(self._text.experiments if step.kind == "lesson" else [])
        experiment = inside or walk.experiment_beside(tutor.course, self.language)
        self.lab.open(tutor.course.experiments.get(experiment) if experiment else None, self._run_id)
        if step.kind == "experiment" and self.lab.finished:  # while the learner was elsewhere, it may be
            self.companion.finished(step.ref)
        self._show_text(keep_place=False)
        set_title(self.lesson, self.say("练习", "Practice") if walk.practises else self.say("1 课文", "1 Lesson"))
        if not keep_pane:
            self._pane = "lab" if step.kind == "experiment" else "lesson"
        self._show_title()
        self._arrange()
        if self._sought is not None:
            self.lesson.look_for(*self._sought)
            self.action_focus_pane("lesson")
            self._sought = None

    def _show_title(self) -> None:
        set_row(self.query_one("#study-title", Static), title(self.tutor, self.walk, self.styles_by_name()))

    def _show_text(self, *, keep_place: bool) -> None:
        """The text with its cards as they stand; `keep_place` is for the same text with something new in it."""
        if self._text is not None:
            self.companion.refresh()
            self._draw_cards(self._text)
            self.lesson.show(self._text, keep_place=keep_place)

    def _show_again(self) -> None:
        """The same step with the figures that there are now."""
        self._show_title()
        self._text = lesson_renderable(self.tutor, self.walk.step)
        self._show_text(keep_place=True)

    def _draw_cards(self, text: LessonMarkdown) -> None:
        known, styles, key = self.tutor.course.experiments, self.styles_by_name(), self.key_of("lab.run")
        cards = {name: Card(name, "new", False) for name in text.experiments}
        cards |= {card.experiment: card for card in self.companion.cards}
        text.cards = {
            name: drawn_card(card, known.get(name), self.language, styles, key) for name, card in cards.items()
        }

    def _arrange(self) -> None:
        """Show the pane in use; both, side by side, where there is room and no zoom."""
        self.set_class(self._pane == "lesson", "-lesson")
        self.set_class(self._pane == "lab", "-lab")
        if self._pane == "lab":
            self.lab.focus_view()
        else:
            self.set_focus(self.lesson)
        self._guide()

    # What to do next.

    def onward(self) -> str:
        """The key that leads on from here."""
        if self.walk.following is None:
            return self.say("{study.next} 完成", "{study.next} to finish")
        following = self.tutor.course.title_of(self.walk.following).of(self.language)
        return self.say(f"{{study.next}} 下一步：{following}", f"{{study.next}} next: {following}")

    def _past_the_module(self) -> str:
        """The key that skips the module of a self-test, and where it leads; empty on any other step."""
        if not self._may_skip or self.walk.next_module is None:
            return ""
        module = self.tutor.course.modules.get(module_of(self.walk.steps[self.walk.next_module]))
        if module is None:
            return ""
        name = f"{module.number:02d} {module.title.of(self.language)}"
        return self.say(f"{{study.skip}} 直接去模块 {name}", f"{{study.skip}} on to module {name}")

    @property
    def _may_skip(self) -> bool:
        """Whether this step is the self-test that a module begins with, and another module follows."""
        module = self.tutor.course.modules.get(self.walk.module)
        first = self.walk.step.kind == "quiz" and module is not None and module.quiz_first
        return first and self.walk.next_module is not None

    def _guide(self) -> None:
        """Say what to do next, as soon as there is a text to speak of."""
        if self._text is None:
            return
        if self.companion.goes_on_unseen:
            self._looking.resume()
        else:
            self._looking.pause()
        if self.companion.refresh():
            self._draw_cards(self._text)
            self.lesson.show(self._text, keep_place=True)
        self.query_one(NextBar).say(self._sentence())
        percent = int(100 * self.lesson.fraction_read)  # 100 only at the end
        set_subtitle(self.lesson, "" if percent >= 100 else f"{percent} %")

    def _sentence(self) -> str:
        if self.walk.practises:
            return practice_sentence(self.tutor, self.walk.step, self.onward(), self._past_the_module())
        waiting = self.tutor.course.experiments.get(self.companion.to_run or "")
        facts = Facts(
            kind="experiment" if self.walk.step.kind == "experiment" else "lesson",
            pane=self._pane,
            read=self.lesson.fraction_read >= 1,
            one_pane=self.has_class("-narrow"),
            has_run=self.lab.has_run,
            has_experiments=self.companion.has_experiments,
            all_run=self.companion.all_run,
            to_run=waiting,
            predicts=waiting is not None
            and waiting.prediction is not None
            and self.tutor.progress.prediction(waiting.id) is None,
        )
        return guide(facts, self.onward(), self.lab.what_next, self.say)

    def on_lesson_view_read(self, event: LessonView.Read) -> None:
        """The lab and the guide follow the reader."""
        if event.view is self.lesson:
            self.companion.follow()
        self._guide()

    def on_lab_pane_advanced(self, event: LabPane.Advanced) -> None:
        """A run began, went on or ended: the figures of one that has finished are in the text now."""
        if event.finished:
            self.companion.finished(event.experiment)
            self._show_again()
        self._guide()

    def _poll_others(self) -> None:
        """Look at the runs that go on unseen."""
        if self.companion.poll():
            self._show_again()
        self._guide()

    # What the learner does.

    def choose(self, experiment: str) -> None:
        """Another experiment of this lesson in the lab; what runs there goes on, and is looked at."""
        self.companion.choose(experiment)
        self._guide()

    def action_step(self, by: int) -> None:
        """To the next step or the one before; past the last one, to the end of the path."""
        if by > 0 and self.walk.step.kind == "lesson":
            self.tutor.progress.mark_done("lesson", self.walk.step.ref)
        if self.walk.go(by):
            self._run_id = None
            self._open_step()
        elif by > 0:
            self._finish()

    def action_skip(self) -> None:
        """From the self-test of a module to the module after it."""
        if self._may_skip and self.walk.next_module is not None:
            self.walk.index = self.walk.next_module
            self._run_id = None
            self._open_step()

    def _finish(self) -> None:
        """The end of the path, which tells what is still open of its practice; back to any other step that is open."""
        from minimind_tui.ui.screens.finish import FinishScreen

        if self.walk.path_id is None:
            self.action_home()
        elif self.walk.go_to_open(credited(self.tutor.course, self.tutor.progress.done())):
            self.notify(self.say("还有没做的一步，回到这里。", "One step is still open: back to it."))
            self._open_step()
        else:
            self.app.push_screen(FinishScreen(self.walk.path_id))

    def action_practise(self) -> None:
        """Open what this step is about; how it stands is looked at on coming back."""
        step = self.walk.step
        self.tutor.practise(step.kind, step.ref if step.kind == "exercise" else self.spent_on)

    def action_switch(self) -> None:
        """Give the keys to the other pane."""
        self.action_focus_pane("lesson" if self._pane == "lab" else "lab")

    def action_focus_pane(self, pane: str) -> None:
        """To the lesson or to the lab; where only one is seen, to the lab of what waits in the text."""
        unseen = self.has_class("-narrow") or self.has_class("-zoomed")
        waiting = self.companion.to_run
        if pane == "lab" and self._pane == "lesson" and unseen and waiting and not self.lab.active:
            self.choose(waiting)
        self._pane = pane
        self._arrange()

    async def action_in_lab(self, action: str) -> None:
        """A key of the lab, pressed in the lesson: to the lab, and there as always.

        What begins with an experiment is about the one whose card is marked in the text; the rest, about what is seen.
        """
        aimed_at = self.companion.aimed_at
        if self._pane == "lesson" and aimed_at and action in ABOUT_THE_CARD:
            self.choose(aimed_at)
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
            return self.walk.practises
        if action == "skip":
            return self._may_skip
        if action in BESIDE_A_LAB and self.walk.practises:
            return False
        if action == "break_it":
            return damages(self.tutor.course) is not None
        if action != "in_lab" or not self.query(LabPane):
            return True
        companion = self.companion
        (asked, *_), another = parameters, self._pane == "lesson" and companion.aimed_at not in (None, companion.in_lab)
        name, values = parse(str(asked))[1:]
        return (another and name in ABOUT_THE_CARD) or self.lab.check_action(name, values)

    def action_note(self) -> None:
        """The learner's note on this step."""
        from minimind_tui.ui.screens.note import open_note

        open_note(self.tutor, self.walk.step.ref)

    def action_break_it(self) -> None:
        """Ask what to break, and break it over this screen."""
        from minimind_tui.ui.screens.break_it import ask

        ask(self.tutor)
