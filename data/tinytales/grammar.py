"""The grammar that TinyTales is written with: words, choices, scenes and plans, each with its probability.

Read from `en.toml` and `zh.toml`, which a learner can read and change. Whatever would make a declared
probability untrue (a sum that is not 1, a choice used before it is made) is refused here, because the
entropy of the corpus is computed from these numbers.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
PUNCTUATION = frozenset(".,?!。，？！")


class GrammarError(ValueError):
    """The grammar's file contradicts itself; the message names the place."""


@dataclass(frozen=True)
class Entry:
    """One line of a table: what is said, how probable it is, and what else is known of it."""

    words: tuple[str, ...]
    probability: float
    attributes: Mapping[str, tuple[str, ...]]


Table = Mapping[str, Entry]


@dataclass(frozen=True)
class Part:
    """One place of a wording: a literal word (`slot` is None), or what a choice says (`attribute` of it)."""

    literal: str
    slot: str | None = None
    attribute: str | None = None


@dataclass(frozen=True)
class Wording:
    """One way to say a scene."""

    probability: float
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Scene:
    """The choices that a scene makes, and its wordings."""

    draw: tuple[str, ...]
    wordings: tuple[Wording, ...]


@dataclass(frozen=True)
class Plan:
    """The scenes of a story in order."""

    probability: float
    scenes: tuple[str, ...]


@dataclass(frozen=True)
class Grammar:
    """Everything a story can be. `spaced`: words are written apart (English) or not (Chinese)."""

    language: Language
    spaced: bool
    pronouns: Mapping[str, str]
    tables: Mapping[str, Table]
    slots: Mapping[str, str]
    scenes: Mapping[str, Scene]
    plans: tuple[Plan, ...]
    simple: Plan
    unlike: str

    def pool(self, slot: str) -> str:
        """Choices of one pool exclude each other: those from one table, and from all tables with `unlike`."""
        table = self.tables[self.slots[slot]]
        return self.unlike if self.unlike in next(iter(table.values())).attributes else self.slots[slot]

    def kind(self, slot: str, word: str) -> str:
        """What no second choice of the pool may have: the word itself, or its attribute `unlike`."""
        said = self.tables[self.slots[slot]][word].attributes.get(self.unlike)
        return word if said is None else " ".join(said)

    def left(self, slot: str, chosen: Mapping[str, str]) -> dict[str, float]:
        """What `slot` can still be, and how probably, after the choices made (slot to word)."""
        pool = self.pool(slot)
        gone = {self.kind(other, word) for other, word in chosen.items() if self.pool(other) == pool}
        table = self.tables[self.slots[slot]]
        rest = {word: entry.probability for word, entry in table.items() if self.kind(slot, word) not in gone}
        total = math.fsum(rest.values())
        return {word: probability / total for word, probability in rest.items()}

    def words(self, part: Part, chosen: Mapping[str, str]) -> tuple[str, ...]:
        """What `part` says under the choices made."""
        if part.slot is None:
            return (part.literal,)
        entry = self.tables[self.slots[part.slot]][chosen[part.slot]]
        return entry.words if part.attribute is None else entry.attributes[part.attribute]

    def gap(self, word: str) -> str:
        """What stands before `word` when it is not the first: a space, in English, but not before a stop."""
        return " " if self.spaced and word not in PUNCTUATION else ""


@cache
def grammar(language: Language) -> Grammar:
    """The grammar of `language`, read once."""
    if language not in LANGUAGES:
        raise GrammarError(f"no TinyTales in {language!r}: choose one of {', '.join(LANGUAGES)}")
    path = Path(__file__).with_name(f"{language}.toml")
    return parse(path.read_text(encoding="utf-8"), language)


def parse(source: str, language: Language) -> Grammar:
    """A grammar from the text of its TOML file; raises GrammarError where it contradicts itself."""
    raw = tomllib.loads(source)
    found = Grammar(
        language=language,
        spaced=raw["spaced"],
        pronouns=raw.get("pronoun", {}),
        tables={name: _table(table) for name, table in raw["table"].items()},
        slots=raw["slot"],
        scenes={name: _scene(scene) for name, scene in raw["scene"].items()},
        plans=tuple(Plan(plan["p"], tuple(plan["scenes"])) for plan in raw["plan"]),
        simple=Plan(1.0, tuple(raw["simple"])),
        unlike=raw.get("unlike", ""),
    )
    _check(found)
    return found


def _table(raw: Mapping[str, Any]) -> dict[str, Entry]:
    entries = {}
    for word, value in raw.items():
        line = value if isinstance(value, dict) else {"p": value}
        attributes = {name: tuple(said.split()) for name, said in line.items() if name != "p"}
        entries[word] = Entry(tuple(word.split()), line["p"], attributes)
    return entries


def _scene(raw: Mapping[str, Any]) -> Scene:
    wordings = (Wording(say["p"], tuple(map(_part, say["text"].split()))) for say in raw["say"])
    return Scene(tuple(raw["draw"]), tuple(wordings))


def _part(token: str) -> Part:
    if not (token.startswith("{") and token.endswith("}")):
        return Part(token)
    slot, _, attribute = token[1:-1].partition(".")
    return Part(token, slot, attribute or None)


def _check(found: Grammar) -> None:
    """Every set of alternatives sums to 1, and every choice is made before it is used, and once."""
    _check_sum("plan", [plan.probability for plan in found.plans])
    for name, table in found.tables.items():
        _check_sum(f"table.{name}", [entry.probability for entry in table.values()])
    for name, scene in found.scenes.items():
        _check_sum(f"scene.{name}", [wording.probability for wording in scene.wordings])
        for wording in scene.wordings:
            said = {part.slot for part in wording.parts if part.attribute is None}
            if missing := set(scene.draw) - said:
                raise GrammarError(f"scene.{name}: a wording does not say what it draws: {sorted(missing)}")
    for plan in (*found.plans, found.simple):
        _check_plan(found, plan)


def _check_sum(place: str, probabilities: list[float]) -> None:
    if not all(probability > 0 for probability in probabilities):
        raise GrammarError(f"{place}: every probability must be above 0")
    if abs(math.fsum(probabilities) - 1) > 1e-9:
        raise GrammarError(f"{place}: the probabilities sum to {math.fsum(probabilities)}, not to 1")


def _check_plan(found: Grammar, plan: Plan) -> None:
    made: list[str] = []
    for name in plan.scenes:
        scene = found.scenes[name]
        made += scene.draw
        if len(set(made)) != len(made):
            raise GrammarError(f"plan {plan.scenes}: scene.{name} makes a choice that was made before")
        for wording in scene.wordings:
            _check_wording(found, wording, made, f"scene.{name}")


def _check_wording(found: Grammar, wording: Wording, made: list[str], place: str) -> None:
    for part, following in zip(wording.parts, (*wording.parts[1:], None), strict=True):
        if part.slot is not None and part.slot not in made:
            raise GrammarError(f"{place}: {part.literal} is used before it is chosen")
        if part.attribute is not None and part.slot is not None:
            table = found.tables[found.slots[part.slot]]
            if not all(part.attribute in entry.attributes for entry in table.values()):
                raise GrammarError(f"{place}: not every word of its table has {part.literal}")
        person = found.pronouns.get(part.literal)
        if person is not None and (following is None or following.literal != f"{{{person}.verb}}"):
            raise GrammarError(f"{place}: after {part.literal} the verb of {person} must follow")
