"""The work at an exercise without any screen: what comes next in each state, and which outcome is about which text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from minimind_tui.base.text import Text
from minimind_tui.content.course import Course
from minimind_tui.exercise.checker import CaseResult, Checker, Outcome
from minimind_tui.practice import exercises
from minimind_tui.practice.exercise_session import Check, ExerciseSession, State
from minimind_tui.practice.store import Progress
from tests.tiny import home_in
from tests.tiny_practice import SOLUTION, STARTER

REF = "small/double"
TITLE = Text(zh="题", en="title")
PASSED = Outcome([CaseResult("check_it", TITLE, "passed")])
FAILED = Outcome([CaseResult("check_it", TITLE, "failed")])


class Clock:
    """Seconds that pass when a test says so."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def checker() -> Iterator[Checker]:
    checker = Checker()
    yield checker
    checker.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def session(course: Course, progress: Progress, checker: Checker, clock: Clock, tmp_path: Path) -> ExerciseSession:
    session = ExerciseSession(course, home_in(tmp_path), progress, REF, checker, clock)
    session.open()
    return session


def begun(session: ExerciseSession) -> Check:
    check = session.begin_check()
    assert check is not None
    return check


def checked(session: ExerciseSession, outcome: Outcome) -> None:
    """The file was checked as it is, with this outcome."""
    check = begun(session)
    session.keep(check, outcome)
    assert session.take(check, outcome, check.code)


def state(session: ExerciseSession) -> State:
    return session.state(writing=False, reading=False)


def write(session: ExerciseSession, text: str) -> None:
    assert session.file is not None
    session.file.save(text)


def test_from_reading_to_passing(session: ExerciseSession) -> None:
    assert session.file is not None
    assert session.file.text == STARTER
    assert session.state(writing=False, reading=True) is State.READING
    assert state(session) is State.UNCHECKED
    assert session.state(writing=True, reading=True) is State.WRITING
    check = begun(session)
    assert (state(session), session.unchecked) == (State.CHECKING, False)
    assert session.take(check, FAILED, STARTER)
    assert session.state(writing=False, reading=True) is State.FAILED, "who has had it checked has read enough"
    checked(session, PASSED)
    assert state(session) is State.PASSED
    session.solution_shown = True
    assert state(session) is State.PASSED_AND_COMPARED
    assert session.standing == (1, 0, True), "an outcome that was only taken is no try"


def test_three_hints_lead_to_the_solution(session: ExerciseSession) -> None:
    checked(session, FAILED)
    session.solution_shown = True
    assert session.take_hint()
    assert not session.solution_shown, "a hint stands in the task's place"
    assert session.take_hint()
    assert (session.take_hint(), session.take_hint()) == (True, False)
    assert (state(session), session.may_see_solution) == (State.HINTS_TAKEN, False)
    session.give_up()
    assert (state(session), session.may_see_solution) == (State.SOLUTION_KNOWN, True)
    session.solution_shown = True
    assert state(session) is State.SOLUTION_SHOWN
    assert session.solution() == SOLUTION


def test_an_outcome_is_about_the_text_that_was_checked(session: ExerciseSession) -> None:
    assert not session.typed(), "there is no outcome yet that could be out of date"
    checked(session, PASSED)
    assert not session.unchecked
    assert (session.typed(), session.typed()) == (True, False)
    assert (state(session), session.unchecked) == (State.UNCHECKED, True)
    check = begun(session)
    assert not session.unchecked
    assert session.take(check, PASSED, check.code + "# typed meanwhile")
    assert (session.stale, state(session)) == (True, State.UNCHECKED)


def test_a_text_saved_during_a_check_is_still_unchecked(session: ExerciseSession) -> None:
    check = begun(session)
    write(session, SOLUTION)
    assert session.unchecked, "the check that goes on is about another text"
    assert session.take(check, FAILED, SOLUTION)
    assert session.stale


def test_only_the_latest_check_is_shown_and_every_one_is_kept(session: ExerciseSession) -> None:
    first, second = begun(session), begun(session)
    session.keep(first, FAILED)
    assert not session.take(first, FAILED, STARTER)
    assert session.checking
    session.keep(second, PASSED)
    assert session.take(second, PASSED, STARTER)
    assert session.outcome == PASSED
    assert session.standing == (2, 0, True)


def test_the_time_of_a_try_is_counted_from_opening(session: ExerciseSession, progress: Progress, clock: Clock) -> None:
    clock.seconds = 42.0
    session.keep(begun(session), FAILED)
    assert progress.execute("SELECT seconds FROM attempt") == [(42.0,)]


def test_the_timer_counts_on_past_its_end_and_stops_on_passing(session: ExerciseSession, clock: Clock) -> None:
    assert session.seconds_left is None
    session.turn_timer()
    clock.seconds = 301.0
    assert session.seconds_left == -1.0
    checked(session, FAILED)
    assert session.seconds_left == -1.0
    checked(session, PASSED)
    assert session.seconds_left is None
    session.turn_timer()
    session.turn_timer()
    assert session.seconds_left is None


def test_a_reset_gives_the_starter_and_keeps_what_was_written(session: ExerciseSession) -> None:
    write(session, "mine")
    aside = session.reset()
    assert aside is not None
    assert aside.read_text(encoding="utf-8") == "mine"
    assert session.file is not None
    assert exercises.read_code(session.file.path) == STARTER


def test_its_neighbours_go_round(session: ExerciseSession) -> None:
    assert session.position == (1, 1)
    assert (session.neighbour(1), session.neighbour(-1)) == (REF, REF)


def test_an_exercise_that_is_not_there_is_named_and_does_nothing(
    course: Course, progress: Progress, checker: Checker, tmp_path: Path
) -> None:
    session = ExerciseSession(course, home_in(tmp_path), progress, "small/gone", checker)
    session.open()
    assert session.trouble is not None
    assert "small/gone" in session.trouble.en
    assert session.state(writing=True, reading=True) is State.UNAVAILABLE
    session.turn_timer()
    assert (session.begin_check(), session.take_hint(), session.neighbour(1)) == (None, False, None)
    assert (session.seconds_left, session.reset(), session.solution()) == (None, None, "")


def test_a_file_in_the_way_is_named(course: Course, progress: Progress, checker: Checker, tmp_path: Path) -> None:
    home = home_in(tmp_path)
    home.exercises.parent.mkdir(parents=True)
    home.exercises.write_text("a file", encoding="utf-8")
    session = ExerciseSession(course, home, progress, REF, checker)
    session.open()
    assert (session.file, state(session)) == (None, State.UNAVAILABLE)


def test_a_check_runs_in_a_process_and_what_keeps_it_from_running_is_its_outcome(
    session: ExerciseSession, checker: Checker, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(session, SOLUTION)
    outcome = session.run(begun(session))
    assert outcome is not None
    assert outcome.passed

    def full(*_: object) -> None:
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(checker, "check", full)
    refused = session.run(begun(session))
    assert refused is not None
    assert refused.problem is not None
    assert "Resource temporarily unavailable" in refused.problem.en
