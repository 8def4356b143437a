"""Writes stories: makes each choice of the grammar with its declared probability, from a seed."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator, Mapping

from data.tinytales.grammar import Grammar, Language, Plan, grammar
from data.tinytales.story import Story, tell

SEPARATOR = "\n"
"""What ends each story in a text. No story contains it."""


def generate(language: Language, stories: int, seed: int) -> list[Story]:
    """`stories` independent stories; the same seed gives the same stories on every machine."""
    source = _stream(grammar(language), seed)
    return [next(source) for _ in range(stories)]


def text(language: Language, characters: int, seed: int) -> str:
    """Exactly `characters` characters of stories, each ended by a newline; the last story may be cut."""
    pieces: list[str] = []
    length = 0
    for story in _stream(grammar(language), seed):
        if length >= characters:
            break
        pieces += story.text, SEPARATOR
        length += len(story.text) + len(SEPARATOR)
    return "".join(pieces)[:characters]


def simple_story(language: Language, rng: random.Random) -> Story:
    """A story of the pronoun family alone: two people meet, an animal sleeps, "then she sang and he ran".

    All of them have the same number of words (24 in English, 25 in Chinese), so that a batch needs no
    padding. Who comes first and which pronoun comes first are chosen apart, so that no position tells the
    referent. Women and men do the same things, so that the pronoun alone tells nothing of the verb: it must
    be known from the name.
    """
    chosen_grammar = grammar(language)
    return _story(chosen_grammar, chosen_grammar.simple, 0.0, rng)


def vocabulary(language: Language) -> list[str]:
    """Every word and stop that a story can hold, sorted: the vocabulary of a model of words."""
    found = grammar(language)
    return sorted(_all_words(found, (*found.plans, found.simple)))


def simple_vocabulary(language: Language) -> list[str]:
    """Every word and stop of `simple_story`, sorted."""
    found = grammar(language)
    return sorted(_all_words(found, (found.simple,)))


def alphabet(language: Language) -> list[str]:
    """Every character that a text can hold, the separator included, sorted."""
    found = grammar(language)
    characters = {character for word in _all_words(found, found.plans) for character in word}
    return sorted(characters | {SEPARATOR} | ({" "} if found.spaced else set()))


def _stream(source: Grammar, seed: int) -> Iterator[Story]:
    rng = random.Random(seed)
    while True:
        number = _pick({str(index): plan.probability for index, plan in enumerate(source.plans)}, rng)
        plan = source.plans[int(number)]
        yield _story(source, plan, -math.log(plan.probability), rng)


def _story(source: Grammar, plan: Plan, nats: float, rng: random.Random) -> Story:
    chosen: dict[str, str] = {}
    words: list[str] = []
    for name in plan.scenes:
        scene = source.scenes[name]
        for slot in scene.draw:
            options = source.left(slot, chosen)
            chosen[slot] = _pick(options, rng)
            nats -= math.log(options[chosen[slot]])
        wording = scene.wordings[
            int(_pick({str(index): say.probability for index, say in enumerate(scene.wordings)}, rng))
        ]
        nats -= math.log(wording.probability)
        words += [word for part in wording.parts for word in source.words(part, chosen)]
    return tell(source, words, chosen, nats)


def _pick(options: Mapping[str, float], rng: random.Random) -> str:
    """One of `options` by its probability. Uses `random()` alone, whose values never change with Python."""
    point = rng.random()
    total = 0.0
    for option, probability in options.items():
        total += probability
        if point < total:
            return option
    return option  # the sum of the probabilities may round to just below 1


def _all_words(source: Grammar, plans: Iterable[Plan]) -> set[str]:
    scenes = {name for plan in plans for name in plan.scenes}
    words: set[str] = set()
    for part in (part for name in scenes for say in source.scenes[name].wordings for part in say.parts):
        if part.slot is None:
            words.add(part.literal)
            continue
        for entry in source.tables[source.slots[part.slot]].values():
            words.update(entry.words if part.attribute is None else entry.attributes[part.attribute])
    return words
