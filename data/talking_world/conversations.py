"""The four kinds of data that come from the talking world: text, chat, preference and task."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypedDict

from data.talking_world import story as stories_of
from data.talking_world.exchange import Exchange, Turn
from data.talking_world.questions import FORMS, QUESTIONS, UNKNOWN, even, fits, question
from data.talking_world.story import Story, story
from data.talking_world.sums import PROBLEM, PROBLEM_FORMS, SIGNS, SUM_FORMS, arithmetic, problem
from data.talking_world.tell import TELL, tell
from data.tinytales.grammar import Language

KINDS = (TELL, *QUESTIONS, UNKNOWN, *SIGNS, PROBLEM)


class Conversation(TypedDict):
    """A line of MiniMind's files for supervised fine-tuning."""

    conversations: list[Turn]


class Preference(TypedDict):
    """A line of MiniMind's files for DPO, and in what the rejected answer is wrong."""

    chosen: list[Turn]
    rejected: list[Turn]
    wrong: str


@dataclass(frozen=True)
class Task:
    """What a model is asked (`prompt` ends with the user's turn), and the exchange that rewards and grades its answer.

    `exchange.reward(text)` is 0 or 1, `exchange.grade(text)` between them where the answer is right in part.
    """

    prompt: list[Turn]
    exchange: Exchange


@dataclass(frozen=True)
class Options:
    """What is talked about, and how. All of each tuple are equally likely."""

    kinds: tuple[str, ...] = KINDS
    forms: tuple[str, ...] = FORMS
    """How questions about stories are to be answered; word problems take those that they have."""
    sum_forms: tuple[str, ...] = SUM_FORMS
    digits: tuple[int, ...] = (2, 3)
    echo: bool = False
    """Whether an answer of one word begins with the word that was asked about."""
    most_questions: int = 3
    """A conversation has one question to so many, those about a story all about the same one."""

    def __post_init__(self) -> None:
        for name, chosen, known in (
            ("kinds", self.kinds, KINDS),
            ("forms", self.forms, FORMS),
            ("sum_forms", self.sum_forms, SUM_FORMS),
        ):
            if not chosen or set(chosen) - set(known):
                raise ValueError(f"{name} {chosen!r}: choose at least one of {', '.join(known)}")
        if not self.digits or min(self.digits) < 1 or self.most_questions < 1:
            raise ValueError("numbers need at least one digit, and a conversation at least one question")


DEFAULT = Options()


def text(language: Language, count: int, seed: int) -> list[str]:
    """So many stories, each on a line of its own where they are joined by `SEPARATOR`."""
    return [each.text for each in islice(stories_of.stories(language, seed), count)]


def chat(language: Language, count: int, seed: int, options: Options = DEFAULT) -> Iterator[Conversation]:
    """So many conversations, every answer right."""
    for exchanges, before in _talks(language, count, seed, options):
        turns = [turn for number, each in enumerate(exchanges) for turn in each.turns(before="" if number else before)]
        yield {"conversations": turns}


def preference(language: Language, count: int, seed: int, options: Options = DEFAULT) -> Iterator[Preference]:
    """So many pairs of an answer that is right and one that is wrong in one way, after right answers if there were any.

    The way is drawn evenly from those that the question allows.
    """
    rng = random.Random(f"rejected {seed}")  # chance of its own, so that chat and preference of a seed ask the same
    for exchanges, before in _talks(language, count, seed, options):
        asked = exchanges[-1]
        past = _past(exchanges, before)
        fault = even(sorted(asked.wrong), rng)
        first = "" if past else before
        yield {
            "chosen": past + asked.turns(before=first),
            "rejected": past + asked.turns(asked.wrong[fault], before=first),
            "wrong": fault,
        }


def tasks(language: Language, count: int, seed: int, options: Options = DEFAULT) -> Iterator[Task]:
    """So many questions, each with what grades an answer."""
    for exchanges, before in _talks(language, count, seed, options):
        past = _past(exchanges, before)
        yield Task(past + exchanges[-1].turns(before="" if past else before)[:1], exchanges[-1])


def _past(exchanges: list[Exchange], before: str) -> list[Turn]:
    """The turns of all exchanges but the last."""
    return [turn for number, each in enumerate(exchanges[:-1]) for turn in each.turns(before="" if number else before)]


def _talks(language: Language, count: int, seed: int, options: Options) -> Iterator[tuple[list[Exchange], str]]:
    """The exchanges of each conversation, and what the user says before the first question: a story, or nothing."""
    rng = random.Random(seed)
    for _ in range(count):
        kind = even(options.kinds, rng)
        questions = 1 + int(rng.random() * options.most_questions)
        if kind in SIGNS or kind == PROBLEM:
            about_numbers = [each for each in options.kinds if each in SIGNS or each == PROBLEM]
            kinds = [kind, *(even(about_numbers, rng) for _ in range(questions - 1))]
            yield _different(_reckoned(language, each, options, rng) for each in kinds), ""
            continue
        told = _story_for(kind, language, rng)
        possible = [each for each in options.kinds if each in (*QUESTIONS, UNKNOWN) and fits(each, told)]
        kinds = [kind, *(even(possible, rng) for _ in range(questions - 1) if possible)]
        before = "" if kind == TELL else told.text_to_ask_about + (" " if language == "en" else "")
        yield _different(_asked(each, told, options, rng) for each in kinds), before


def _different(exchanges: Iterable[Exchange]) -> list[Exchange]:
    """Nothing is asked twice in a conversation."""
    return list({each.ask: each for each in exchanges}.values())


def _story_for(kind: str, language: Language, rng: random.Random) -> Story:
    """The next story of which a question of this kind can be asked."""
    told = story(language, rng)
    while not fits(kind, told):
        told = story(language, rng)
    return told


def _asked(kind: str, told: Story, options: Options, rng: random.Random) -> Exchange:
    if kind == TELL:
        return tell(told, rng)
    return question(told, kind, even(options.forms, rng), rng, echo=options.echo)


def _reckoned(language: Language, kind: str, options: Options, rng: random.Random) -> Exchange:
    digits = int(even([str(number) for number in options.digits], rng))
    if kind == PROBLEM:
        forms = [form for form in PROBLEM_FORMS if form in options.forms] or list(PROBLEM_FORMS)
        return problem(language, even(forms, rng), digits, rng)
    return arithmetic(language, kind, even(options.sum_forms, rng), digits, rng)
