"""What a story of the talking world can be: TinyTales' kind of grammar, and for each word the check that watches it.

A grammar that contradicts itself (probabilities that do not sum to 1, a choice used before it is made, a
draw that a wording does not show) is refused here, because entropy and checks are computed from it.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from data.tinytales.grammar import (
    LANGUAGES,
    Entry,
    Grammar,
    GrammarError,
    Language,
    Part,
    Plan,
    Scene,
    Table,
    Wording,
)

CHECKS = ("plot", "people", "pronouns", "owners", "usage", "colours", "place", "animal", "answer")
"""What is checked of a story, apart from each other. `plot` is the shape, and all that no other check looks at."""

LOOK_UPS = ("owners", "answer")
"""The checks that ask for a look-up by identity: which of two things, which of two people."""

CLOSE = frozenset(".,?!:;。，？！：；、")
"""What stands close to the word before it, in every language."""

ANSWER = ":answer"


@dataclass(frozen=True)
class Mention(Part):
    """A place of a wording, and the check to which it belongs when what it says is known already."""

    check: str = "plot"


@dataclass(frozen=True)
class Plot(Plan):
    """The scenes of a story in order; `now` says to whom a thing went that somebody else had brought (slot to slot)."""

    name: str = ""
    now: Mapping[str, str] | None = None


@dataclass(frozen=True)
class World(Grammar):
    """Everything a story can be. TinyTales' entropy and choices work on it unchanged."""

    def gap(self, word: str) -> str:
        """What stands before `word` when it is not the first."""
        return " " if self.spaced and word not in CLOSE else ""

    def attribute(self, slot: str, chosen: str, attribute: str | None) -> tuple[str, ...]:
        """The words for the choice itself, or for an attribute of it."""
        entry = self.tables[self.slots[slot]][chosen]
        return entry.words if attribute is None else entry.attributes[attribute]

    def tells(self, part: Part) -> bool:
        """Whether the words that `part` says are different for every choice, so that they tell which it was."""
        assert part.slot is not None
        table = self.tables[self.slots[part.slot]]
        return len({self.attribute(part.slot, word, part.attribute) for word in table}) == len(table)

    def plot(self, name: str) -> Plot:
        """The plot called `name`."""
        return next(plot for plot in self.plans if isinstance(plot, Plot) and plot.name == name)


@cache
def world(language: Language) -> World:
    """The world in `language`, read once. Raises GrammarError for a language that it does not speak."""
    if language not in LANGUAGES:
        raise GrammarError(f"the talking world does not speak {language!r}: choose one of {', '.join(LANGUAGES)}")
    return parse(Path(__file__).with_name(f"{language}.toml").read_text(encoding="utf-8"), language)


def parse(source: str, language: Language) -> World:
    """A world from the text of its TOML file; raises GrammarError where it contradicts itself."""
    raw = tomllib.loads(source)
    check_of = {said: check for check, all_said in raw["checks"].items() for said in all_said}
    plots = tuple(Plot(plot["p"], tuple(plot["scenes"]), plot["name"], plot.get("now", {})) for plot in raw["plot"])
    found = World(
        language=language,
        spaced=raw["spaced"],
        pronouns={},
        tables={name: _table(table) for name, table in raw["table"].items()},
        slots=raw["slot"],
        scenes={name: _scene(scene, raw["slot"], check_of) for name, scene in raw["scene"].items()},
        plans=plots,
        simple=plots[0],  # TinyTales' own; nothing asks for it here
        unlike=raw.get("unlike", ""),
    )
    if unknown := set(check_of.values()) - set(CHECKS):
        raise GrammarError(f"checks: there is none called {', '.join(sorted(unknown))}")
    _check_sums(found)
    for plot in plots:
        _check_plot(found, plot)
    return found


def _table(raw: Mapping[str, Any]) -> Table:
    entries = {}
    for word, value in raw.items():
        line = value if isinstance(value, dict) else {"p": value}
        attributes = {name: tuple(said.split()) for name, said in line.items() if name != "p"}
        entries[word] = Entry(tuple(word.split()), line["p"], attributes)
    return entries


def _scene(raw: Mapping[str, Any], slots: Mapping[str, str], check_of: Mapping[str, str]) -> Scene:
    return Scene(
        tuple(raw["draw"]),
        tuple(
            Wording(say["p"], tuple(_mention(token, slots, check_of) for token in say["text"].split()))
            for say in raw["say"]
        ),
    )


def _mention(token: str, slots: Mapping[str, str], check_of: Mapping[str, str]) -> Mention:
    if not (token.startswith("{") and token.endswith("}")):
        return Mention(token)
    said = token[1:-1].removesuffix(ANSWER)
    slot, _, attribute = said.partition(".")
    if slot not in slots:
        raise GrammarError(f"{token}: there is no choice called {slot}")
    check = "answer" if token[1:-1].endswith(ANSWER) else check_of.get(slots[slot] + said[len(slot) :], "plot")
    return Mention(token, slot, attribute or None, check)


def _check_sums(found: World) -> None:
    alternatives = {"plot": [plot.probability for plot in found.plans]}
    for name, table in found.tables.items():
        alternatives[f"table.{name}"] = [entry.probability for entry in table.values()]
    for name, scene in found.scenes.items():
        alternatives[f"scene.{name}"] = [wording.probability for wording in scene.wordings]
    for place, probabilities in alternatives.items():
        if not all(probability > 0 for probability in probabilities):
            raise GrammarError(f"{place}: every probability must be above 0")
        if abs(math.fsum(probabilities) - 1) > 1e-9:
            raise GrammarError(f"{place}: the probabilities sum to {math.fsum(probabilities)}, not to 1")


def _check_plot(found: World, plot: Plot) -> None:
    """Every choice is made once and before it is used, and the words of the scene that makes it tell which it was."""
    made: list[str] = []
    for name in plot.scenes:
        scene = found.scenes[name]
        made += scene.draw
        if len(set(made)) != len(made):
            raise GrammarError(f"plot {plot.name}: scene.{name} makes a choice that was made before")
        for wording in scene.wordings:
            parts = [part for part in wording.parts if part.slot is not None]
            for part in parts:
                if part.slot not in made:
                    raise GrammarError(f"scene.{name}: {part.literal} is used before it is chosen")
                table = found.tables[found.slots[part.slot]]
                if part.attribute and not all(part.attribute in entry.attributes for entry in table.values()):
                    raise GrammarError(f"scene.{name}: not every word of its table has {part.literal}")
            shown = {part.slot for part in parts if found.tells(part)}
            if missing := set(scene.draw) - shown:
                raise GrammarError(f"scene.{name}: a wording does not tell what it draws: {sorted(missing)}")
