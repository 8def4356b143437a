"""`minimind-tui new`: what it writes can be loaded, and `check` names every place until it is written."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from minimind_tui.content import measure
from minimind_tui.content.course import load_course
from minimind_tui.content.lint import lint
from minimind_tui.content.lint.unwritten import PLACE
from minimind_tui.content.skeleton import experiment_spec
from tests.commands.tutor import tutor
from tests.tiny import tiny_course

MADE = {
    "small": ["lessons/small/module.toml"],
    "small/why": ["lessons/small/why.zh.md", "lessons/small/why.en.md", "lessons/small/module.toml"],
    "small/my-idea": [
        "experiments/small/my-idea.toml",
        "experiments/small/my-idea.py",
        "lessons/small/my-idea.zh.md",
        "lessons/small/my-idea.en.md",
    ],
    "small/double": [f"lessons/small/exercises/double/{part}.py" for part in ("starter", "solution", "check")]
    + ["lessons/small/exercises.toml"],
}


@pytest.fixture
def course(tmp_path: Path) -> Path:
    return tiny_course(tmp_path / "course")


def new(folder: Path, course: Path, *arguments: str, language: str = "en") -> tuple[int, str]:
    done = tutor(folder, "--lang", language, "--course", str(course), "new", *arguments)
    return done.returncode, done.stdout + done.stderr


def places(course: Path) -> dict[str, int]:
    """How many open places each file has by the linter."""
    found: dict[str, int] = {}
    for problem in lint(load_course(course)):
        if problem.message.en.startswith("still to be written"):
            assert problem.line
            name = str(problem.path.relative_to(course))
            found[name] = found.get(name, 0) + 1
    return found


@pytest.mark.parametrize(
    ("kind", "name"), [("lesson", "small/why"), ("experiment", "small/my-idea"), ("exercise", "small/double")]
)
def test_what_it_writes_is_refused_place_by_place(tmp_path: Path, course: Path, kind: str, name: str) -> None:
    before = {path: path.read_bytes() for path in course.rglob("*") if path.is_file()}
    status, said = new(tmp_path, course, kind, name)
    assert status == 0, said
    listed = [line.partition(" ") for line in said.splitlines() if line.startswith(("+ ", "~ "))]
    assert [file for _, _, file in listed] == MADE[name]
    assert [file for sign, _, file in listed if sign == "~"] == [file for file in MADE[name] if course / file in before]
    assert "minimind-tui check" in said
    for file in MADE[name]:
        written = len(PLACE.findall((course / file).read_text(encoding="utf-8")))
        assert places(course).get(file, 0) == written > 0
    for path, content in before.items():
        assert path.read_bytes().startswith(content.rstrip()), "what was there is there"


def test_the_claim_of_a_new_experiment_can_be_measured() -> None:
    spec = tomllib.loads(experiment_spec("small/my-idea"))
    for claim in spec["claims"]:
        measure.check(claim["measure"], [arm["id"] for arm in spec["arms"]])


def test_a_filled_exercise_passes(tmp_path: Path, course: Path) -> None:
    assert new(tmp_path, course, "exercise", "small/double")[0] == 0
    for path in [*(course / "lessons/small/exercises/double").glob("*.py"), course / "lessons/small/exercises.toml"]:
        path.write_text(PLACE.sub(r"\1", path.read_text(encoding="utf-8")), encoding="utf-8")
    done = tutor(tmp_path, "--lang", "en", "--trust", "--course", str(course), "check")
    assert done.returncode == 0, done.stdout


def test_a_module_has_the_lessons_that_every_module_has(tmp_path: Path, course: Path) -> None:
    table = course / "lessons/course.toml"
    other = """
[[modules]]
id = "next"
number = 2
tier = "only"
title = { zh = "下一个", en = "Next" }
question = { zh = "还有？", en = "And then?" }
hours = 1
state = "planned"
"""
    text = table.read_text(encoding="utf-8")
    ready = '\n[ready]\nlessons = ["why", "choices"]\n'
    table.write_text(text.replace("[[paths]]", f"{other}\n[[paths]]", 1) + ready, encoding="utf-8")
    status, said = new(tmp_path, course, "module", "next")
    assert status == 0, said
    assert [ref for ref in load_course(course).lessons if ref.startswith("next/")] == ["next/why", "next/choices"]
    texts = sorted(path.name for path in (course / "lessons/next").glob("*.md"))
    assert texts == ["choices.en.md", "choices.zh.md", "why.en.md", "why.zh.md"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("lesson", "small/start"), "it is there already"),
        (("experiment", "small/count"), "it is there already"),
        (("module", "small"), "it is there already"),
        (("lesson", "nowhere/x"), "there is no module nowhere"),
        (("lesson", "small"), "like attention/my-name"),
        (("lesson", "small/../x"), "like attention/my-name"),
        (("lesson", "small/X y"), "like attention/my-name"),
        (("lesson", "small/a-"), "like attention/my-name"),
        (("module", "small/x"), "like attention"),
    ],
)
def test_what_cannot_be_made_is_refused_and_nothing_is_written(
    tmp_path: Path, course: Path, arguments: tuple[str, str], said: str
) -> None:
    before = {path: path.read_bytes() for path in course.rglob("*") if path.is_file()}
    status, words = new(tmp_path, course, *arguments)
    assert status == 2
    assert said in words
    assert {path: path.read_bytes() for path in course.rglob("*") if path.is_file()} == before


def test_our_own_course_has_no_open_place() -> None:
    root = Path(__file__).parents[2]
    for folder in ("lessons", "experiments"):
        for path in (root / folder).rglob("*"):
            if path.suffix in (".md", ".toml", ".py"):
                assert not re.search(PLACE, path.read_text(encoding="utf-8")), path
