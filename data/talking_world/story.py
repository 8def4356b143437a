"""Stories of the talking world: each choice made with its declared probability, from a seed."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from data.talking_world.grammar import Plot, World, world
from data.tinytales.entropy import Means, story_means
from data.tinytales.grammar import Language
from data.tinytales.story import write

SEPARATOR = "\n"
"""What ends each story in a text. No story contains it."""


@dataclass(frozen=True)
class Story:
    """A story and what is known of it: `chosen` is slot to word, `nats` is -ln p(story), exactly.

    Its last scene, in which somebody asks and is answered, begins at the word `ending`.
    """

    language: Language
    plot: Plot
    chosen: Mapping[str, str]
    words: tuple[str, ...]
    nats: float
    ending: int

    @property
    def text(self) -> str:
        """The story as its language writes it."""
        return join(self.language, self.words)

    @property
    def text_to_ask_about(self) -> str:
        """The story without its last scene, which would give answers away."""
        return join(self.language, self.words[: self.ending])

    def now(self, thing: str) -> str:
        """Who has a thing at the end: the slot of a thing to the slot of a person."""
        return (self.plot.now or {}).get(thing, owner(thing))


def owner(thing: str) -> str:
    """Who has brought a thing: `hero_thing` to `hero`."""
    return thing.partition("_")[0]


def join(language: Language, words: Sequence[str]) -> str:
    """The text of `words`, with spaces where the language has them."""
    return write(world(language), words)[0]


def stories(language: Language, seed: int) -> Iterator[Story]:
    """Independent stories for ever. A seed gives the same ones on every machine, and in both languages."""
    rng = random.Random(seed)
    while True:
        yield story(language, rng)


def story(language: Language, rng: random.Random) -> Story:
    """The next story of `rng`, of which `random()` alone is used: its values never change with Python."""
    found = world(language)
    number = pick({str(index): plan.probability for index, plan in enumerate(found.plans)}, rng)
    plot = found.plans[int(number)]
    assert isinstance(plot, Plot)
    nats = -math.log(plot.probability)
    chosen: dict[str, str] = {}
    words: list[str] = []
    ending = 0
    for name in plot.scenes:
        scene = found.scenes[name]
        ending = len(words)
        for slot in scene.draw:
            options = found.left(slot, chosen)
            chosen[slot] = pick(options, rng)
            nats -= math.log(options[chosen[slot]])
        number = pick({str(index): say.probability for index, say in enumerate(scene.wordings)}, rng)
        wording = scene.wordings[int(number)]
        nats -= math.log(wording.probability)
        words += [word for part in wording.parts for word in found.words(part, chosen)]
    return Story(language, plot, chosen, tuple(words), nats, ending)


def pick(options: Mapping[str, float], rng: random.Random) -> str:
    """One of `options` by its probability."""
    point = rng.random()
    total = 0.0
    for option, probability in options.items():
        total += probability
        if point < total:
            return option
    return option  # the sum of the probabilities may round to just below 1


def means(language: Language) -> Means:
    """Exact means over all stories: surprise in nats, characters with the newline, words without it."""
    return story_means(world(language))


def vocabulary(language: Language) -> list[str]:
    """Every word and stop that a story can hold, sorted."""
    found: World = world(language)
    words: set[str] = set()
    for scene in found.scenes.values():
        for part in (part for wording in scene.wordings for part in wording.parts):
            chosen = found.tables[found.slots[part.slot]] if part.slot else [""]
            words.update(word for each in chosen for word in found.words(part, {part.slot or "": each}))
    return sorted(words)
