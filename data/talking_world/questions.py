"""What is asked of a story, each with its right answer: one word, a whole sentence, or that sentence backwards."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from data.talking_world.exchange import Exchange
from data.talking_world.grammar import world
from data.talking_world.phrases import Filling, about, fill, phrases
from data.talking_world.story import Story, join, pick
from data.tinytales.grammar import Language

FORMS = ("word", "sentence", "backwards")
QUESTIONS = ("who", "what", "colour", "where", "deed", "doer", "two-step", "now")
UNKNOWN = "unknown"

PEOPLE = ("hero", "friend")
STOPS = frozenset(".?!。？！")


def even(options: Sequence[str], rng: random.Random) -> str:
    """One of the options, all equally likely."""
    return pick(dict.fromkeys(options, 1 / len(options)), rng)


def fits(kind: str, story: Story) -> bool:
    """Whether a question of this kind can be asked of the story."""
    if kind == "now":
        return bool(story.plot.now)
    return all(
        asked.get("draw") is None or asked["draw"] in story.chosen
        for asked in phrases(story.language)["question"]
        if asked["kind"] == kind
    )


def question(story: Story, kind: str, form: str, rng: random.Random, *, echo: bool = False) -> Exchange:
    """A question of one of QUESTIONS, or UNKNOWN, about one of the two people, to be answered in one of FORMS.

    With `echo` the answer of one word begins with the word that was asked about: "kite Emma" instead of "Emma", and in
    two steps "sang Emma boat". A model that sees the asked word right before the answer finds it by looking for
    what stood beside that word. Raises ValueError where the story has nothing to ask about.
    """
    if not fits(kind, story):
        raise ValueError(f"a story of the plot {story.plot.name} has nothing for the question {kind!r}")
    cast = about(story, even(PEOPLE, rng))
    cast["other_place"] = "place", _absent(story, "place", rng)
    if kind == UNKNOWN:
        return _unknown(story, cast, form, rng, echo)
    asked = next(one for one in phrases(story.language)["question"] if one["kind"] == kind)
    right = _forms(story.language, asked, cast, cast[asked["answer"]], echo)
    wrong = _forms(story.language, asked, cast, cast[asked["wrong"]], echo)
    return _exchange(story.language, kind, form, fill(story.language, asked["ask"], cast), right, asked["fault"], wrong)


def with_form(language: Language, ask: list[str], form: str) -> str:
    """The text of a question, and of how it is to be answered."""
    return join(language, ask + phrases(language)["form"][form].split())


def _unknown(story: Story, cast: dict[str, Filling], form: str, rng: random.Random, echo: bool) -> Exchange:
    """A question about somebody or something that the story does not have."""
    kinds = phrases(story.language)["unknown"]
    asked = kinds[int(even([str(number) for number in range(len(kinds))], rng))]
    cast = {**cast, "absent": (asked["table"], _absent(story, asked["table"], rng))}
    not_known = phrases(story.language)["not_known"]
    honest = {**not_known, "key": "{absent}"}
    right = _forms(story.language, honest, cast, ("", not_known["word"]), echo)
    wrong = _forms(story.language, {**asked, "key": "{absent}"}, cast, cast[asked["answer"]], echo)
    ask = fill(story.language, asked["ask"], cast)
    return _exchange(story.language, UNKNOWN, form, ask, right, "claims-to-know", wrong)


def _absent(story: Story, table: str, rng: random.Random) -> str:
    """A word of the table that the story has not chosen."""
    return even([word for word in world(story.language).tables[table] if word not in story.chosen.values()], rng)


def _forms(
    language: Language, asked: dict[str, Any], cast: dict[str, Filling], answer: Filling, echo: bool
) -> dict[str, str]:
    """An answer in each of FORMS, and `bare`: the word without the one that is said again before it."""
    cast = {**cast, "answer": answer}
    word = fill(language, asked.get("word", "{answer}"), cast)
    sentence = fill(language, asked["sentence"], cast)
    key = fill(language, asked["key"], cast) if echo else []
    return {
        "word": join(language, key + word),
        "sentence": join(language, sentence),
        "backwards": join(language, [said for said in reversed(sentence) if said not in STOPS]),
        "bare": join(language, word),
    }


def _exchange(
    language: Language, kind: str, form: str, ask: list[str], right: dict[str, str], fault: str, wrong: dict[str, str]
) -> Exchange:
    answer = right[form]
    other_form = right["sentence" if form == "word" else "word"]
    return Exchange(
        kind=kind,
        ask=with_form(language, ask, form),
        answer=answer,
        wrong={fault: wrong[form], "form": other_form},
        alike=frozenset(right.values()) - {answer},
    )
