"""TinyTales: the declared entropy is the measured one, and stories have what the experiments rely on."""

from __future__ import annotations

import itertools
import math
import random
import statistics
import subprocess
import sys
from typing import Any

import pytest

from data import tinytales
from data.tinytales.entropy import plan_means, story_means
from data.tinytales.grammar import LANGUAGES, GrammarError, Language, grammar, parse

SMALL = """
format = 1
spaced = true
simple = ["only"]
[pronoun]
[table.fruit]
plum = 0.5
"ripe pear" = 0.3
fig = 0.2
[slot]
one = "fruit"
two = "fruit"
[scene.only]
draw = ["one", "two"]
say = [{ p = 0.25, text = "a {one} , a {two} ." }, { p = 0.75, text = "no {two} but a {one} ." }]
[[plan]]
p = 1.0
scenes = ["only"]
"""

both = pytest.mark.parametrize("language", LANGUAGES)


@both
def test_the_mean_surprise_of_stories_is_the_declared_entropy(language: Language) -> None:
    stories = tinytales.generate(language, 4000, seed=7)
    floor = tinytales.entropy_per_character(language)
    # Under the ratio floor, nats - floor * characters has mean zero.
    excess = [story.nats - floor * (len(story.text) + 1) for story in stories]
    error = statistics.stdev(excess) / math.sqrt(len(excess))
    assert abs(statistics.mean(excess)) < 4 * error
    assert error < 0.02 * statistics.mean(story.nats for story in stories)


@both
def test_the_means_of_words_and_characters_are_those_of_stories(language: Language) -> None:
    stories = tinytales.generate(language, 4000, seed=11)
    means = story_means(grammar(language))
    for expected, values in (
        (means.characters, [len(story.text) + 1 for story in stories]),
        (means.words, [len(story.words) for story in stories]),
        (means.nats, [story.nats for story in stories]),
    ):
        assert abs(statistics.mean(values) - expected) < 4 * statistics.stdev(values) / math.sqrt(len(values))


@both
def test_the_mean_surprise_of_simple_stories_is_their_declared_entropy(language: Language) -> None:
    rng = random.Random(3)
    stories = [tinytales.simple_story(language, rng) for _ in range(4000)]
    floor = tinytales.simple_entropy_per_word(language)
    excess = [story.nats - floor * len(story.words) for story in stories]
    assert abs(statistics.mean(excess)) < 4 * statistics.stdev(excess) / math.sqrt(len(excess))


def test_the_entropy_of_a_small_grammar_is_the_sum_over_all_its_stories() -> None:
    chances = {"plum": 0.5, "ripe pear": 0.3, "fig": 0.2}
    nats = characters = words = 0.0
    for one, two in itertools.permutations(chances, 2):
        for chance, text in ((0.25, f"a {one}, a {two}."), (0.75, f"no {two} but a {one}.")):
            probability = chance * chances[one] * chances[two] / (1 - chances[one])
            nats -= probability * math.log(probability)
            characters += probability * (len(text) + 1)
            words += probability * len(text.replace(",", " ,").replace(".", " .").split())
    source = parse(SMALL, "en")
    assert story_means(source) == pytest.approx((nats, characters, words))
    assert plan_means(source, source.simple) == pytest.approx((nats, characters, words))


@both
def test_a_storys_surprise_counts_each_of_its_choices(language: Language) -> None:
    source = grammar(language)
    story = tinytales.simple_story(language, random.Random(5))
    wordings = [math.log(2), 0.0, math.log(2)]  # meeting and pronouns have two wordings, the nap one
    tables = sum(
        -math.log(source.tables[source.slots[slot]][story.chosen[slot]].probability)
        for slot in story.chosen
        if slot != "man"
    )
    rest = source.left("man", {"woman": story.chosen["woman"]})
    assert story.nats == pytest.approx(sum(wordings) + tables - math.log(rest[story.chosen["man"]]))


@both
def test_the_same_seed_gives_the_same_text(language: Language) -> None:
    assert tinytales.text(language, 3000, 1) == tinytales.text(language, 3000, 1)
    assert tinytales.text(language, 3000, 1) != tinytales.text(language, 3000, 2)
    assert tinytales.text(language, 5000, 1).startswith(tinytales.text(language, 3000, 1))


@both
@pytest.mark.parametrize("characters", [0, 1, 99, 100, 1234])
def test_a_text_has_the_length_asked_for(language: Language, characters: int) -> None:
    assert len(tinytales.text(language, characters, 1)) == characters


@both
def test_a_text_is_the_stories_each_ended_by_a_newline(language: Language) -> None:
    stories = tinytales.generate(language, 20, seed=4)
    expected = "".join(story.text + "\n" for story in stories)
    assert tinytales.text(language, len(expected), 4) == expected
    assert not any("\n" in story.text for story in stories)


@both
def test_each_pronoun_has_one_right_referent_and_its_verb(language: Language) -> None:
    source = grammar(language)
    for story in tinytales.generate(language, 200, seed=9):
        verbs = {
            name: entry.attributes["verb"][0]
            for table in ("woman", "man")
            for name, entry in source.tables[table].items()
        }
        assert len(story.names) == len(story.pronouns) == 2
        assert {pronoun.name for pronoun in story.pronouns} == set(story.names)
        for pronoun in story.pronouns:
            table = "woman" if story.text[slice(*pronoun.pronoun)] in ("she", "她") else "man"
            assert pronoun.name in source.tables[table]
            assert story.text[slice(*pronoun.referent)] == pronoun.name
            assert story.text[slice(*pronoun.verb)] == verbs[pronoun.name]
            assert story.words[pronoun.referent_word] == pronoun.name
            assert story.words[pronoun.verb_word] == verbs[pronoun.name]
            assert pronoun.pronoun_word + 1 == pronoun.verb_word
            assert pronoun.mention_words[0] == pronoun.referent_word
            assert all(story.words[place] == pronoun.name for place in pronoun.mention_words)
        assert verbs[story.names[0]] != verbs[story.names[1]]


@both
def test_women_and_men_do_the_same_things(language: Language) -> None:
    tables = grammar(language).tables
    women, men = ({entry.attributes["verb"] for entry in tables[name].values()} for name in ("woman", "man"))
    assert women == men


@both
def test_the_order_of_two_animals_decides_what_follows(language: Language) -> None:
    source = grammar(language)
    seen = set()
    for story in tinytales.generate(language, 400, seed=2):
        if "deed" not in story.chosen:
            continue
        other, deed = story.chosen["other"], source.tables["deed"][story.chosen["deed"]]
        fate = deed.attributes["other"]
        after = [" ".join(story.words[place + 1 : place + 1 + len(fate)]) for place in places(story, other)]
        assert " ".join(fate) in after
        assert story.chosen["doer"] != other
        seen.add((story.chosen["doer"], other))
    assert any((other, doer) in seen for doer, other in seen)


def places(story: tinytales.Story, word: str) -> list[int]:
    return [place for place, found in enumerate(story.words) if found == word]


@both
def test_the_question_is_answered_by_a_fact_of_the_story(language: Language) -> None:
    for story in tinytales.generate(language, 200, seed=6):
        answer = story.words[-2]
        toy = next(word for word in reversed(story.words) if word in story.chosen.values() and word != answer)
        owner = "woman" if toy == story.chosen["woman_toy"] else "man"
        assert toy in (story.chosen["woman_toy"], story.chosen["man_toy"])
        assert answer in (story.chosen[owner], story.chosen[f"{owner}_colour"])


@both
def test_simple_stories_have_one_length_and_mention_each_person_once(language: Language) -> None:
    rng = random.Random(0)
    stories = [tinytales.simple_story(language, rng) for _ in range(300)]
    assert {len(story.words) for story in stories} == {24 if language == "en" else 25}
    assert all(len(pronoun.mention_words) == 1 for story in stories for pronoun in story.pronouns)
    words = {word for story in stories for word in story.words}
    assert words == set(tinytales.simple_vocabulary(language))


@both
def test_neither_place_nor_order_tells_the_referent(language: Language) -> None:
    rng = random.Random(1)
    stories = [tinytales.simple_story(language, rng) for _ in range(300)]
    orders = {
        (
            story.pronouns[0].referent_word < story.pronouns[1].referent_word,
            story.pronouns[0].name == story.names[0],
        )
        for story in stories
    }
    assert len(orders) == 4


@both
def test_the_vocabularies_hold_all_that_occurs_and_no_more(language: Language) -> None:
    stories = tinytales.generate(language, 2000, seed=3)
    assert {character for story in stories for character in story.text + "\n"} == set(tinytales.alphabet(language))
    assert {word for story in stories for word in story.words} == set(tinytales.vocabulary(language))
    assert len(tinytales.alphabet(language)) < (40 if language == "en" else 200)


@both
def test_stories_have_the_length_of_a_short_paragraph(language: Language) -> None:
    lengths = [len(story.text) for story in tinytales.generate(language, 500, seed=8)]
    low, high = (150, 400) if language == "en" else (60, 150)
    assert low <= min(lengths) <= max(lengths) <= high


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("plum = 0.5", "plum = 0.6", "table.fruit: the probabilities sum to 1.1"),
        ("plum = 0.5", "plum = 0.5\nnone = 0.0", "above 0"),
        ("p = 0.25", "p = 0.2", "scene.only"),
        ("p = 1.0", "p = 0.9", "plan"),
        ('draw = ["one", "two"]', 'draw = ["two"]', "before it is chosen"),
        ("no {two} but", "no", "does not say what it draws"),
        ("a {two} .", "a {two} {two.colour} .", "not every word"),
        ("[pronoun]", '[pronoun]\nno = "one"', "the verb of one must follow"),
        ('["only"]\n[pronoun]', '["only", "only"]\n[pronoun]', "made before"),
    ],
)
def test_a_grammar_that_contradicts_itself_is_refused(old: str, new: str, message: str) -> None:
    assert old in SMALL
    with pytest.raises(GrammarError, match=message):
        parse(SMALL.replace(old, new), "en")


def test_an_unknown_language_is_refused() -> None:
    unknown: Any = "fr"
    with pytest.raises(GrammarError, match="zh, en"):
        grammar(unknown)


def test_the_module_prints_a_sample() -> None:
    command = [
        sys.executable,
        "-m",
        "data.tinytales",
        "--language",
        "zh",
        "--characters",
        "200",
        "--seed",
        "1",
    ]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8").stdout
    assert printed.startswith(tinytales.text("zh", 200, 1))
    assert f"{tinytales.entropy_per_character('zh'):.4f}" in printed
