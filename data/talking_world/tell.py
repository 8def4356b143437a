"""The wish for a story with two people and a thing, and how far a story fulfils it."""

from __future__ import annotations

import random

from data.talking_world.checks import check
from data.talking_world.exchange import Exchange
from data.talking_world.grammar import CHECKS, world
from data.talking_world.phrases import casting, fill, phrases
from data.talking_world.questions import PEOPLE, even
from data.talking_world.story import Story, join

TELL = "tell"

WISHES = ("hero", "friend", "hero_thing", "hero_colour")


def tell(story: Story, rng: random.Random) -> Exchange:
    """A user asks for a story with the people of this one, and the thing and colour of its first person.

    Any consistent story with them is right, not this one alone: `alike` is empty, and the grade is the share of checks
    passed and of wishes fulfilled. The wrong answers are this story with another person or another colour.
    """
    language = story.language
    wished = {slot: story.chosen[slot] for slot in WISHES}

    def fulfilled(answer: str) -> float:
        report = check(answer, language)
        people = {report.chosen.get(slot) for slot in PEOPLE}
        things = {(report.chosen.get(f"{one}_thing"), report.chosen.get(f"{one}_colour")) for one in PEOPLE}
        granted = [
            wished["hero"] in people,
            wished["friend"] in people,
            (wished["hero_thing"], wished["hero_colour"]) in things,
        ]
        return (sum(report.passed.values()) + sum(granted)) / (len(CHECKS) + len(granted))

    ask = join(language, fill(language, phrases(language)["tell"]["ask"], casting(story)))
    wrong = {"person": _with_another(story, "hero", rng), "colour": _with_another(story, "hero_colour", rng)}
    return Exchange(TELL, ask, story.text, wrong, partly=fulfilled)


def _with_another(story: Story, slot: str, rng: random.Random) -> str:
    """The story told with another word for one choice: still consistent, but not what was wished for.

    Another person has the same pronoun, so that no other word changes.
    """
    found = world(story.language)
    old = story.chosen[slot]
    others = [
        word
        for word, entry in found.tables[found.slots[slot]].items()
        if word not in story.chosen.values() and entry.attributes == found.tables[found.slots[slot]][old].attributes
    ]
    new = even(others, rng)
    return join(story.language, [new if word == old else word for word in story.words])
