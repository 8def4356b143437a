"""The talking world's stories: their declared entropy is the measured one, and both languages tell the same."""

from __future__ import annotations

import math
import statistics
import subprocess
import sys
from itertools import islice
from typing import Any

import pytest

from data import talking_world
from data.talking_world import reading
from data.talking_world.checks import check, judge
from data.talking_world.grammar import parse, world
from data.talking_world.story import Story
from data.tinytales.entropy import Means, story_means
from data.tinytales.grammar import LANGUAGES, GrammarError, Language

SMALL = """
format = 1
spaced = true
unlike = "she"
[checks]
people = ["person"]
pronouns = ["person.she"]
[table.person]
Mia = { p = 0.4, she = "she" }
Tom = { p = 0.35, she = "he" }
Ben = { p = 0.25, she = "he" }
[slot]
hero = "person"
friend = "person"
[scene.meeting]
draw = ["hero", "friend"]
say = [{ p = 0.3, text = "{hero} met {friend} ." }, { p = 0.7, text = "{hero} , {friend} !" }]
[scene.ending]
draw = []
say = [{ p = 1.0, text = "Who ? It was {hero:answer} ." }]
[[plot]]
name = "short"
p = 0.6
scenes = ["meeting"]
[[plot]]
name = "long"
p = 0.4
scenes = ["meeting", "ending"]
now = { hero = "friend" }
"""

both = pytest.mark.parametrize("language", LANGUAGES)


def some(language: Language, count: int, seed: int) -> list[Story]:
    return list(islice(talking_world.stories(language, seed), count))


@both
def test_the_means_over_all_stories_are_those_of_many(language: Language) -> None:
    stories = some(language, 3000, seed=7)
    means = talking_world.means(language)
    for expected, values in (
        (means.nats, [story.nats for story in stories]),
        (means.words, [len(story.words) for story in stories]),
        (means.characters, [len(story.text) + 1 for story in stories]),
    ):
        assert abs(statistics.mean(values) - expected) < 4 * statistics.stdev(values) / math.sqrt(len(values))


def test_the_entropy_of_a_small_world_is_the_sum_over_all_its_stories() -> None:
    chances = {("Mia", "Tom"): 0.4 * 0.35 / 0.6, ("Mia", "Ben"): 0.4 * 0.25 / 0.6, ("Tom", "Mia"): 0.35}
    chances[("Ben", "Mia")] = 0.25
    nats = characters = words = 0.0
    for (one, two), chance in chances.items():
        for say, beginning in ((0.3, f"{one} met {two}."), (0.7, f"{one}, {two}!")):
            for plot, text in ((0.6, beginning), (0.4, f"{beginning} Who? It was {one}.")):
                probability = chance * say * plot
                nats -= probability * math.log(probability)
                characters += probability * (len(text) + 1)
                words += probability * len(separated(text))
    assert story_means(parse(SMALL, "en")) == pytest.approx(Means(nats, characters, words))


def separated(text: str) -> list[str]:
    for stop in ".,!?":
        text = text.replace(stop, f" {stop}")
    return text.split()


def test_the_languages_are_equally_hard() -> None:
    zh, en = talking_world.means("zh"), talking_world.means("en")
    assert zh.nats == pytest.approx(en.nats)
    assert zh.nats / zh.words == pytest.approx(en.nats / en.words, rel=0.02)
    assert len(talking_world.vocabulary("zh")) == pytest.approx(len(talking_world.vocabulary("en")), rel=0.05)


def test_a_seed_tells_one_story_in_both_languages() -> None:
    words = {
        slot: dict(zip(world("zh").tables[table], world("en").tables[table], strict=True))
        for slot, table in world("en").slots.items()
    }
    for zh, en in zip(some("zh", 300, seed=5), some("en", 300, seed=5), strict=True):
        assert zh.plot.name == en.plot.name
        assert {slot: words[slot][word] for slot, word in zh.chosen.items()} == en.chosen
        assert zh.nats == en.nats


@both
def test_the_same_seed_gives_the_same_stories(language: Language) -> None:
    assert some(language, 20, seed=1) == some(language, 20, seed=1)
    assert some(language, 20, seed=1) != some(language, 20, seed=2)


def test_no_machine_tells_another_story() -> None:
    assert some("en", 1, seed=3)[0].text == (
        "One cool morning, Lily and Max went to the beach. Lily brought a red cart and Max brought a green ball. "
        "Lily gave her cart to Max. He thanked her and pushed it for half an hour. "
        "That night Mother asked who had brought the cart. It was Lily."
    )
    assert some("zh", 1, seed=3)[0].text == (
        "一个凉爽的早晨，小莲和小勇来到海边。小莲带来一辆红色的小车，小勇带来一个绿色的皮球。小莲把小车送给了小勇。"
        "他谢谢她，然后推了半个小时。晚上妈妈问小车是谁带来的。是小莲带来的。"
    )


@both
def test_a_text_can_be_told_in_one_way_only(language: Language) -> None:
    """Different choices give different texts: only then the entropy of the choices is that of the texts."""
    for story in some(language, 600, seed=2):
        faultless = [
            each for each in reading.readings(language, story.text) if each.whole and not judge(language, each)[1]
        ]
        assert [each.plot for each in faultless] == [story.plot]


@both
def test_what_was_chosen_can_be_read_from_the_text(language: Language) -> None:
    for story in some(language, 200, seed=4):
        report = check(story.text, language)
        assert report.chosen == story.chosen
        assert report.plot == story.plot.name


@both
def test_the_vocabulary_holds_all_that_occurs_and_no_more(language: Language) -> None:
    occurring = {word for story in some(language, 3000, seed=3) for word in story.words}
    assert occurring == set(talking_world.vocabulary(language))
    assert 200 < len(occurring) < 300


@both
def test_a_story_is_a_short_paragraph(language: Language) -> None:
    lengths = [len(story.words) for story in some(language, 1000, seed=6)]
    assert 45 <= min(lengths) <= max(lengths) <= 70
    assert not any("\n" in story.text for story in some(language, 100, seed=6))


@both
def test_a_girl_and_a_boy_each_with_a_thing_of_their_own(language: Language) -> None:
    people = world(language).tables["person"]
    for story in some(language, 300, seed=9):
        hero, friend = (people[story.chosen[slot]].attributes["she"] for slot in ("hero", "friend"))
        assert hero != friend
        assert story.chosen["hero_thing"] != story.chosen["friend_thing"]
        assert story.chosen["hero_colour"] != story.chosen["friend_colour"]


@both
def test_who_has_a_thing_at_the_end_follows_from_the_plot(language: Language) -> None:
    for story in some(language, 300, seed=10):
        moved = {"gift": ["hero_thing"], "trade": ["hero_thing", "friend_thing"]}.get(story.plot.name, [])
        for thing, brought_by, other in (("hero_thing", "hero", "friend"), ("friend_thing", "friend", "hero")):
            assert story.now(thing) == (other if thing in moved else brought_by)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("p = 0.25", "p = 0.3", "table.person: the probabilities sum to 1.05"),
        ("p = 0.3,", "p = 0.2,", "scene.meeting"),
        ("p = 0.4\nscenes", "p = 0.3\nscenes", "plot"),
        ("p = 0.6", "p = 0.0", "above 0"),
        ('draw = ["hero", "friend"]', 'draw = ["hero"]', "before it is chosen"),
        ("{hero} met {friend} .", "{hero} met somebody .", "does not tell what it draws"),
        ("{hero} met {friend} .", "{hero} met {friend.she} .", "does not tell what it draws"),
        ("{hero} met {friend} .", "{hero} met {friend} {friend.her} .", "not every word"),
        ("{hero} met {friend} .", "{hero} met {friend} {nobody} .", "no choice called nobody"),
        ('["meeting", "ending"]', '["meeting", "meeting"]', "made before"),
        ("people = ", "persons = ", "none called persons"),
    ],
)
def test_a_world_that_contradicts_itself_is_refused(old: str, new: str, message: str) -> None:
    assert old in SMALL
    with pytest.raises(GrammarError, match=message):
        parse(SMALL.replace(old, new, 1), "en")


def test_an_unknown_language_is_refused() -> None:
    unknown: Any = "fr"
    with pytest.raises(GrammarError, match="zh, en"):
        world(unknown)


def test_the_generator_needs_no_torch_and_prints_a_sample() -> None:
    code = "import sys, data.talking_world; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
    command = [sys.executable, "-m", "data.talking_world", "--language", "zh", "--count", "2", "--seed", "3"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8").stdout
    assert some("zh", 1, seed=3)[0].text in printed
