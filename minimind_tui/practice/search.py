"""Search in everything that can be read: the glossary, lessons and experiments, questions, cards, exercises, notes.

All words asked for must stand in the same section. Letters are compared as NFKC and without case, so that full-width
signs, capitals and Chinese are found as one types them. Answers, hints and explanations are not searched: a hit would
give them away.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple

from minimind_tui.base.home import Home
from minimind_tui.base.inert import inert
from minimind_tui.base.text import LANGUAGES, Language
from minimind_tui.content.course import Course
from minimind_tui.content.drawings import without_drawings
from minimind_tui.content.files import ContentError
from minimind_tui.content.formula import inline_formula
from minimind_tui.content.lesson import ANY_LIVE, CODE, COMPUTED, EMBED, FORMULA, sections, with_live_values
from minimind_tui.content.practice import OpenQuestion, Question
from minimind_tui.content.schema import Experiment
from minimind_tui.practice.notes import NoteError, all_notes, read_note

Kind = Literal["term", "lesson", "experiment", "question", "card", "exercise", "note"]

SNIPPET_CHARACTERS = 120
"""Characters of a text that a hit shows."""

MOST_HITS = 100
"""Hits that are shown; whoever has more needs another word."""

MOST_WORDS = 8
LONGEST_QUERY = 100

_HEADING = re.compile(r"^#{1,6}[ \t]+(.*)$", re.MULTILINE)
_MARKS = re.compile(r"(\*\*|__|`|^>[ \t]?|^[ \t]*[-*][ \t]+|^\|[-| :]+\|?$|^```.*$|^~~~.*$)", re.MULTILINE)
_LINK = re.compile(r"\[([^\[\]\n]*)\]\([^()\n]*\)")
_SPACE = re.compile(r"\s+")


class Passage(NamedTuple):
    """A piece of text that is found as a whole; `language` is None for what the learner wrote."""

    kind: Kind
    ref: str
    """`module/name`; of a question or a card, its module and its id; of a term, its id."""
    part: int
    """Which section of the text it is: the same number is the same section in the other language."""
    language: Language | None
    title: str
    heading: str
    """The heading of the section; empty at the beginning of a text."""
    text: str


class Hit(NamedTuple):
    """A passage in which all words stand, and what of it to show."""

    passage: Passage
    snippet: str
    marks: list[tuple[int, int]]
    """Where the words stand in the snippet: from, to."""


class Found(NamedTuple):
    """The first hits, and how many there are in all."""

    hits: list[Hit]
    total: int


class _Fold(dict[int, str]):
    """A table for `str.translate` that is filled character by character as they occur."""

    def __missing__(self, code: int) -> str:
        folded = unicodedata.normalize("NFKC", chr(code)).casefold()
        self[code] = folded
        return folded


_FOLD = _Fold()


def folded(text: str) -> str:
    """A text normalized for comparison, character by character, so that positions in it are those in the text."""
    return unicodedata.normalize("NFC", text).translate(_FOLD)


def words_of(query: str) -> list[str]:
    """The words of a question, as they are compared."""
    return list(dict.fromkeys(folded(query[:LONGEST_QUERY]).split()))[:MOST_WORDS]


@dataclass
class Index:
    """Everything that can be found. It reads the files when it is first asked; one that cannot be read is left out."""

    course: Course
    home: Home
    _notes: list[tuple[Passage, str]] = field(default_factory=list)

    @cached_property
    def _texts(self) -> list[tuple[Passage, str]]:
        return [_prepared(passage) for passage in _of_course(self.course)]

    def load(self) -> None:
        """Read the texts that were not read yet, and all notes again."""
        self._notes = [_prepared(passage) for passage in _of_notes(self.course, self.home)]
        _ = self._texts

    def find(self, query: str, language: Language) -> Found:
        """All hits, the reader's language first: those in titles, then those in headings, then the rest.

        A section that is found in the reader's language is not shown again in the other one.
        """
        words = words_of(query)
        if not words:
            return Found([], 0)
        found = [
            (self._rank(passage, words, language), place, passage)
            for place, (passage, text) in enumerate([*self._notes, *self._texts])
            if all(word in text for word in words)
        ]
        found.sort(key=lambda entry: entry[:2])
        once: dict[tuple[str, str, int], Passage] = {}
        for _, _, passage in found:
            once.setdefault((passage.kind, passage.ref, passage.part), passage)
        return Found([_hit(passage, words) for passage in list(once.values())[:MOST_HITS]], len(once))

    def _rank(self, passage: Passage, words: Sequence[str], language: Language) -> tuple[int, int]:
        foreign = int(passage.language not in (language, None))
        for rank, text in enumerate((passage.title, passage.heading)):
            if all(word in folded(text) for word in words):
                return foreign, rank
        return foreign, 2


def _prepared(passage: Passage) -> tuple[Passage, str]:
    parts = (passage.title, passage.heading, passage.text)
    return passage, folded("\n".join(parts))


def _hit(passage: Passage, words: Sequence[str]) -> Hit:
    """The part of a passage in which a word first stands, the words marked."""
    text = unicodedata.normalize("NFC", passage.text)
    spans = _spans(text, words)
    first = spans[0][0] if spans else 0
    start = max(0, first - SNIPPET_CHARACTERS // 4)
    if start:  # at the beginning of a word
        space = text.find(" ", start, first)
        start = space + 1 if space >= 0 else start
    end = min(len(text), start + SNIPPET_CHARACTERS)
    head, tail = "… " if start else "", " …" if end < len(text) else ""
    shift = len(head) - start
    marks = [(max(a, start) + shift, min(b, end) + shift) for a, b in spans if a < end and b > start]
    return Hit(passage, head + text[start:end] + tail, marks)


def _spans(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """(start, end) of the words in a text, in order and without overlap."""
    compared, origin = "", []
    for place, sign in enumerate(text):
        piece = _FOLD[ord(sign)]
        compared += piece
        origin += [place] * len(piece)
    found = []
    for word in words:
        at = compared.find(word)
        while at >= 0:
            found.append((origin[at], origin[at + len(word) - 1] + 1))
            at = compared.find(word, at + len(word))
    kept: list[tuple[int, int]] = []
    for begin, end in sorted(found):
        if not kept or begin >= kept[-1][1]:
            kept.append((begin, end))
    return kept


def _of_course(course: Course) -> Iterator[Passage]:
    for language in LANGUAGES:
        yield from _of_glossary(course, language)
        for ref, lesson in course.lessons.items():
            yield from _of_text(course, "lesson", ref, lesson.title.of(language), language)
        for ref, experiment in course.experiments.items():
            yield _of_experiment(ref, experiment, language)
            yield from _of_text(course, "experiment", ref, experiment.title.of(language), language)
        for module in course.modules:
            yield from _of_practice(course, module, language)


def _of_glossary(course: Course, language: Language) -> Iterator[Passage]:
    with suppress(ContentError):
        for term in course.glossary().terms:
            title = " · ".join(term.named(language))
            yield Passage("term", term.id, 0, language, title, "", plain(term.definition.of(language)))


def _of_text(
    course: Course, kind: Literal["lesson", "experiment"], ref: str, title: str, language: Language
) -> Iterator[Passage]:
    try:
        text = course.lesson_text(ref, language)
    except ContentError:
        return
    for part, section in enumerate(sections(text)):
        heading, body = _opened(section)
        if part == 0:  # under the text's own title, which most often is the lesson's
            heading, body = "", body if heading == title else section
        yield Passage(kind, ref, part, language, title, heading, plain(body))


def _of_experiment(ref: str, experiment: Experiment, language: Language) -> Passage:
    said = [experiment.question, experiment.factor.label, experiment.fairness, *(arm.label for arm in experiment.arms)]
    said += [parameter.label for parameter in experiment.parameters]
    text = "\n".join(text.of(language) for text in said)
    return Passage("experiment", ref, -1, language, experiment.title.of(language), "", plain(text))


def _of_practice(course: Course, module: str, language: Language) -> Iterator[Passage]:
    title = course.modules[module].title.of(language)
    with suppress(ContentError):
        for question in course.quiz(module):
            yield Passage(
                "question", f"{module}/{question.id}", 0, language, title, "", plain(_asked(question, language))
            )
    with suppress(ContentError):
        for card in course.cards(module):
            asked = [card.question, *(each.question for each in card.follow_ups)]
            text = plain("\n".join(text.of(language) for text in asked))
            yield Passage("card", f"{module}/{card.id}", 0, language, title, "", text)
    with suppress(ContentError):
        for exercise in course.exercises(module):
            named = exercise.title.of(language)
            text = plain(exercise.task.of(language))
            yield Passage("exercise", f"{module}/{exercise.id}", 0, language, named, "", text)


def _asked(question: Question, language: Language) -> str:
    """What a question shows before it is answered; its choices in an order that says nothing."""
    if isinstance(question, OpenQuestion):
        return question.text.of(language)
    return "\n".join([question.text.of(language), *sorted(choice.text.of(language) for choice in question.choices)])


def _of_notes(course: Course, home: Home) -> Iterator[Passage]:
    for ref in all_notes(home):
        with suppress(NoteError):
            text = read_note(home, ref)
            yield Passage("note", ref, 0, None, "", "", plain(inert(text)))


def _opened(section: str) -> tuple[str, str]:
    """The heading of a section and the text under it."""
    heading = _HEADING.match(section)
    return (plain(heading[1]), section[heading.end() :]) if heading else ("", section)


def plain(markdown: str) -> str:
    """Markdown as running text: formulas written out, drawings, live values and directives left out, on one line."""
    markdown = without_drawings(markdown)
    text = COMPUTED.sub(lambda match: with_live_values(match[0], lambda _: "…"), markdown)
    text = EMBED.sub("", CODE.sub(lambda match: match[2], ANY_LIVE.sub("…", text)))
    text = FORMULA.sub(lambda match: _drawn(match[1] or match[2]), text)
    text = _LINK.sub(r"\1", _MARKS.sub("", _HEADING.sub(r"\1", text)))
    return _SPACE.sub(" ", text.replace("|", " ")).strip()


def _drawn(latex: str) -> str:
    try:
        return inline_formula(latex)
    except (ValueError, RecursionError):
        return latex
