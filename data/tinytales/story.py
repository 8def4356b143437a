"""One story: its words, its text, and where its people, pronouns and verbs stand in both.

The positions are what an experiment needs to ask whether a pronoun's attention finds the person it
refers to: by index in `words` for a model of words, by span in `text` for a model of characters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from data.tinytales.grammar import Grammar, Language


class Span(NamedTuple):
    """Characters `start` up to `stop` of a story's text: `text[start:stop]`."""

    start: int
    stop: int


@dataclass(frozen=True)
class Pronoun:
    """A pronoun, the one person it refers to, and the verb that follows from who that is.

    `pronoun`, `referent`, `verb` are spans of the text, `*_word` the same as indices of `words`. The
    referent is the person's first mention; `mention_words` are all the mentions before the pronoun.
    """

    name: str
    pronoun: Span
    referent: Span
    verb: Span
    pronoun_word: int
    referent_word: int
    verb_word: int
    mention_words: tuple[int, ...]


@dataclass(frozen=True)
class Story:
    """A story and what is known of it. `nats` is -ln p(story): the surprise of its choices, exactly."""

    language: Language
    text: str
    words: list[str]
    spans: list[Span]
    names: list[str]
    pronouns: list[Pronoun]
    chosen: Mapping[str, str]
    nats: float


def tell(grammar: Grammar, words: Sequence[str], chosen: Mapping[str, str], nats: float) -> Story:
    """The story that `words` make, with its text and its pronouns found."""
    text, spans = write(grammar, words)
    people = {pronoun: chosen[slot] for pronoun, slot in grammar.pronouns.items() if slot in chosen}
    places = [place for place, word in enumerate(words) if word in people]
    found = [_pronoun(words, spans, place, people[words[place]]) for place in places]
    return Story(grammar.language, text, list(words), spans, list(people.values()), found, chosen, nats)


def write(grammar: Grammar, words: Sequence[str]) -> tuple[str, list[Span]]:
    """The text of `words` as the language writes them, and the span of each word in it."""
    text = ""
    spans = []
    for word in words:
        text += grammar.gap(word) if text else ""
        spans.append(Span(len(text), len(text) + len(word)))
        text += word
    return text, spans


def _pronoun(words: Sequence[str], spans: Sequence[Span], place: int, name: str) -> Pronoun:
    mentions = tuple(earlier for earlier in range(place) if words[earlier] == name)
    return Pronoun(
        name=name,
        pronoun=spans[place],
        referent=spans[mentions[0]],
        verb=spans[place + 1],
        pronoun_word=place,
        referent_word=mentions[0],
        verb_word=place + 1,
        mention_words=mentions,
    )
