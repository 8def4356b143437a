"""The study screen's part for experiments inside a lesson: their cards, and the lab that goes along with the reader."""

from __future__ import annotations

from collections.abc import Sequence

from textual.timer import Timer

from minimind_tui.base.text import Language
from minimind_tui.content.course import Course
from minimind_tui.content.lesson import embedded
from minimind_tui.content.schema import Step
from minimind_tui.run.runs import list_runs
from minimind_tui.run.states import ACTIVE
from minimind_tui.ui.lab.model import SHOWN, Lab
from minimind_tui.ui.lab.pane import LabPane
from minimind_tui.ui.lab.prediction import decided_by_now, seen
from minimind_tui.ui.lesson.embed import Card, State, drawn_card
from minimind_tui.ui.lesson.lesson_text import lesson_renderable
from minimind_tui.ui.lesson.markdown import LessonMarkdown
from minimind_tui.ui.lesson.reading import aimed_at, read_about, to_run
from minimind_tui.ui.lesson.view import LessonView
from minimind_tui.ui.screens.base import TutorScreen


def beside(course: Course, steps: Sequence[Step], index: int, language: Language) -> str | None:
    """The experiment beside the step at `index`: its own, else the last before it in the module, else the next."""
    module = steps[index].ref.partition("/")[0]
    for at in (index, *range(index - 1, -1, -1), *range(index + 1, len(steps))):
        step = steps[at]
        if step.ref.partition("/")[0] != module:
            continue
        found: list[str] = []
        if step.kind == "experiment":
            found = [step.ref] if step.ref in course.experiments else []
        elif step.kind == "lesson":
            found = embedded(course, step.ref, language)
        if found:
            return found[-1 if at < index else 0]
    return None


class EmbeddingScreen(TutorScreen):
    """Knows the experiments of the lesson that is open; a lesson without any leaves the lab alone.

    A run that goes on is never taken out of the lab by reading, only by r at another card; then it goes on unseen,
    is looked at once a second, and is there again when the reader comes back to it.
    """

    def __init__(self) -> None:
        super().__init__()
        self._text: LessonMarkdown | None = None
        self._inside: list[str] = []
        self._labs: dict[str, Lab] = {}
        """The labs of the other experiments of this lesson, as they were left."""
        self._ended: set[str] = set()
        """What had ended when this lesson was opened, well or not."""
        self._cards: list[Card] = []
        self._read_at: int | None = None
        self._followed: str | None = None
        self._looking: Timer | None = None

    @property
    def lab(self) -> LabPane:
        """The lab at the right."""
        return self.query_one(LabPane)

    @property
    def lesson(self) -> LessonView:
        """The lesson at the left."""
        return self.query_one("#lesson", LessonView)

    @property
    def in_lab(self) -> str | None:
        """The experiment that the lab shows."""
        return self.lab.state.experiment.id if self.lab.state else None

    @property
    def has_experiments(self) -> bool:
        """Whether there are any inside this lesson."""
        return bool(self._inside)

    @property
    def to_run(self) -> str | None:
        """The experiment that r would run for the first time, from where the reader is."""
        return to_run(self._cards, self.lesson.spots, self.lesson.page)

    @property
    def aimed_at(self) -> str | None:
        """The experiment that r runs now: the one whose card is marked, where one is seen."""
        return aimed_at(self._cards, self.lesson.spots, self.lesson.page, self.in_lab)

    @property
    def not_run(self) -> list[str]:
        """The experiments of this lesson that were never run to their end and do not run now."""
        return [card.experiment for card in self._cards if card.state in ("new", "ended")]

    def open_text(self, step: Step) -> str | None:
        """Read the text of a step and find its experiments; the one to begin with: what runs, else the first."""
        self._text = lesson_renderable(self.tutor, step)
        known = self.tutor.course.experiments
        self._inside = [name for name in self._text.experiments if name in known] if step.kind == "lesson" else []
        self._labs, self._ended, self._cards, self._read_at = {}, set(), [], None
        if self._inside:
            self._find_runs()
        self._followed = next(iter([*self._labs, *self._inside]), None)
        return self._followed

    def _find_runs(self) -> None:
        """What ran while the learner was elsewhere: what has finished is done, what goes on is kept in view."""
        latest: dict[str, str] = {}
        for run in list_runs(self.tutor.home):
            if run.experiment in self._inside and run.state in SHOWN:
                if run.state == "finished":
                    self.tutor.progress.mark_done("experiment", run.experiment)
                    decided_by_now(self.tutor.progress, self.tutor.home, self.tutor.course.experiments[run.experiment])
                latest.setdefault(run.experiment, run.state)
        for name, state in latest.items():
            if state in ACTIVE:
                self._labs[name] = self._new_lab(name)
        self._ended = {name for name, state in latest.items() if state not in ACTIVE}

    def _new_lab(self, name: str) -> Lab:
        lab = Lab(self.tutor.home, self.tutor.course, self.tutor.course.experiments[name], self.language)
        lab.attach()
        return lab

    def show_text(self, step: Step, *, keep_place: bool = False) -> None:
        """Put the text into its pane; `keep_place` is for the same one with new figures in it."""
        if keep_place or self._text is None:
            self._text = lesson_renderable(self.tutor, step)
        self._labs.pop(self.in_lab or "", None)
        self._look_after_others()
        self._cards = self._how_they_stand()
        self._draw_cards()
        self.lesson.show(self._text, keep_place=keep_place)

    def refresh_cards(self) -> None:
        """Draw them again where the learner's doings or the place in the text have changed what they say."""
        cards = self._how_they_stand()
        if cards != self._cards and self._text is not None:
            self._cards = cards
            self._draw_cards()
            self.lesson.show(self._text, keep_place=True)

    def _how_they_stand(self) -> list[Card]:
        done = self.tutor.progress.done() if self._inside else set()
        states = {name: self._state(name, done) for name in self._inside}
        cards = [Card(name, state, False) for name, state in states.items()]
        chosen = aimed_at(cards, self.lesson.spots, self.lesson.page, self.in_lab)
        return [Card(card.experiment, card.state, card.experiment == chosen) for card in cards]

    def _state(self, name: str, done: set[tuple[str, str]]) -> State:
        lab = self.lab.state if self.in_lab == name else self._labs.get(name)
        if lab is not None and lab.active:
            return "running"
        if ("experiment", name) in done:
            return "run"
        return "ended" if name in self._ended or (lab is not None and lab.view is not None) else "new"

    def _draw_cards(self) -> None:
        if self._text is not None:
            known, styles, key = self.tutor.course.experiments, self.styles_by_name(), self.key_of("lab.run")
            cards = {name: Card(name, "new", False) for name in self._text.experiments}
            cards |= {card.experiment: card for card in self._cards}
            self._text.cards = {
                name: drawn_card(card, known.get(name), self.language, styles, key) for name, card in cards.items()
            }

    def follow(self) -> None:
        """Let the lab go along with the reader, who has moved."""
        page = self.lesson.page
        if not self._inside or page.top == self._read_at:
            return
        self._read_at = page.top
        name = read_about(self._cards, self.lesson.spots, page)
        if name is not None and name != self._followed and not self.lab.active:
            self._followed = name
            self.show_in_lab(name)

    def choose(self, name: str) -> None:
        """Another experiment of this lesson, because the reader asks for it; it stays until the reader moves on."""
        self._followed = read_about(self._cards, self.lesson.spots, self.lesson.page)
        self.show_in_lab(name)

    def show_in_lab(self, name: str) -> None:
        """Another experiment of this lesson, as it was left; what runs goes on."""
        shown = self.lab.state
        if shown is not None and shown.experiment.id == name:
            return
        if shown is not None:
            self._labs[shown.experiment.id] = shown
        kept = self._labs.pop(name, None)
        if kept is None:
            self.lab.open(self.tutor.course.experiments[name])
        else:
            self.lab.state = kept
            seen(kept, self.tutor.progress)
        self._look_after_others()

    def _look_after_others(self) -> None:
        """Look at the runs that go on unseen, once a second while there are any."""
        going_on = any(lab.active for lab in self._labs.values())
        if going_on and self._looking is None:
            self._looking = self.set_interval(1, self._poll_others)
        elif not going_on and self._looking is not None:
            self._looking.stop()
            self._looking = None

    def _poll_others(self) -> None:
        for name, lab in self._labs.items():
            if lab.active:
                lab.poll()
                if lab.state == "finished":
                    seen(lab, self.tutor.progress)
                    self.ran(name)
        self._look_after_others()
        self.refresh_cards()

    def ran(self, name: str) -> None:
        """An experiment has finished."""
        self.tutor.progress.mark_done("experiment", name)
