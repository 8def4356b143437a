"""Checks a text, whoever wrote it: which of the things that make a story consistent hold, which do not, and why.

The first mention of a person, thing, colour or place says what was chosen; every later one is compared with it.
What a pronoun, a verb or an answer must be follows from the choice in the same way.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from data.talking_world.grammar import CHECKS, Mention, World, world
from data.talking_world.reading import Reading, readings, spoken
from data.tinytales.grammar import Language

QUOTED = 40
"""Characters of a text that is no story which a fault quotes."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: in which check, of which kind, and where (`text[start:stop]` is `found`)."""

    check: str
    kind: Literal["differs", "clashes", "unknown", "cut", "nothing"]
    expected: str = ""
    found: str = ""
    start: int = 0
    stop: int = 0

    def sentence(self, language: Language) -> str:
        """The reason, in words for a reader of `language`."""
        said = _said()
        check = said["check"][self.check][language]
        sentence: str = said["fault"][self.kind][language]
        return sentence.format(check=check, expected=self.expected, found=self.found)


@dataclass(frozen=True)
class Report:
    """What was found: `chosen` is what the text says of each choice, as far as it was read (slot to word)."""

    plot: str
    """The plot that it follows, or comes nearest to."""
    chosen: dict[str, str]
    faults: tuple[Fault, ...]

    def passes(self, check: str) -> bool:
        """Whether nothing is wrong with `check`."""
        return all(fault.check != check for fault in self.faults)

    @property
    def passed(self) -> dict[str, bool]:
        """Each check, and whether it is passed."""
        return {check: self.passes(check) for check in CHECKS}

    @property
    def consistent(self) -> bool:
        """Whether every check is passed."""
        return not self.faults


def check(text: str, language: Language) -> Report:
    """Check any text at all; space around it does not matter.

    Where it can be read in several ways, the one that goes furthest counts, then the one with fewest faults, then
    the one in which the first fault comes latest: of a question and an answer that do not agree, the answer is wrong.
    A check of which the text gives nothing to look at fails, unless its plot has nothing of the kind.
    """
    text = text.strip()
    found = world(language)
    ways = list(readings(language, text))
    furthest = max(reading.stop for reading in ways)
    judged = [(reading, *judge(language, reading)) for reading in ways if reading.stop == furthest]
    reading, chosen, faults = max(
        judged, key=lambda each: (-len(each[2]), min((fault.start for fault in each[2]), default=0))
    )
    if not reading.whole:
        faults += _unread(found, reading, text)
    return Report(reading.plot.name, chosen, tuple(faults))


def consistency(texts: Iterable[str], language: Language) -> float:
    """The share of `texts` that pass every check, from 0 to 1. Raises ValueError where there are none."""
    verdicts = [check(text, language).consistent for text in texts]
    if not verdicts:
        raise ValueError("no text to check")
    return sum(verdicts) / len(verdicts)


def judge(language: Language, reading: Reading) -> tuple[dict[str, str], list[Fault]]:
    """What a reading says was chosen (slot to word), and what does not agree with it."""
    found = world(language)
    first: dict[str, tuple[str, Fault]] = {}
    for said in reading.said:
        if said.mention.slot not in first and found.tells(said.mention):
            at = Fault(said.mention.check, "clashes", "", said.words, said.start, said.stop)
            first[str(said.mention.slot)] = _choices(language, said.mention)[said.words], at
    chosen: dict[str, str] = {}
    faults: list[Fault] = []
    for slot in (slot for scene in reading.plot.scenes for slot in found.scenes[scene].draw if slot in first):
        word, fault = first[slot]
        if word not in found.left(slot, chosen):
            faults.append(fault)
        chosen[slot] = word
    for said in reading.said:
        expected = spoken(found, said.mention, chosen[str(said.mention.slot)])
        if said.words != expected:
            faults.append(Fault(said.mention.check, "differs", expected, said.words, said.start, said.stop))
    return chosen, faults


def _unread(found: World, reading: Reading, text: str) -> list[Fault]:
    """What is wrong with a text that is not read to the end of a plot."""
    rest = text[reading.stop :].strip()
    start = len(text) - len(rest)
    faults = [Fault("plot", "cut", "", "", start, start)]
    if rest:
        quoted = rest[: min(QUOTED, *(rest.find(stop) + 1 or QUOTED for stop in ".。"))]
        faults = [Fault("plot", "unknown", "", quoted, start, start + len(quoted))]
    missed = set(CHECKS)
    if reading.said:
        scenes = (found.scenes[name] for name in reading.plot.scenes)
        parts = (part for scene in scenes for wording in scene.wordings for part in wording.parts)
        missed = {part.check for part in parts if isinstance(part, Mention)}
    missed -= {"plot", *(said.mention.check for said in reading.said)}
    return faults + [Fault(check, "nothing") for check in CHECKS if check in missed]


@cache
def _choices(language: Language, mention: Mention) -> dict[str, str]:
    """What was chosen, by what is said in the text."""
    found = world(language)
    return {spoken(found, mention, word): word for word in found.tables[found.slots[str(mention.slot)]]}


@cache
def _said() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("checks.toml").read_text(encoding="utf-8"))
