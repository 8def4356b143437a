"""Reads a text as a story: which plot it follows, and what it says at each place where a story has a choice.

Every wording is a pattern in which a choice may be *any* word of its table. So a story that contradicts itself
is still read, and what it says of one thing at two places can be compared (`checks.py`). A text that stops
being a story is read up to there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from data.talking_world.grammar import Mention, Plot, World, world
from data.tinytales.grammar import Language
from data.tinytales.story import write


class Said(NamedTuple):
    """What a text says at one place of a wording: `text[start:stop]` is `words`."""

    mention: Mention
    words: str
    start: int
    stop: int


@dataclass(frozen=True)
class Reading:
    """One way to read a text: `plot` up to the character `stop`, and what is said on the way."""

    plot: Plot
    said: tuple[Said, ...]
    stop: int
    whole: bool
    """Whether the last scene ends where the text ends."""


def readings(language: Language, text: str) -> Iterator[Reading]:
    """The ways to read `text` from its beginning, each as far as it goes. There is always at least one."""
    found = world(language)
    yield from _walk(found, text, [plot for plot in found.plans if isinstance(plot, Plot)], 0, (), 0)


def _walk(
    found: World, text: str, plots: list[Plot], scene: int, said: tuple[Said, ...], stop: int
) -> Iterator[Reading]:
    """How it goes on from `stop`, where all of `plots` have the same scenes so far."""
    following: dict[str, list[Plot]] = {}
    for plot in plots:
        if scene == len(plot.scenes):
            yield Reading(plot, said, stop, stop == len(text))
        else:
            following.setdefault(plot.scenes[scene], []).append(plot)
    gap = " " if found.spaced and scene else ""
    for name, those in following.items():
        start = stop + len(gap)
        matches = [(pattern.match(text, start), mentions) for pattern, mentions in patterns(found.language, name)]
        went_on = [(match, mentions) for match, mentions in matches if match and text.startswith(gap, stop)]
        for match, mentions in went_on:
            here = (Said(mention, match[n], *match.span(n)) for n, mention in enumerate(mentions, start=1))
            yield from _walk(found, text, those, scene + 1, (*said, *here), match.end())
        if not went_on:
            yield Reading(those[0], said, stop, False)


@cache
def patterns(language: Language, scene: str) -> list[tuple[re.Pattern[str], list[Mention]]]:
    """For each wording of a scene its pattern, with a group for each mention of a choice, and those mentions."""
    found = world(language)
    made = []
    for wording in found.scenes[scene].wordings:
        pattern, mentions = "", []
        for number, part in enumerate(wording.parts):
            assert isinstance(part, Mention)
            if part.slot is None:
                pattern += found.gap(part.literal) if number else ""
                pattern += re.escape(part.literal)
            else:
                pattern += found.gap("") if number else ""
                choices = {spoken(found, part, word) for word in found.tables[found.slots[part.slot]]}
                longest_first = sorted(choices, key=lambda words: (-len(words), words))
                pattern += f"({'|'.join(map(re.escape, longest_first))})"
                mentions.append(part)
        made.append((re.compile(pattern), mentions))
    return made


def spoken(found: World, mention: Mention, word: str) -> str:
    """What `mention` says in the text where its choice is `word`."""
    assert mention.slot is not None
    return write(found, found.attribute(mention.slot, word, mention.attribute))[0]
