"""The experiments inside a lesson without a screen: their cards, the lab that follows the reader, runs unseen."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from minimind_tui.base.home import Home
from minimind_tui.base.text import Language
from minimind_tui.content.course import Course, load_course
from minimind_tui.content.schema import Experiment
from minimind_tui.practice.store import Progress
from minimind_tui.ui.lab.model import Lab
from minimind_tui.ui.lesson.embed import Spot
from minimind_tui.ui.lesson.reading import Page
from minimind_tui.ui.study.companion import Companion
from tests.embedding import LONG, STEADY, embedding_course
from tests.tiny import home_in

COUNT, AGAIN = "small/count", "small/again"
FIRST, SECOND, LAST = Page(0, 20, 80), Page(40, 20, 80), Page(60, 20, 80)
"""Pages with the first card, with the second one, with none: the end of the text."""


@dataclass
class Learner:
    course: Course
    home: Home
    progress: Progress
    language: Language = "en"


@dataclass
class LabSeat:
    """A pane that only holds its lab."""

    learner: Learner
    state: Lab | None = None

    @property
    def active(self) -> bool:
        return self.state is not None and self.state.active

    def open(self, experiment: Experiment | None, run_id: str | None = None) -> None:
        self.state = None
        if experiment is not None:
            self.state = Lab(self.learner.home, self.learner.course, experiment, "en")
            self.state.attach(run_id)


@dataclass
class Lesson:
    page: Page = FIRST
    spots: dict[str, Spot] = field(default_factory=lambda: {COUNT: Spot(5, 10), AGAIN: Spot(45, 50)})


@dataclass
class Panes:
    lab: LabSeat
    lesson: Lesson = field(default_factory=Lesson)

    def begin(self, steps: int) -> Lab:
        """Run what is in the lab."""
        lab = self.lab.state
        assert lab is not None
        lab.values = {"steps": steps}
        lab.begin()
        return lab


@pytest.fixture
def learner(tmp_path: Path) -> Learner:
    course = load_course(embedding_course(tmp_path / "course", again=STEADY))
    return Learner(course, home_in(tmp_path), Progress(tmp_path / "progress.sqlite3"))


@pytest.fixture
def panes(learner: Learner) -> Iterator[Panes]:
    panes = Panes(LabSeat(learner))
    yield panes
    for name in (COUNT, AGAIN):
        panes.lab.open(learner.course.experiments[name])
        assert panes.lab.state is not None
        panes.lab.state.end()


@pytest.fixture
def companion(learner: Learner, panes: Panes) -> Companion:
    return opened(learner, panes)


def opened(learner: Learner, panes: Panes) -> Companion:
    """The lesson with both experiments is open."""
    companion = Companion(learner, panes)
    name = companion.open([COUNT, AGAIN, "small/gone"])
    assert name is not None
    panes.lab.open(learner.course.experiments[name])
    companion.refresh()
    return companion


def states(companion: Companion) -> list[str]:
    return [card.state for card in companion.cards]


def wait_for(lab: Lab, state: str) -> None:
    until = time.monotonic() + 60
    while lab.state != state:
        assert time.monotonic() < until, f"{lab.state}, not {state}"
        lab.poll()
        time.sleep(0.02)


def test_the_lab_goes_along_with_the_reader(companion: Companion, panes: Panes) -> None:
    assert (companion.in_lab, companion.to_run, companion.aimed_at) == (COUNT, COUNT, COUNT)
    assert (states(companion), companion.all_run, companion.has_experiments) == (["new", "new"], False, True)
    companion.follow()
    assert companion.in_lab == COUNT
    panes.lesson.page = SECOND
    assert companion.to_run == AGAIN
    companion.follow()
    assert companion.in_lab == AGAIN
    assert companion.refresh(), "the other card is marked now"
    assert [card.chosen for card in companion.cards] == [False, True]
    assert not companion.refresh()


def test_what_the_reader_chose_stays_until_he_moves(companion: Companion, panes: Panes) -> None:
    companion.follow()
    companion.choose(AGAIN)
    companion.follow()
    assert companion.in_lab == AGAIN
    panes.lesson.page = SECOND
    companion.follow()
    panes.lesson.page = FIRST
    companion.follow()
    assert companion.in_lab == COUNT


def test_a_lab_is_found_again_as_it_was_left(companion: Companion, panes: Panes) -> None:
    left = panes.lab.state
    companion.choose(AGAIN)
    companion.choose(COUNT)
    assert panes.lab.state is left


def test_a_run_goes_on_unseen_and_counts_when_it_ends(companion: Companion, panes: Panes, learner: Learner) -> None:
    panes.lesson.page = SECOND
    companion.follow()
    run = panes.begin(20)
    companion.refresh()
    assert states(companion) == ["new", "running"]
    panes.lesson.page = FIRST
    companion.follow()
    assert (companion.in_lab, companion.goes_on_unseen) == (AGAIN, False), "reading takes no run out of the lab"
    companion.choose(COUNT)
    assert companion.goes_on_unseen
    wait_for(run, "running")
    while not (finished := companion.poll()):
        time.sleep(0.02)
    assert (finished, companion.goes_on_unseen, companion.poll()) == ([AGAIN], False, [])
    assert ("experiment", AGAIN) in learner.progress.done()
    companion.refresh()
    assert states(companion) == ["new", "run"]


def test_a_run_that_goes_on_is_found_by_who_opens_the_lesson_again(
    companion: Companion, panes: Panes, learner: Learner
) -> None:
    companion.choose(AGAIN)
    run = panes.begin(LONG)
    wait_for(run, "running")
    again = opened(learner, panes)
    assert (again.in_lab, again.followed, states(again)) == (AGAIN, AGAIN, ["new", "running"])
    assert not again.goes_on_unseen, "it is seen"
    run.end()
    stopped = opened(learner, panes)
    assert (stopped.in_lab, states(stopped)) == (COUNT, ["new", "ended"])
    panes.lesson.page = LAST
    assert not stopped.all_run


def test_a_lesson_without_experiments_leaves_the_lab_alone(companion: Companion, panes: Panes) -> None:
    shown = panes.lab.state
    assert companion.open(["small/gone"]) is None
    panes.lesson.page = SECOND
    companion.follow()
    companion.refresh()
    assert (panes.lab.state, companion.cards, companion.has_experiments) == (shown, [], False)
