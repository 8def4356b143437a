"""Bad files of practice: they raise nothing but a ContentError that names file and line, and take nothing along."""

from __future__ import annotations

import re
import tomllib
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minimind_tui.content.course import Course, load_course
from minimind_tui.content.files import ContentError
from minimind_tui.content.lint import lint
from minimind_tui.content.schema import Step
from tests.budget import cases
from tests.faults.fields import FIELD, WRONG, instead
from tests.faults.mutations import altered, as_toml, damaged, patience
from tests.tiny import tiny_course
from tests.tiny_practice import add_practice

TABLES = ("quiz", "cards", "exercises")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny course with practice, to be damaged one file at a time."""
    return add_practice(tiny_course(tmp_path_factory.mktemp("course")))


def read(course: Course, table: str) -> None:
    """What the screens of practice would read; only ContentError may come of it."""
    with suppress(ContentError):
        getattr(course, table)("small")
    for step in (Step(kind="quiz", ref="small/quiz"), Step(kind="exercise", ref="small/double")):
        assert course.title_of(step).en
        course.exists(step)


def stands(root: Path) -> None:
    """The course opens as before, whatever is wrong is named, and nothing hangs."""
    with patience():
        course = load_course(root)
        assert course.problems == []
        assert [*course.lessons, *course.experiments] == ["small/start", "small/count"]
        for table in TABLES:
            read(course, table)
        for problem in lint(course):
            assert problem.path.is_relative_to(root)
            assert problem.message.zh
            assert problem.message.en
            if problem.line is not None:
                assert 1 <= problem.line <= len(re.split(b"[\r\n]", problem.path.read_bytes())) + 1


@cases(60, nightly=1500)
@given(data=st.data())
def test_a_damaged_table_takes_nothing_along(data: st.DataObject, root: Path) -> None:
    path = root / f"lessons/small/{data.draw(st.sampled_from(TABLES))}.toml"
    with instead(path, data.draw(damaged(path.read_bytes()))):
        stands(root)


@cases(60, nightly=1500)
@given(data=st.data())
def test_a_table_with_something_else_in_it_takes_nothing_along(data: st.DataObject, root: Path) -> None:
    path = root / f"lessons/small/{data.draw(st.sampled_from(TABLES))}.toml"
    parsed = tomllib.loads(path.read_text(encoding="utf-8"))
    with instead(path, as_toml(data.draw(altered(parsed)))):
        stands(root)


@cases(30, nightly=700)
@given(data=st.data())
def test_damaged_code_of_an_exercise_stops_no_check(data: st.DataObject, root: Path) -> None:
    part = data.draw(st.sampled_from(["starter", "solution", "check"]))
    path = root / f"lessons/small/exercises/double/{part}.py"
    with instead(path, data.draw(damaged(path.read_bytes()))):
        stands(root)


@cases(40, nightly=700)
@given(data=st.data())
def test_a_wrong_value_is_named_with_its_line(data: st.DataObject, root: Path) -> None:
    table = data.draw(st.sampled_from(TABLES))
    path = root / f"lessons/small/{table}.toml"
    lines = path.read_text(encoding="utf-8").split("\n")
    at = data.draw(
        st.sampled_from(
            [
                number
                for number, line in enumerate(lines)
                if FIELD.match(line) and line.rstrip()[-1] not in "[(" and '"""' not in line and line != "y = 2 x"
            ]
        )
    )
    match = FIELD.match(lines[at])
    assert match is not None
    inline = lines[at].lstrip().startswith("{ ")
    lines[at] = match[0] + WRONG + (lines[at][lines[at].index(",") :] if inline else "")
    with instead(path, "\n".join(lines).encode()), patience(), pytest.raises(ContentError) as caught:
        getattr(load_course(root), table)("small")
    assert caught.value.problem.path == path
    assert caught.value.problem.line == at + 1, caught.value.problem.message.en


@pytest.mark.parametrize("content", [b"a." * 60_000 + b"a = 1", b"[" + b"a." * 60_000 + b"a]", b"a = " + b"[" * 90_000])
@pytest.mark.parametrize(
    "file", ["lessons/small/quiz.toml", "lessons/small/module.toml", "experiments/small/count.toml"]
)
def test_a_key_of_many_parts_is_refused_at_once(root: Path, file: str, content: bytes) -> None:
    with instead(root / file, content), patience():
        lint(load_course(root))


@pytest.mark.parametrize("target", ["/dev/zero", "/etc/passwd", "exercises.toml", "gone"])
@pytest.mark.parametrize("name", ["quiz.toml", "exercises.toml", "exercises/double/solution.py"])
def test_links_are_followed_inside_the_course_alone(tmp_path: Path, name: str, target: str) -> None:
    root = add_practice(tiny_course(tmp_path))
    (root / "lessons/small" / name).unlink()
    (root / "lessons/small" / name).symlink_to(target)
    stands(root)
    assert lint(load_course(root))
