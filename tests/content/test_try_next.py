"""What a spec proposes to try next: read with its answer, and each mistake in it found."""

from __future__ import annotations

from pathlib import Path

import pytest

from minimind_tui.content.course import load_course
from minimind_tui.content.lint import lint
from tests.content.changes import change, words
from tests.trying import TRY, course_with


def test_a_question_is_read_with_what_it_changes_and_its_answer(tmp_path: Path) -> None:
    root = course_with(tmp_path, TRY, TRY.replace("steps = 7", "seed = 2"))
    (asked, seeded) = load_course(root).experiments["small/count"].try_next
    assert asked.answer is not None
    assert (asked.question.en, asked.set, asked.answer.zh) == ("More steps?", {"steps": 7}, "还是两倍。")
    assert (seeded.set, words(root)) == ({"seed": 2}, "")


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("steps = 7", "step = 7", "try_next[0] changes step, which is no parameter of this experiment"),
        ("steps = 7", "steps = 0", "try_next[0]: parameter steps may not be 0 by its own bounds"),
        ("steps = 7", 'steps = "7"', "try_next[0]: parameter steps may not be '7'"),
        ("steps = 7", "steps = 5", "try_next[0]: steps = 5 is the default, which is no attempt at anything"),
        ("steps = 7", "seed = -1", "try_next[0]: a seed is a whole number, not -1"),
        ("steps = 7", "seed = 1", "try_next[0]: seed = 1 is the usual seed, which is no attempt at anything"),
        ("steps = 7", "seed = true", "try_next[0]: a seed is a whole number, not True"),
        ("Twice, still.", "$2x$, still.", "this text is shown as it is written"),
        ('question = { zh = "多数几步？", en = "More steps?" }', 'zh = "多？"', "unknown field `zh`"),
        ('en = "Twice, still."', 'en = ""', "length >= 1"),
        (', en = "Twice, still."', "", "missing required field `en`"),
    ],
)
def test_a_mistake_is_found(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    root = course_with(tmp_path, TRY.replace(old, new))
    assert old in TRY
    assert complaint in words(root)


def test_the_same_is_not_asked_twice(tmp_path: Path) -> None:
    assert "try_next[1] changes the same as a question before it" in words(course_with(tmp_path, TRY, TRY))


def test_an_answer_may_be_missing_only_where_it_is_owed(tmp_path: Path) -> None:
    root = course_with(tmp_path, TRY, "".join(TRY.replace("7", "8").splitlines(keepends=True)[:-1]))
    course, spec = root / "lessons/course.toml", root / "experiments/small/count.toml"
    assert words(root) == "", "a course that requires nothing"
    change(course, "[[tiers]]", "[ready]\ncards = 0\n[[tiers]]")
    (problem,) = lint(load_course(root))
    assert (problem.path.name, problem.message.en[:16]) == ("count.toml", "it has no answer")
    assert problem.line is not None
    assert "steps = 8" in "".join(spec.read_text(encoding="utf-8").splitlines()[problem.line :])
    change(course, "cards = 0", 'answers_owed = ["small/count"]')
    assert words(root) == ""
    change(spec, "set = { steps = 8 }", 'set = { steps = 8 }\nanswer = { zh = "是。", en = "Yes." }')
    assert "small/count owes no answer: take it out of answers_owed" in words(root)
    change(course, '["small/count"]', '["small/gone"]')
    assert "small/gone owes no answer" in words(root)
