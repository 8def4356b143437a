"""Finds phrases in a text: whole words of English, Chinese without spaces, the longest of overlapping ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

HAN = "\u3400-\u4dbf\u4e00-\u9fff"
START = re.compile(rf"[A-Za-z0-9_]+|[{HAN}]")
"""Where a phrase can begin: at a word of Latin letters, or at any Chinese character."""
GAP = re.compile(r"[\s-]+")


class Occurrence(NamedTuple):
    """A place at which a text names a term."""

    start: int
    end: int
    term: str
    """The term's id."""


class Phrases:
    """Phrases to look for: `meant` says which term each names; those of `other` only cover what would be one."""

    def __init__(self, meant: Mapping[str, str], other: Iterable[str] = ()) -> None:
        self._by_start: dict[str, list[tuple[re.Pattern[str], str | None]]] = {}
        known = [*meant.items(), *((phrase, None) for phrase in other)]
        for phrase, term in sorted(known, key=lambda pair: -len(pair[0])):
            for start in _starts(phrase):
                self._by_start.setdefault(start, []).append((_pattern(phrase), term))

    def occurrences(self, text: str) -> Iterator[Occurrence]:
        """Where the phrases that name a term stand in `text`, in order and without overlap."""
        end = 0
        for start in START.finditer(text):
            if start.start() < end:
                continue
            for pattern, term in self._by_start.get(start[0].lower(), ()):
                found = pattern.match(text, start.start())
                if found:
                    end = found.end()
                    if term is not None:
                        yield Occurrence(found.start(), end, term)
                    break


def _starts(phrase: str) -> list[str]:
    """What the first word of the text is where this phrase stands: a phrase of one word may have an s."""
    first = START.match(phrase)
    if first is None:
        return []
    word = first[0].lower()
    return [word, f"{word}s"] if first.end() == len(phrase) and word.isascii() else [word]


def _pattern(phrase: str) -> re.Pattern[str]:
    """A phrase in small letters is found in capitals, too; spaces and hyphens stand for each other, and line ends."""
    parts = [re.escape(part) for part in GAP.split(phrase)]
    text = r"[\s-]+".join(parts)
    if phrase[-1].isascii() and phrase[-1].isalnum():
        text += r"s?(?![A-Za-z0-9_])"
    return re.compile(text, 0 if any(sign.isupper() for sign in phrase) else re.IGNORECASE)
