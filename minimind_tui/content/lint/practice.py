"""Lint of the practice of a module: its questions, cards and exercises, and files that no table names."""

from __future__ import annotations

from collections.abc import Iterator
from os.path import lexists

from minimind_tui.base.text import Text
from minimind_tui.content.course import Course
from minimind_tui.content.files import ContentError, Problem
from minimind_tui.content.lint.cards import card_problems
from minimind_tui.content.lint.exercises import PARTS, exercise_problems
from minimind_tui.content.lint.quiz import quiz_problems

TABLES = ("module.toml", "quiz.toml", "cards.toml", "exercises.toml")
STRAY = Text(
    zh="没有任何地方提到这个文件：写进 exercises.toml，或删掉",
    en="nothing names this file: add it to exercises.toml, or delete it",
)


def practice_problems(course: Course, module: str) -> Iterator[Problem]:
    """What is wrong with the tables of practice that the module has."""
    known = set[str]()
    try:
        if lexists(path := course.practice_file(module, "quiz")):
            yield from quiz_problems(path, course.quiz(module))
    except ContentError as error:
        yield error.problem
    try:
        if lexists(path := course.practice_file(module, "cards")):
            yield from card_problems(path, course.cards(module))
    except ContentError as error:
        yield error.problem
    try:
        if lexists(course.practice_file(module, "exercises")):
            exercises = course.exercises(module)
            known = {exercise.id for exercise in exercises}
            yield from exercise_problems(course, module, exercises)
    except ContentError as error:
        known.update(folder.name for folder in (course.root / "lessons" / module).glob("exercises/*"))
        yield error.problem
    folder = course.root / "lessons" / module
    for file in sorted(folder.glob("*.toml")):
        if file.name not in TABLES:
            yield Problem(file, None, Text(zh="没有这种表", en=f"no table of a module: {', '.join(TABLES)} are"))
    for file in sorted(folder.glob("exercises/*")):
        if file.name not in known:
            yield Problem(file, None, STRAY)
    for file in sorted(file for name in known for file in (folder / "exercises" / name).glob("*")):
        if file.name != "__pycache__" and not (file.stem in PARTS and file.suffix == ".py"):
            yield Problem(file, None, STRAY)
