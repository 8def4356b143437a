"""A walk along steps: how far one can go, what is still open, and which experiment stands beside a step."""

from __future__ import annotations

from pathlib import Path

import pytest

from minimind_tui.base.text import Text
from minimind_tui.content.course import Course, load_course
from minimind_tui.content.schema import Kind, Step
from minimind_tui.practice.walk import Walk
from tests.embedding import embedding_course

TITLE = Text(zh="路", en="path")


def step(kind: Kind, ref: str) -> Step:
    return Step(kind=kind, ref=ref)


STEPS = [step("lesson", "small/start"), step("lesson", "small/end"), step("quiz", "small/quiz")]


def test_one_goes_no_further_than_the_steps() -> None:
    walk = Walk(TITLE, STEPS, 9)
    assert (walk.index, walk.practises, walk.following, walk.module) == (2, True, None, "small")
    assert not walk.go(1)
    assert walk.go(-2)
    assert (walk.step, walk.following) == (STEPS[0], STEPS[1])
    assert not walk.go(-1)
    assert (walk.index, walk.practises) == (0, False)


def test_the_next_module_is_the_first_step_that_is_anothers() -> None:
    walk = Walk(TITLE, [*STEPS, step("lesson", "later/first"), step("lesson", "small/again")])
    assert walk.next_module == 3
    walk.go(3)
    assert walk.next_module == 4
    walk.go(1)
    assert walk.next_module is None


def test_practice_may_wait_at_the_end() -> None:
    walk = Walk(TITLE, STEPS, 2)
    assert walk.go_to_open({("lesson", "small/start")})
    assert walk.step == STEPS[1]
    assert not walk.go_to_open({("lesson", "small/start"), ("lesson", "small/end")})
    assert walk.step == STEPS[1]


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return load_course(embedding_course(tmp_path / "course"))


@pytest.mark.parametrize(
    ("steps", "index", "beside"),
    [
        ([step("experiment", "small/again"), step("lesson", "small/counts")], 0, "small/again"),
        ([step("lesson", "small/start"), step("lesson", "small/counts")], 0, "small/count"),
        ([step("lesson", "small/counts"), step("lesson", "small/end")], 1, "small/again"),
        (
            [step("lesson", "small/counts"), step("lesson", "small/end"), step("experiment", "small/count")],
            1,
            "small/again",
        ),
        ([step("lesson", "later/first"), step("lesson", "small/counts")], 0, None),
        ([step("experiment", "small/gone")], 0, None),
    ],
)
def test_the_experiment_beside_a_step(course: Course, steps: list[Step], index: int, beside: str | None) -> None:
    assert Walk(TITLE, steps, index).experiment_beside(course, "en") == beside
