"""The sentences of user and assistant, and how their places are filled."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from data.talking_world.grammar import world
from data.talking_world.story import Story
from data.tinytales.grammar import Language

Filling = tuple[str, str]
"""What fills a place of a phrase: a table and the word chosen from it, or no table ("") and what is said."""


@cache
def phrases(language: Language) -> dict[str, Any]:
    """The content of `talk.<language>.toml`."""
    return tomllib.loads(Path(__file__).with_name(f"talk.{language}.toml").read_text(encoding="utf-8"))


def fill(language: Language, phrase: str, cast: Mapping[str, Filling]) -> list[str]:
    """The words of a phrase, its places `{name}` and `{name.attribute}` filled by the cast.

    Raises KeyError for a name that nothing fills.
    """
    words: list[str] = []
    for token in phrase.split():
        if not token.startswith("{"):
            words.append(token)
            continue
        name, _, attribute = token[1:-1].partition(".")
        table, chosen = cast[name]
        if table:
            entry = world(language).tables[table][chosen]
            words += entry.attributes[attribute] if attribute else entry.words
        else:
            words.append(chosen)
    return words


def casting(story: Story) -> dict[str, Filling]:
    """What a story has chosen, by the names of its choices."""
    slots = world(story.language).slots
    return {slot: (slots[slot], word) for slot, word in story.chosen.items()}


def about(story: Story, one: str) -> dict[str, Filling]:
    """The same from the side of one person, `hero` or `friend`: one, thing, colour, deed, now, and the other's."""
    cast = casting(story)
    other = "friend" if one == "hero" else "hero"
    seen: dict[str, Filling] = {**cast, "one": cast[one], "other": cast[other]}
    for what in ("thing", "colour", "deed"):
        if f"{one}_{what}" in cast:
            seen[what], seen[f"other_{what}"] = cast[f"{one}_{what}"], cast[f"{other}_{what}"]
    now = story.now(f"{one}_thing")
    seen["now"] = cast[now]
    seen["not_now"] = cast["friend" if now == "hero" else "hero"]
    return seen
