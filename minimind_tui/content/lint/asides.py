"""What a module says beside its lessons: its experiments, questions, cards and exercises, each text with its place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import msgspec

from minimind_tui.base.text import LANGUAGES, Language, Text
from minimind_tui.content.course import Course
from minimind_tui.content.files import ContentError
from minimind_tui.content.practice import Exercise
from minimind_tui.content.schema import Parameter


class Aside(NamedTuple):
    """A text in one language; `place` is where its table stands in a TOML file, such as `.cards[2]`."""

    path: Path
    place: str
    language: Language
    text: str


def asides(course: Course, module: str) -> Iterator[Aside]:
    """All that a module says beside its lessons; what cannot be read is left out."""
    for ref in course.experiments:
        if ref.partition("/")[0] == module:
            spec = course.experiments[ref]
            yield from _of_table(course.source(ref).with_suffix(".toml"), "", spec)
            for language in LANGUAGES:
                with suppress(ContentError):
                    yield Aside(course.lesson_file(ref, language), "", language, course.lesson_text(ref, language))
    with suppress(ContentError):
        for index, question in enumerate(course.quiz(module)):
            yield from _of_table(course.practice_file(module, "quiz"), f".questions[{index}]", question)
    with suppress(ContentError):
        for index, card in enumerate(course.cards(module)):
            yield from _of_table(course.practice_file(module, "cards"), f".cards[{index}]", card)
    with suppress(ContentError):
        for index, exercise in enumerate(course.exercises(module)):
            yield from _of_table(course.practice_file(module, "exercises"), f".exercises[{index}]", exercise)


def _of_table(path: Path, place: str, table: msgspec.Struct) -> Iterator[Aside]:
    for at, text in sentences(table, place):
        for language in LANGUAGES:
            yield Aside(path, at, language, text.of(language))


def sentences(part: object, place: str = "") -> Iterator[tuple[str, Text]]:
    """Every text in a table, and where it stands; of an exercise its title and task: hints are asked for one by one."""
    if isinstance(part, Text):
        yield place, part
    elif isinstance(part, Exercise):
        yield from ((f"{place}.title", part.title), (f"{place}.task", part.task))
    elif isinstance(part, msgspec.Struct):
        for name in part.__struct_fields__:
            yield from sentences(getattr(part, name), f"{place}.{name}")
    elif isinstance(part, list):
        for index, each in enumerate(part):  # some parameters come from another file, and have no place in this one
            yield from sentences(each, place if isinstance(each, Parameter) else f"{place}[{index}]")
    elif isinstance(part, dict):
        for key, each in part.items():
            yield from sentences(each, f"{place}.{key}")
