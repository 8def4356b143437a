"""The exact entropy of TinyTales: the loss, in nats a character, that no model can beat on average.

A text is a stream of independent stories, each ended by a newline, and different choices never give the
same text (a test shows it), so that the entropy of the text is the entropy of the choices:

    nats per character = E[-ln p(story)] / E[characters of a story, its newline included]

Both means are sums over the grammar, not samples. It is the loss of a model that knows the grammar and
sees everything since the start of the text; a model with a short context has less to go on and stays above.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

from data.tinytales.grammar import Grammar, Language, Plan, grammar

Marginals = dict[str, dict[str, float]]
"""Slot to word to probability."""


class Means(NamedTuple):
    """Expectations over the stories: surprise in nats, characters with the newline, words without it."""

    nats: float
    characters: float
    words: float


@cache
def entropy_per_character(language: Language) -> float:
    """Nats a character of `text(language, ...)`, exactly."""
    means = story_means(grammar(language))
    return means.nats / means.characters


@cache
def simple_entropy_per_word(language: Language) -> float:
    """Nats a word of `simple_story(language, ...)`, every word predicted, the first too, and no newline."""
    source = grammar(language)
    means = plan_means(source, source.simple)
    return means.nats / means.words


def story_means(source: Grammar) -> Means:
    """The means over all stories of a grammar, the choice of the plan included."""
    weights = [plan.probability for plan in source.plans]
    means = [plan_means(source, plan) for plan in source.plans]
    nats, characters, words = (
        math.fsum(weight * value for weight, value in zip(weights, column, strict=True))
        for column in zip(*means, strict=True)
    )
    return Means(nats + entropy(weights), characters, words)


def plan_means(source: Grammar, plan: Plan) -> Means:
    """The means over the stories of one plan. Wordings and pools are independent, so the sums part."""
    slots = [slot for name in plan.scenes for slot in source.scenes[name].draw]
    nats, marginals = _choices(source, slots)
    characters = words = 0.0
    for name in plan.scenes:
        wordings = source.scenes[name].wordings
        nats += entropy(say.probability for say in wordings)
        for say in wordings:
            for part in say.parts:
                options = {"": 1.0} if part.slot is None else marginals[part.slot]
                for word, probability in options.items():
                    said = source.words(part, {part.slot or "": word})
                    weight = say.probability * probability
                    words += weight * len(said)
                    characters += weight * sum(len(source.gap(one)) + len(one) for one in said)
    first_gap = 1 if source.spaced else 0  # no space stands before the first word
    return Means(nats, characters - first_gap + 1, words)


def entropy(probabilities: Iterable[float]) -> float:
    """-sum p ln p, in nats."""
    return -math.fsum(p * math.log(p) for p in probabilities if p > 0)


def _choices(source: Grammar, slots: list[str]) -> tuple[float, Marginals]:
    """The joint entropy of the choices `slots`, and what each of them is and how often.

    Choices of different pools are independent; those of one pool exclude each other's words, so that their
    joint distribution is written out.
    """
    total = 0.0
    marginals: Marginals = {}
    for _, group in itertools.groupby(sorted(slots, key=source.pool), source.pool):
        names = list(group)  # the sort is stable: in the order in which the story chooses
        joint = _joint(source, names)
        total += entropy(joint.values())
        for place, name in enumerate(names):
            marginal = dict.fromkeys(source.tables[source.slots[name]], 0.0)
            for words, probability in joint.items():
                marginal[words[place]] += probability
            marginals[name] = marginal
    return total, marginals


def _joint(source: Grammar, names: list[str]) -> Mapping[tuple[str, ...], float]:
    joint: dict[tuple[str, ...], float] = {(): 1.0}
    for name in names:
        joint = {
            (*words, word): probability * share
            for words, probability in joint.items()
            for word, share in source.left(name, dict(zip(names, words, strict=False))).items()
        }
    return joint
