"""Looking a word up: the terms to list for what was typed and what is being read, and a term by any of its names."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import NamedTuple

from minimind_tui.base.errors import Refusal
from minimind_tui.base.inert import inert
from minimind_tui.base.text import LANGUAGES, Language, Text
from minimind_tui.content.course import Course
from minimind_tui.content.glossary import Glossary, Term
from minimind_tui.practice.search import folded, words_of

ON_SCREEN = Text(zh="屏幕上的", en="On the screen")
IN_TEXT = Text(zh="这篇课文里的", en="In this text")
OTHERS = Text(zh="其余的", en="All others")


class UnknownTerm(Refusal):
    """The glossary has no such term; `message` names those that are spelled alike."""


class Group(NamedTuple):
    """Terms that are listed together, under a title where there are several groups."""

    title: Text | None
    terms: list[Term]


def listed(
    glossary: Glossary, query: str, language: Language, seen: Sequence[Term] = (), near: Sequence[Term] = ()
) -> list[Group]:
    """What fits the query, best first; without one all terms: those that are seen, those of the same text, the rest."""
    if words_of(query):
        found = matching(glossary, query, language)
        return [Group(None, found)] if found else []
    rest = [term for term in glossary.sorted(language) if term not in seen and term not in near]
    groups = [Group(ON_SCREEN, list(seen)), Group(IN_TEXT, list(near)), Group(OTHERS if seen or near else None, rest)]
    return [group for group in groups if group.terms]


def matching(glossary: Glossary, query: str, language: Language) -> list[Term]:
    """The terms of whose names in both languages one holds all words of the query: whole names first."""
    words = words_of(query)
    ranked = [
        (rank, place, term)
        for place, term in enumerate(glossary.sorted(language))
        if (rank := _rank(words, term)) is not None
    ]
    return [term for _, _, term in sorted(ranked, key=lambda entry: entry[:2])]


def _rank(words: Sequence[str], term: Term) -> int | None:
    """0 for a name itself, 1 for the beginning of one, 2 for a part of one; None where no name has all words."""
    names = [folded(name) for language in LANGUAGES for name in term.named(language)]
    whole = " ".join(words)
    if whole in names:
        return 0
    if any(name.startswith(whole) for name in names):
        return 1
    return 2 if any(all(word in name for word in words) for name in names) else None


def find_term(glossary: Glossary, name: str) -> Term:
    """The term with that id, name or form in either language. Raises UnknownTerm with what is spelled alike."""
    named: dict[str, Term] = {}
    for term in glossary.terms:
        for form in (term.id, *term.written("zh")):
            named.setdefault(folded(form), term)
    wanted = " ".join(folded(name).split())
    if wanted in named:
        return named[wanted]
    alike = [named[form] for form in difflib.get_close_matches(wanted, named, n=5, cutoff=0.6)]
    alike += [term for form, term in named.items() if wanted and wanted in form]
    close = list(dict.fromkeys(term.id for term in alike))[:3]
    shown = inert(name, 60)
    said = {language: [glossary.by_id[each].name.of(language) for each in close] for language in LANGUAGES}
    raise UnknownTerm(
        Text(
            zh=f"术语表里没有 {shown}。"
            + (f"是不是：{'、'.join(said['zh'])}？" if close else "")
            + "minimind-tui glossary 列出全部。",
            en=f"The glossary has no {shown}. "
            + (f"Did you mean {', '.join(said['en'])}? " if close else "")
            + "minimind-tui glossary lists all terms.",
        )
    )


def place_of(course: Course, term: Term) -> Text | None:
    """Where a term is defined: the module and the lesson; None where no lesson of this course defines it."""
    lesson = course.lessons.get(term.defined_in or "")
    module = course.modules.get((term.defined_in or "").partition("/")[0])
    if lesson is None or module is None:
        return None
    return Text(
        zh=f"{module.number:02d} {module.title.zh} › {lesson.title.zh}",
        en=f"{module.number:02d} {module.title.en} › {lesson.title.en}",
    )
