"""`minimind-tui glossary [TERM]`: all terms of the course, or what one of them means."""

from __future__ import annotations

import argparse

from minimind_tui.base.home import Home
from minimind_tui.base.text import Language, Text, other
from minimind_tui.commands.common import UsageError, open_course
from minimind_tui.content.course import Course
from minimind_tui.content.files import ContentError
from minimind_tui.content.glossary import Glossary, Term
from minimind_tui.practice.glossary import find_term, place_of
from minimind_tui.practice.search import plain


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `glossary`."""
    parser.add_argument(
        "term",
        metavar="TERM",
        nargs="*",
        help="a word in either language; none lists all / 中文或英文的词；不写就列出全部",
    )


def run(arguments: argparse.Namespace, language: Language, home: Home) -> int:
    """Print the terms, or one of them with its definition; 0 when it is printed."""
    course = open_course(arguments, home)
    glossary = glossary_of(course)
    if arguments.term:
        show(course, glossary, find_term(glossary, " ".join(arguments.term)), language)
        return 0
    for term in glossary.sorted(language):
        print("  ".join(dict.fromkeys([term.name.of(language), term.name.of(other(language))])))
    if not glossary.terms:
        print(Text(zh="这门课没有术语表。", en="This course has no glossary.").of(language))
    return 0


def glossary_of(course: Course) -> Glossary:
    """The glossary of the course. Raises UsageError where its file cannot be used."""
    try:
        return course.glossary()
    except ContentError as error:
        problem = error.problem
        raise UsageError(
            Text(
                zh=f"术语表用不了：{problem.place}：{problem.message.zh}",
                en=f"The glossary cannot be used: {problem.place}: {problem.message.en}",
            )
        ) from error


def show(course: Course, glossary: Glossary, term: Term, language: Language) -> None:
    """Print one term: its names, what it means, where it is defined, what to read after it."""
    names = list(dict.fromkeys([*term.named(language), *term.named(other(language))]))
    print("  ".join(names))
    print(f"    {plain(term.definition.of(language))}")
    place, chinese = place_of(course, term), language == "zh"
    if place is not None:
        print(f"    {'讲在：' if chinese else 'Defined in: '}{place.of(language)} ({term.defined_in})")
    if term.related:
        related = [each.name.of(language) for each in glossary.related(term)]
        print(f"    {'另见：' if chinese else 'See also: '}{('、' if chinese else ', ').join(related)}")
