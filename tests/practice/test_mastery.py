"""Criteria are met by evidence alone; the plan spreads what is missing over the days that are left."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from minimind_tui.content.course import Course, load_course
from minimind_tui.content.roots import bundled_root
from minimind_tui.practice import calibration, quiz, review, spent
from minimind_tui.practice.clock import day, now
from minimind_tui.practice.mastery import TESTED_OUT, keep_test_out, mastery, plan, questions_of
from minimind_tui.practice.self_test import credited
from minimind_tui.practice.store import Progress


def test_a_module_is_mastered_by_all_of_its_criteria(course: Course, progress: Progress) -> None:
    assert not mastery(course, progress, "small").mastered
    for step in course.paths["quick-start"].steps:
        progress.mark_done(step.kind, step.ref)
    for question in course.quiz("small"):
        quiz.keep_answer(progress, "small", question, [], 1.0)
    stands = mastery(course, progress, "small")
    assert [(each.kind, each.met) for each in stands.criteria] == [
        ("lessons", True),
        ("experiments", True),
        ("quiz", True),
        ("exercises", False),
    ]
    assert 0.7 < stands.fraction < 1
    progress.mark_done("exercise", "small/double")
    assert mastery(course, progress, "small").mastered


def test_testing_out_stands_for_all_but_the_exercises(course: Course, progress: Progress) -> None:
    questions = questions_of(course, "small")
    assert not keep_test_out(progress, "small", questions, 6)  # of seven with choices
    assert keep_test_out(progress, "small", questions, 7)
    assert (TESTED_OUT, "small") in progress.done()
    assert not mastery(course, progress, "small").mastered
    progress.mark_done("exercise", "small/double")
    assert mastery(course, progress, "small").mastered


def test_a_passed_self_test_stands_for_the_whole_module(course: Course, progress: Progress) -> None:
    progress.mark_done("quiz", "small/quiz")
    assert not mastery(course, progress, "small").mastered
    assert credited(course, progress.done()) == {("quiz", "small/quiz")}
    course.modules["small"].quiz_first = True
    assert mastery(course, progress, "small").mastered
    steps = {(step.kind, step.ref) for step in course.paths["quick-start"].steps}
    assert steps < credited(course, progress.done())
    assert progress.done() == {("quiz", "small/quiz")}, "nothing is written down that was not done"


def test_a_module_without_anything_is_not_mastered(course: Course, progress: Progress) -> None:
    assert not mastery(course, progress, "none").mastered
    assert mastery(course, progress, "none").fraction == 0


@pytest.mark.parametrize("days", [0, 1, 2, 3, 7, 40])
def test_the_plan_names_every_missing_module_before_the_interview(progress: Progress, days: int) -> None:
    course = load_course(bundled_root())
    noon = datetime(2026, 3, 1, 12)
    assert plan(course, progress, noon.timestamp()) == []
    review.set_interview(progress, noon.date() + timedelta(days=days))
    planned = plan(course, progress, noon.timestamp())
    ready = [module.id for module in course.modules.values() if module.state == "ready"]
    assert len(planned) == max(1, days)
    assert [each.day for each in planned] == [noon.date() + timedelta(days=index) for index in range(max(1, days))]
    assert list(dict.fromkeys(name for each in planned for name in each.modules)) == ready
    assert days < 2 or planned[-1].modules == []  # the last day is for the cards


def test_predictions_are_scored_with_how_sure_one_was(progress: Progress) -> None:
    assert calibration.calibration(progress) is None
    for name, chance, came_true in (("a", 0.9, True), ("b", 0.6, False), ("c", 0.3, None)):
        progress.predict(name, "choice")
        calibration.keep_confidence(progress, name, chance)
        if came_true is not None:
            calibration.keep_outcome(progress, name, came_true)
    progress.predict("skipped", "")
    calibration.keep_outcome(progress, "b", True)  # the first outcome stands
    found = calibration.calibration(progress)
    assert found is not None
    assert (found.right, found.wrong, found.open) == (1, 1, 1)
    assert found.said == pytest.approx(0.75)
    assert found.brier == pytest.approx((0.01 + 0.36) / 2)


def test_time_is_counted_by_day_and_by_what(progress: Progress, monkeypatch: pytest.MonkeyPatch) -> None:
    spent.add(progress, "small", 30)
    spent.add(progress, "small", 45)
    spent.add(progress, "review", 5)
    spent.add(progress, "review", -5)
    monkeypatch.setenv("MINIMIND_TUI_DAYS_AHEAD", "1")
    spent.add(progress, "small", 25)
    assert spent.by_what(progress) == {"small": 100, "review": 5}
    monkeypatch.delenv("MINIMIND_TUI_DAYS_AHEAD")
    today = day(now())
    assert spent.days(progress) == {today: 80, today + timedelta(days=1): 25}
