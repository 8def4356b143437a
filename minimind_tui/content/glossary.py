"""The glossary of a course: what its words mean, and where each of them is defined.

It is read when somebody looks a word up or checks the course, never when the app starts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from minimind_tui.base.text import LANGUAGES, Language, Text
from minimind_tui.content.files import ContentError, Problem, decode, inside, read_text
from minimind_tui.content.place import line_of
from minimind_tui.content.tables import ContentTable, Identifier, Reference
from minimind_tui.content.terms import Occurrence, Phrases

FILE = "lessons/glossary.toml"

Form = Annotated[str, Meta(min_length=1, max_length=60)]


class Forms(ContentTable):
    """Words or phrases in each language."""

    zh: list[Form] = []
    en: list[Form] = []

    def of(self, language: Language) -> list[str]:
        """Those of `language`."""
        return self.zh if language == "zh" else self.en


class Term(ContentTable):
    """One technical term.

    An English form is found with an s after it, too; one in small letters is found in capitals as well. English forms
    are looked for in Chinese texts as well, since these use them.
    """

    id: Identifier
    name: Text
    """What it is called; an abbreviation that everybody uses is the name."""
    definition: Text
    """One to three sentences, with formulas where they help."""
    forms: Forms = msgspec.field(default_factory=Forms)
    """What else it is called: abbreviations, other names, plurals that are not made with an s."""
    phrases: Forms = msgspec.field(default_factory=Forms)
    """Phrases in which texts speak of it and that are no name of it: `each head`, `normalized`."""
    unlike: Forms = msgspec.field(default_factory=Forms)
    """Longer phrases that hold one of its forms and mean something else: `key` in `press a key`."""
    defined_in: Reference | None = None
    """The lesson that defines it. A term without one is assumed to be known from the start."""
    glossed_in: list[Reference] = []
    """Lessons that say in a few words what it is, where it is used before the lesson that defines it."""
    related: list[Identifier] = []
    """Other terms that are worth reading after this one."""

    def named(self, language: Language) -> list[str]:
        """Its name in `language` and whatever else it is called there."""
        return list(dict.fromkeys([self.name.of(language), *self.forms.of(language)]))

    def written(self, language: Language) -> list[str]:
        """All forms by which a text in `language` may name it."""
        english = [*self.named("en"), *self.phrases.en]
        return english if language == "en" else list(dict.fromkeys([*self.named("zh"), *self.phrases.zh, *english]))

    @property
    def explained_in(self) -> list[str]:
        """The lessons after which it may be used."""
        return [*([self.defined_in] if self.defined_in else []), *self.glossed_in]


class GlossaryFile(ContentTable):
    """`lessons/glossary.toml`."""

    format: Literal[1]
    terms: list[Term]


@dataclass
class Glossary:
    """The terms of a course, in the order of the file."""

    terms: list[Term] = field(default_factory=list)

    @cached_property
    def by_id(self) -> dict[str, Term]:
        """Every term by its id."""
        return {term.id: term for term in self.terms}

    @cached_property
    def _phrases(self) -> dict[Language, Phrases]:
        return {language: _phrases(self.terms, language) for language in LANGUAGES}

    def occurrences(self, text: str, language: Language) -> Iterator[Occurrence]:
        """Where the text names a term, in order; of overlapping forms the longest counts."""
        return self._phrases[language].occurrences(text)

    def terms_in(self, text: str, language: Language) -> list[Term]:
        """The terms that a text names, each once, in the order in which they come."""
        found = dict.fromkeys(occurrence.term for occurrence in self.occurrences(text, language))
        return [self.by_id[name] for name in found]

    def related(self, term: Term) -> list[Term]:
        """The terms that `term` refers to."""
        return [self.by_id[name] for name in term.related]

    def sorted(self, language: Language) -> list[Term]:
        """All terms by their names: in Chinese those that begin with a letter come first."""
        return sorted(self.terms, key=lambda term: term.name.of(language).casefold())


def load_glossary(root: Path) -> Glossary:
    """The glossary of the course in `root`; an empty one where it has none.

    Raises ContentError where the file cannot be used: not TOML, not typed as `GlossaryFile`, an id or a form that two
    terms have, a related term that there is not.
    """
    path = inside(root, FILE)
    if not path.exists():
        return Glossary()
    terms = decode(path, GlossaryFile).terms
    for index, zh, en in _contradictions(terms):
        line = line_of(read_text(path), f"at `$.terms[{index}]`")
        raise ContentError(Problem(path, line, Text(zh=zh, en=en)))
    return Glossary(terms)


def _phrases(terms: Sequence[Term], language: Language) -> Phrases:
    meant = {form: term.id for term in terms for form in term.written(language)}
    other = [phrase for term in terms for each in _read_in(language) for phrase in term.unlike.of(each)]
    return Phrases(meant, other)


def _read_in(language: Language) -> tuple[Language, ...]:
    return LANGUAGES if language == "zh" else ("en",)


def _contradictions(terms: Sequence[Term]) -> Iterator[tuple[int, str, str]]:
    """(which term, what is wrong in Chinese, in English)."""
    ids = [term.id for term in terms]
    owner: dict[str, str] = {}
    for index, term in enumerate(terms):
        if term.id in ids[:index]:
            yield index, f"术语 {term.id} 写了两遍", f"the term {term.id} stands here twice"
        for form in {form.casefold() for form in term.written("zh")}:
            other = owner.setdefault(form, term.id)
            if other != term.id:
                yield (
                    index,
                    f"{form!r} 既是 {other} 又是 {term.id}：只留给一个",
                    f"{form!r} is a form of {other} and of {term.id}: leave it to one of them",
                )
        for name in term.related:
            if name not in ids:
                yield (
                    index,
                    f"{term.id} 的 related 里有 {name}，没有这个术语",
                    f"{term.id} is related to {name}, and there is no such term",
                )
