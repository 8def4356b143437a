"""Lint of the glossary: its entries are sound, and no text uses a term before a lesson has said what it means.

Texts are taken in the order in which a learner meets them on a path. What belongs to a module beside its lessons (the
texts and specs of its experiments, its quiz, its cards and its exercises) comes after the module's last lesson.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from minimind_tui.base.text import LANGUAGES, Language, Text
from minimind_tui.content.course import Course
from minimind_tui.content.files import ContentError, Problem
from minimind_tui.content.glossary import FILE, Glossary, Term
from minimind_tui.content.lesson import line_at
from minimind_tui.content.lint.asides import asides
from minimind_tui.content.lint.drawing import markdown_problems, problem_at
from minimind_tui.content.prose import prose
from minimind_tui.content.schema import LearningPath


class Mention(NamedTuple):
    """The first place at which a text names a term."""

    path: Path
    line: int | None
    term: Term
    words: str


def glossary_problems(course: Course) -> Iterator[Problem]:
    """What is wrong with the glossary, and where the course uses a term too early."""
    try:
        glossary = course.glossary()
    except ContentError as error:
        yield error.problem
        return
    mentions = {(ref, language): _mentions(course, glossary, ref, language) for ref, language in _texts(course)}
    for index, term in enumerate(glossary.terms):
        yield from markdown_problems(course.root / FILE, f".terms[{index}]", term.definition)
        yield from _explained(course, index, term, mentions)
    for path in course.paths.values():
        yield from _too_early(course, glossary, path, mentions)


def _texts(course: Course) -> Iterator[tuple[str, Language]]:
    for ref in [*course.lessons, *course.experiments]:
        for language in LANGUAGES:
            yield ref, language


Mentions = dict[tuple[str, Language], list[Mention]]


def _mentions(course: Course, glossary: Glossary, ref: str, language: Language) -> list[Mention]:
    """The terms that the text of `ref` names, each at its first place; none where it cannot be read."""
    try:
        path, markdown = course.lesson_file(ref, language), course.lesson_text(ref, language)
    except ContentError:
        return []  # said where the text is looked at
    return _first(glossary, path, markdown, language)


def _first(glossary: Glossary, path: Path, markdown: str, language: Language) -> list[Mention]:
    text, found = prose(markdown), dict[str, Mention]()
    line = line_at(text)
    for start, end, name in glossary.occurrences(text, language):
        if name not in found:
            found[name] = Mention(path, line(start), glossary.by_id[name], text[start:end])
    return list(found.values())


def _explained(course: Course, index: int, term: Term, mentions: Mentions) -> Iterator[Problem]:
    """Lessons that are said to explain the term and do not name it, or that there are not."""
    for ref in term.explained_in:
        if ref not in course.lessons:
            yield problem_at(
                course.root / FILE,
                f".terms[{index}]",
                f"{term.id} 说在 {ref} 里讲，没有这一课",
                f"{term.id} is said to be explained in {ref}: there is no such lesson",
            )
            continue
        for language in LANGUAGES:
            if all(mention.term is not term for mention in mentions[ref, language]):
                yield problem_at(
                    course.root / FILE,
                    f".terms[{index}]",
                    f"{term.id} 说在 {ref}.{language}.md 里讲，那里没有出现它的任何写法",
                    f"{term.id} is said to be explained in {ref}.{language}.md, which names it in none of its forms",
                )


def _too_early(course: Course, glossary: Glossary, path: LearningPath, mentions: Mentions) -> Iterator[Problem]:
    """Terms that are used on this path before anything has explained them."""
    known = _known_before(course, path)
    lessons = [step.ref for step in path.steps if step.kind == "lesson"]
    for place, ref in enumerate(lessons):
        known.add(ref)
        for language in LANGUAGES:
            yield from _unknown(path, known, mentions.get((ref, language), []))
        module = ref.partition("/")[0]
        if module in path.modules and all(other.partition("/")[0] != module for other in lessons[place + 1 :]):
            for aside in asides(course, module):
                found = _first(glossary, aside.path, aside.text, aside.language)
                for problem in _unknown(path, known, found):
                    text = problem.message
                    yield problem_at(aside.path, aside.place, text.zh, text.en) if aside.place else problem


def _known_before(course: Course, path: LearningPath) -> set[str]:
    """The lessons that come before a path: those of all modules before its first one."""
    modules = path.modules or [step.ref.partition("/")[0] for step in path.steps]
    numbers = [course.modules[name].number for name in modules if name in course.modules]
    before = {module.id for module in course.modules.values() if numbers and module.number < min(numbers)}
    return {ref for ref in course.lessons if ref.partition("/")[0] in before}


def _unknown(path: LearningPath, known: set[str], mentions: list[Mention]) -> Iterator[Problem]:
    for mention in mentions:
        explained = mention.term.explained_in
        if explained and known.isdisjoint(explained):
            later = mention.term.defined_in or explained[0]
            yield Problem(
                mention.path,
                mention.line,
                Text(
                    zh=f"路线 {path.id}：用到“{mention.words}”，要到 {later} 才讲；在这一课或更早的课里用几个字说明，"
                    "再把那一课写进它的 glossed_in",
                    en=f"path {path.id}: `{mention.words}` is explained only in {later}; explain it in "
                    "a few words in this lesson or an earlier one, and add that lesson to its glossed_in",
                ),
            )
