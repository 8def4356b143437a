"""The experiments inside a lesson: how each stands, and the lab that goes along with the reader.

A run that goes on is never taken out of the lab by reading, only by r at another card; then it goes on unseen, and is
there again when the reader comes back to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from minimind_tui.content.schema import Experiment
from minimind_tui.run.runs import list_runs
from minimind_tui.run.states import ACTIVE
from minimind_tui.ui.lab.model import SHOWN, Lab
from minimind_tui.ui.lab.prediction import decided_by_now, seen
from minimind_tui.ui.lesson.embed import Card, Spot, State
from minimind_tui.ui.lesson.reading import Page, aimed_at, read_about, to_run
from minimind_tui.ui.tutor import Studies


class Seat(Protocol):
    """The lab pane, as far as it matters here: it holds one `Lab` at a time."""

    state: Lab | None

    @property
    def active(self) -> bool:
        """Whether the run in it goes on."""
        ...

    def open(self, experiment: Experiment | None, run_id: str | None = None) -> None:
        """Show an experiment on its latest run."""


class Reader(Protocol):
    """The lesson pane: where the cards are in its text, and which rows are on the screen."""

    @property
    def spots(self) -> Mapping[str, Spot]:
        """The rows at which each experiment's card stands in the lesson."""
        ...

    @property
    def page(self) -> Page:
        """The rows on the screen."""
        ...


class Panes(Protocol):
    """The two panes of the study screen; each may be another widget after the screen was built again."""

    @property
    def lab(self) -> Seat:
        """The lab that follows the lesson."""
        ...

    @property
    def lesson(self) -> Reader:
        """The lesson that is read."""
        ...


class Companion:
    """Knows the experiments of the lesson that is open; a lesson without any leaves the lab alone."""

    def __init__(self, studies: Studies, panes: Panes) -> None:
        self.cards: list[Card] = []
        """How the learner stands to each experiment, when it was last looked at."""
        self.followed: str | None = None
        """The experiment that the lab showed last because of what is read."""
        self._studies, self._panes = studies, panes
        self._inside: list[str] = []
        self._labs: dict[str, Lab] = {}
        """The labs of the experiments that the pane does not show, as they were left."""
        self._ended: set[str] = set()
        """What had ended when this lesson was opened, well or not."""
        self._read_at: int | None = None

    # How it stands.

    @property
    def in_lab(self) -> str | None:
        """The experiment that the lab shows."""
        return self._panes.lab.state.experiment.id if self._panes.lab.state else None

    @property
    def has_experiments(self) -> bool:
        """Whether there are any inside this lesson."""
        return bool(self._inside)

    @property
    def to_run(self) -> str | None:
        """The experiment that r would run for the first time, from where the reader is."""
        return to_run(self.cards, self._panes.lesson.spots, self._panes.lesson.page)

    @property
    def aimed_at(self) -> str | None:
        """The experiment that r runs now: the one whose card is marked, where one is seen."""
        return self._aimed_at(self.cards)

    @property
    def all_run(self) -> bool:
        """Whether every experiment of this lesson was run to its end, or runs now."""
        return not any(card.state in ("new", "ended") for card in self.cards)

    @property
    def goes_on_unseen(self) -> bool:
        """Whether a run goes on that the pane does not show."""
        return any(lab.active for lab in self._labs.values())

    # Opening a lesson.

    def open(self, experiments: Sequence[str]) -> str | None:
        """Begin with the experiments of another lesson; the one for the lab: what runs, else the first."""
        self._inside = [name for name in experiments if name in self._studies.course.experiments]
        self._labs, self._ended, self.cards, self._read_at = {}, set(), [], None
        if self._inside:
            self._find_runs()
        self.followed = next(iter([*self._labs, *self._inside]), None)
        return self.followed

    def _find_runs(self) -> None:
        """What ran while the learner was elsewhere: what has finished is done, what goes on is kept in view."""
        latest: dict[str, str] = {}
        for run in list_runs(self._studies.home):
            if run.experiment in self._inside and run.state in SHOWN:
                if run.state == "finished":
                    experiment = self._studies.course.experiments[run.experiment]
                    self._studies.progress.mark_done("experiment", run.experiment)
                    decided_by_now(self._studies.progress, self._studies.home, experiment)
                latest.setdefault(run.experiment, run.state)
        for name, state in latest.items():
            if state in ACTIVE:
                experiment = self._studies.course.experiments[name]
                self._labs[name] = Lab(self._studies.home, self._studies.course, experiment, self._studies.language)
                self._labs[name].attach()
        self._ended = {name for name, state in latest.items() if state not in ACTIVE}

    def refresh(self) -> bool:
        """Look again how the experiments stand; whether a card says something else now."""
        self._labs.pop(self.in_lab or "", None)  # the pane looks after what it shows
        before, self.cards = self.cards, self._how_they_stand()
        return self.cards != before

    def _how_they_stand(self) -> list[Card]:
        done = self._studies.progress.done() if self._inside else set()
        cards = [Card(name, self._state(name, done), False) for name in self._inside]
        chosen = self._aimed_at(cards)
        return [Card(card.experiment, card.state, card.experiment == chosen) for card in cards]

    def _aimed_at(self, cards: Sequence[Card]) -> str | None:
        return aimed_at(cards, self._panes.lesson.spots, self._panes.lesson.page, self.in_lab)

    def _state(self, name: str, done: set[tuple[str, str]]) -> State:
        lab = self._panes.lab.state if self.in_lab == name else self._labs.get(name)
        if lab is not None and lab.active:
            return "running"
        if ("experiment", name) in done:
            return "run"
        return "ended" if name in self._ended or (lab is not None and lab.view is not None) else "new"

    # Going along with the reader.

    def follow(self) -> None:
        """The reader has moved: the lab shows what is read about, unless a run goes on in it."""
        page = self._panes.lesson.page
        if not self._inside or page.top == self._read_at:
            return
        self._read_at = page.top
        name = read_about(self.cards, self._panes.lesson.spots, page)
        if name is not None and name != self.followed and not self._panes.lab.active:
            self.followed = name
            self._show(name)

    def choose(self, name: str) -> None:
        """Another experiment of this lesson, because the reader asks for it; it stays until the reader moves on."""
        self.followed = read_about(self.cards, self._panes.lesson.spots, self._panes.lesson.page)
        self._show(name)

    def _show(self, name: str) -> None:
        """Another experiment in the lab, as it was left; what runs goes on."""
        shown = self._panes.lab.state
        if shown is not None and shown.experiment.id == name:
            return
        if shown is not None:
            self._labs[shown.experiment.id] = shown
        kept = self._labs.pop(name, None)
        if kept is None:
            self._panes.lab.open(self._studies.course.experiments[name])
        else:
            self._panes.lab.state = kept
            seen(kept, self._studies.progress)

    def poll(self) -> list[str]:
        """Read on in the logs of the runs that go on unseen; the experiments that have finished."""
        finished = []
        for name, lab in self._labs.items():
            if lab.active:
                lab.poll()
                if lab.state == "finished":
                    seen(lab, self._studies.progress)
                    self.finished(name)
                    finished.append(name)
        return finished

    def finished(self, name: str) -> None:
        """An experiment has been run to its end."""
        self._studies.progress.mark_done("experiment", name)
