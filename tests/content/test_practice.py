"""Questions, cards and exercises: read when they are asked for, and each mistake in them found."""

from __future__ import annotations

from pathlib import Path

import pytest

from minimind_tui.content.course import load_course
from minimind_tui.content.files import ContentError
from minimind_tui.content.forbidden import forbidden_uses
from minimind_tui.content.lint import lint
from minimind_tui.content.practice import MultipleChoice, OpenQuestion, SingleChoice
from minimind_tui.content.schema import Kind, Step
from tests.content.changes import change, words
from tests.tiny import tiny_course
from tests.tiny_practice import add_practice

FOLLOW_UP = """[[cards.follow_ups]]
question = { zh = "三？", en = "Three?" }
answer = { zh = "再加一。", en = "One more." }
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A tiny course with something to practise."""
    return add_practice(tiny_course(tmp_path))


def test_practice_is_read_in_its_kinds(root: Path) -> None:
    course = load_course(root)
    kinds = [type(question) for question in course.quiz("small")]
    assert kinds == [SingleChoice] * 6 + [MultipleChoice, OpenQuestion]
    assert [card.id for card in course.cards("small")] == ["first", "second"]
    (exercise,) = course.exercises("small")
    assert course.exercise_file("small", exercise.id, "check").is_file()
    assert words(root) == ""


def test_practice_that_is_not_there_is_said_and_disturbs_nothing(tmp_path: Path) -> None:
    course = load_course(tiny_course(tmp_path))
    with pytest.raises(ContentError):
        course.quiz("small")
    assert lint(course) == []


def test_nothing_is_read_before_it_is_asked_for(root: Path) -> None:
    (root / "lessons/small/quiz.toml").write_text("[[", encoding="utf-8")
    course = load_course(root)
    assert course.problems == []
    assert "quiz.toml bad TOML" in words(root)


@pytest.mark.parametrize(
    ("kind", "ref", "title"),
    [
        ("quiz", "small/quiz", "Quiz"),
        ("quiz", "small/start", None),
        ("review", "small/cards", "Interview cards"),
        ("review", "gone/cards", None),
        ("exercise", "small/double", "Double"),
        ("exercise", "small/start", None),
    ],
)
def test_a_step_of_practice_knows_whether_it_can_be_opened(root: Path, kind: Kind, ref: str, title: str | None) -> None:
    course, step = load_course(root), Step(kind=kind, ref=ref)
    assert course.exists(step) == (title is not None)
    assert course.title_of(step).en == (title or ref)


@pytest.mark.parametrize(
    ("file", "old", "new", "complaint"),
    [
        ("quiz.toml", 'id = "sum-2"', 'id = "sum-1"', "quiz.toml the id 'sum-1' is used 2 times"),
        ("quiz.toml", ", right = true", "", "sum-1 is single: exactly one choice is right = true, not 0"),
        ("quiz.toml", 'en = "two" }, right = true', 'en = "two" }', "even is multiple: two right choices"),
        ("quiz.toml", 'en = "three" }', 'en = "three" }, right = true', "even is multiple"),
        ("quiz.toml", 'id = "b"', 'id = "a"', "sum-1: two of its choices have the same id"),
        ("quiz.toml", "$x^2$", r"$\\wrongcommand$", "cannot be drawn"),
        ("quiz.toml", "Count.", "{{small/count: twos.total}}", "measured values stand in lessons alone"),
        ("quiz.toml", 'en = "Count."', 'en = ""', "not valid"),
        ("quiz.toml", 'explanation = { zh = "数一数。", en = "Count." }', "", "explanation"),
        ("quiz.toml", 'answer = { zh = "因为。", en = "Because." }', "", "answer"),
        ("quiz.toml", '{ zh = "说了别的", en = "says something else" },', "", "length >= 3"),
        ("quiz.toml", 'kind = "open"', 'kind = "closed"', "closed"),
        ("cards.toml", 'id = "second"', 'id = "first"', "cards.toml the id 'first' is used 2 times"),
        ("cards.toml", FOLLOW_UP, "follow_ups = []\n", "length >= 1"),
        ("cards.toml", 'answer = { zh = "再加一。", en = "One more." }\n', "", "missing required field `answer`"),
        ("cards.toml", 'answer = { zh = "再加一。", en = "One more." }', 'answer = { zh = "再加一。" }', "field `en`"),
        ("cards.toml", 'en = "One more."', 'en = ""', "length >= 1"),
        ("cards.toml", "$2$", r"$\\wrongcommand$", "cannot be drawn"),
        ("cards.toml", "$x$", r"$\\wrongcommand$", "cannot be drawn"),
        ("exercises.toml", "y = 2 x", r"\\wrongcommand", "cannot be drawn"),
        ("exercises.toml", '{ zh = "想", en = "think" },', "", "length >= 3"),
        ("exercises.toml", 'symbols = ["double"]', 'symbols = ["triple"]', "solution.py does not define triple"),
        ("exercises.toml", 'symbols = ["double"]', 'symbols = ["a.b"]', "not valid"),
        ("exercises.toml", 'id = "double"', 'id = "triple"', "nothing names this file"),
        ("exercises.toml", 'id = "double"', 'id = "triple"', "check.py cannot be read"),
        ("exercises/double/starter.py", "def double", "def twice", "starter.py does not define double"),
        ("exercises/double/solution.py", "return x + x", "return (", "solution.py cannot be parsed"),
        ("exercises/double/solution.py", "def", "import math\n\ndef", "solution.py uses math, which is forbidden"),
        ("exercises/double/check.py", "整数|Whole", "Whole", "check_whole: the first line of its docstring"),
        ("exercises/double/check.py", "check_whole(code)", "check_whole(code, more)", "takes one argument"),
    ],
)  # fmt: skip
def test_a_mistake_is_found_with_its_line(root: Path, file: str, old: str, new: str, complaint: str) -> None:
    change(root / "lessons/small" / file, old, new)
    assert complaint in words(root)


def test_a_question_is_named_with_its_line(root: Path) -> None:
    change(root / "lessons/small/quiz.toml", "$x^2$", "$\\\\wrong$")
    (first, *_) = lint(load_course(root))
    text = (root / "lessons/small/quiz.toml").read_text(encoding="utf-8")
    assert first.line is not None
    assert text.splitlines()[first.line - 1] == "[[questions]]"
    assert first.line < 6


def test_checks_without_a_check_are_found(root: Path) -> None:
    check = root / "lessons/small/exercises/double/check.py"
    check.write_text('"""None."""\n', encoding="utf-8")
    assert "has no function whose name begins with check_" in words(root)
    (check.parent / "notes.txt").write_text("x", encoding="utf-8")
    assert "notes.txt nothing names this file" in words(root)


def test_a_quiz_that_gives_itself_away_is_found(root: Path) -> None:
    quiz = root / "lessons/small/quiz.toml"
    text = quiz.read_text(encoding="utf-8")
    singles, rest = text.split('id = "even"')
    same = singles.replace(", right = true", "").replace(' id = "b", text = ', ' id = "b", right = true, text = ')
    quiz.write_text(same + 'id = "even"' + rest, encoding="utf-8")
    assert "in 6 of 6 single questions choice 2 is right" in words(root)
    long = 'en = "a number that is much longer than all others" }, right = true'
    for number in range(10):
        singles = singles.replace(f'en = "{number}" }}, right = true', long)
    quiz.write_text(singles + 'id = "even"' + rest, encoding="utf-8")
    assert "the right choice is by far the longest (en)" in words(root)
    assert "(zh)" not in words(root)


@pytest.mark.parametrize(
    ("code", "used"),
    [
        ("import torch\ntorch.nn.RMSNorm(4)", ["torch.nn.RMSNorm"]),
        ("from torch import nn\nnn.RMSNorm(4)", ["torch.nn.RMSNorm"]),
        ("import torch.nn as n\nn.RMSNorm(4)", ["torch.nn.RMSNorm"]),
        ("from torch.nn import RMSNorm as R", ["torch.nn.RMSNorm"]),
        ("from torch.nn import *", []),
        ("from torch.nn import *\nRMSNorm(4)", ["torch.nn.RMSNorm"]),
        ("from minimind_tui.nn import norm", ["minimind_tui"]),
        ("import minimind_tui.nn.norm", ["minimind_tui"]),
        ("import torch\nclass RMSNorm(torch.nn.Module): pass\nRMSNorm()", []),
        ("from torch import nn\nnn.Linear(4, 4)\n'torch.nn.RMSNorm'", []),
        ("import minimind_tui_other", []),
    ],
)
def test_a_forbidden_name_is_found_however_it_came(code: str, used: list[str]) -> None:
    found = forbidden_uses(code, ["torch.nn.RMSNorm", "minimind_tui"])
    assert list(dict.fromkeys(name for name, _ in found)) == used
