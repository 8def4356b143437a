"""Different choices give different texts: without that, the entropy of the choices is not the text's.

Proof by exhaustion. Wherever a story can go on in several ways, given what was chosen so far, the texts of
those ways are written out: none may be the beginning of another. Then a reader, going scene by scene, can
always tell where a scene ends and which choices it shows, so that a text has one derivation only.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest

from data.tinytales.grammar import LANGUAGES, Grammar, Language, Wording, grammar, parse
from data.tinytales.story import write

Chosen = dict[str, str]


def alternatives(source: Grammar) -> dict[tuple[str, ...], set[str]]:
    """For each way a story can begin (its scenes so far), the scenes that can come next."""
    found: dict[tuple[str, ...], set[str]] = {}
    for plan in source.plans:
        for place, name in enumerate(plan.scenes):
            found.setdefault(plan.scenes[:place], set()).add(name)
    return found


def assignments(source: Grammar, slots: list[str], chosen: Chosen) -> Iterator[Chosen]:
    """Every way to make the choices `slots` after `chosen`. What does not bear on them is not looked at."""
    pools = {source.pool(slot) for slot in slots}
    related = {slot: word for slot, word in chosen.items() if source.pool(slot) in pools}
    key = (tuple(slots), tuple(related.items()))
    if key not in (made := SEEN.setdefault(id(source), {})):
        made[key] = list(_made(source, slots, related))
    return ({**chosen, **more} for more in made[key])


SEEN: dict[int, dict[tuple[tuple[str, ...], tuple[tuple[str, str], ...]], list[Chosen]]] = {}


def _made(source: Grammar, slots: list[str], chosen: Chosen) -> Iterator[Chosen]:
    if not slots:
        yield {}
        return
    for word in source.left(slots[0], chosen):
        for more in _made(source, slots[1:], {**chosen, slots[0]: word}):
            yield {slots[0]: word, **more}


def said(source: Grammar, wording: Wording, chosen: Chosen) -> str:
    words = [word for part in wording.parts for word in source.words(part, chosen)]
    return "".join(source.gap(word) + word for word in words)


def clash(source: Grammar) -> tuple[str, str] | None:
    """Two continuations of one beginning, the first a prefix of the second; None if there are none."""
    for before, names in alternatives(source).items():
        made = [slot for name in before for slot in source.scenes[name].draw]
        ways = [(source.scenes[name], say) for name in sorted(names) for say in source.scenes[name].wordings]
        used = {part.slot for _, say in ways for part in say.parts}
        for known in assignments(source, [slot for slot in made if slot in used], {}):
            texts = sorted(
                said(source, say, chosen)
                for scene, say in ways
                for chosen in assignments(source, list(scene.draw), known)
            )
            for shorter, longer in pairwise(texts):
                if longer.startswith(shorter):
                    return shorter, longer
    return None


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_derivations_give_the_same_text(language: Language) -> None:
    assert clash(grammar(language)) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_story_ends_where_its_plan_ends(language: Language) -> None:
    plans = [plan.scenes for plan in grammar(language).plans]
    for plan in plans:
        assert not [other for other in plans if other != plan and other[: len(plan)] == plan]
    assert len(set(plans)) == len(plans)


def test_the_check_sees_a_clash() -> None:
    source = parse(
        """
        format = 1
        spaced = false
        simple = ["only"]
        [table.word]
        a = 0.5
        ab = 0.5
        [table.rest]
        b = 0.5
        c = 0.5
        [slot]
        one = "word"
        two = "rest"
        [scene.only]
        draw = ["one", "two"]
        say = [{ p = 1.0, text = "{one} {two}" }]
        [[plan]]
        p = 1.0
        scenes = ["only"]
        """,
        "en",
    )
    assert clash(source) == ("ab", "abb")


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_written_down_keep_their_spans(language: Language) -> None:
    source = grammar(language)
    words = ["她", "唱歌", "。"] if language == "zh" else ["she", "sang", "."]
    text, spans = write(source, words)
    assert text == ("她唱歌。" if language == "zh" else "she sang.")
    assert [text[span.start : span.stop] for span in spans] == words
