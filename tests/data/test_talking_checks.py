"""The checks: every story passes them, each kind of change is caught by the check of its kind, and nothing raises."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import talking_world
from data.talking_world import CHECKS, Report, check, consistency
from data.talking_world.grammar import world
from data.talking_world.reading import Said, readings, spoken
from data.talking_world.story import Story
from data.tinytales.grammar import LANGUAGES, Language

both = pytest.mark.parametrize("language", LANGUAGES)


def some(language: Language, count: int, seed: int) -> list[Story]:
    return list(islice(talking_world.stories(language, seed), count))


def failed(report: Report) -> set[str]:
    return {name for name, passed in report.passed.items() if not passed}


@given(st.integers(0, 2**32), st.sampled_from(LANGUAGES))
@settings(max_examples=100, deadline=None)
def test_every_story_passes_every_check(seed: int, language: Language) -> None:
    (story,) = some(language, 1, seed)
    report = check(story.text, language)
    assert report.consistent
    assert report.faults == ()
    assert all(report.passed.values())


@given(st.text(), st.sampled_from(LANGUAGES))
@settings(max_examples=100, deadline=None)
def test_any_string_at_all_is_judged(text: str, language: Language) -> None:
    report = check(text, language)
    assert failed(report) == set(CHECKS)
    for fault in report.faults:
        assert fault.sentence("zh")
        assert fault.sentence("en")


@given(st.integers(0, 2**32), st.integers(0, 400), st.text(max_size=5), st.integers(0, 8), st.sampled_from(LANGUAGES))
@settings(max_examples=100, deadline=None)
def test_a_damaged_story_is_judged_and_faults_say_where(
    seed: int, place: int, put: str, cut: int, language: Language
) -> None:
    (story,) = some(language, 1, seed)
    text = story.text[:place] + put + story.text[place + cut :]
    report = check(text, language)
    text = text.strip()
    assert report.consistent or failed(report)
    for fault in report.faults:
        assert text[fault.start : fault.stop] == fault.found
        assert fault.found in fault.sentence(language)


def later_mentions(story: Story) -> Iterator[Said]:
    """The places of a story that repeat a choice, or follow from one."""
    (whole, *_) = [one for one in readings(story.language, story.text) if one.whole and agrees(story, one.said)]
    known: set[str] = set()
    for said in whole.said:
        slot = str(said.mention.slot)
        if slot in known or not world(story.language).tells(said.mention):
            yield said
        else:
            known.add(slot)


def agrees(story: Story, all_said: tuple[Said, ...]) -> bool:
    found = world(story.language)
    return all(said.words == spoken(found, said.mention, story.chosen[str(said.mention.slot)]) for said in all_said)


@both
def test_each_kind_of_change_is_caught_by_the_check_of_its_kind(language: Language) -> None:
    found = world(language)
    caught = set()
    for story in some(language, 40, seed=1):
        for said in later_mentions(story):
            slot = str(said.mention.slot)
            others = {
                spoken(found, said.mention, word)
                for word in found.tables[found.slots[slot]]
                if word not in story.chosen.values()
            }
            if said.mention.check == "pronouns":
                others = {spoken(found, said.mention, word) for word in found.tables["person"]}
            for other in sorted(others - {said.words})[:2]:
                text = story.text[: said.start] + other + story.text[said.stop :]
                report = check(text, language)
                assert said.mention.check in failed(report), (text, report)
                assert "plot" not in failed(report)
                caught.add(said.mention.check)
    assert caught == set(CHECKS) - {"plot"}


@both
def test_the_other_person_is_a_wrong_answer(language: Language) -> None:
    found = world(language)
    seen = 0
    for story in some(language, 150, seed=2):
        answer = list(later_mentions(story))[-1]
        if found.slots[str(answer.mention.slot)] not in ("person", "colour"):
            continue
        seen += 1
        hero, friend = (("hero", "friend"), ("hero_colour", "friend_colour"))["colour" in str(answer.mention.slot)]
        other = story.chosen[friend if answer.words == story.chosen[hero] else hero]
        report = check(story.text[: answer.start] + other + story.text[answer.stop :], language)
        assert failed(report) == {"answer"}
        assert answer.words in report.faults[0].sentence(language)
    assert seen > 50


@both
def test_two_people_two_things_and_two_colours_must_differ(language: Language) -> None:
    for story in some(language, 50, seed=3):
        for slot, name in (("friend", "people"), ("friend_thing", "owners"), ("friend_colour", "colours")):
            double = story.chosen[slot.replace("friend", "hero")]
            words = [double if word == story.chosen[slot] else word for word in story.words]
            assert name in failed(check(talking_world.join(language, words), language))


def sentences(text: str) -> list[str]:
    return [each.strip() for each in re.findall(r"[^.。]+[.。]", text)]


@both
def test_a_story_without_its_shape_fails_the_plot(language: Language) -> None:
    gap = " " if language == "en" else ""
    for story in some(language, 20, seed=4):
        whole = sentences(story.text)
        assert gap.join(whole) == story.text
        changed = [whole[:place] + whole[place + 1 :] for place in range(len(whole))]
        changed += [[*whole[:place], whole[place], *whole[place:]] for place in range(len(whole))]
        changed += [whole[::-1], whole[1:] + whole[:1], whole + whole]
        for one in changed:
            assert "plot" in failed(check(gap.join(one), language))
        assert "plot" in failed(check(story.text[:-1], language))
        assert "plot" in failed(check(story.text.replace(story.chosen["hero_colour"], "mauve"), language))


@both
def test_space_around_a_story_does_not_matter(language: Language) -> None:
    (story,) = some(language, 1, seed=5)
    assert check(f"\n {story.text}\n\n", language).consistent


def test_a_check_without_anything_to_look_at_fails_only_where_the_plot_has_it() -> None:
    story = next(each for each in some("en", 100, seed=6) if each.plot.name == "shelter")
    assert failed(check(story.text, "en")) == set()  # no animal, and no animal missed
    begun = check(" ".join(sentences(story.text)[:2]), "en")
    assert {"plot", "answer"} <= failed(begun)
    assert begun.passes("people")
    assert begun.passes("colours")


@both
def test_consistency_is_the_share_of_stories_that_pass_everything(language: Language) -> None:
    texts = [story.text for story in some(language, 3, seed=7)]
    assert consistency(texts, language) == 1
    assert consistency([*texts, "x"], language) == 0.75
    with pytest.raises(ValueError, match="no text"):
        consistency([], language)


def test_a_reason_is_a_sentence_in_both_languages() -> None:
    story = next(each for each in some("en", 100, seed=8) if each.plot.name == "mud")
    name = story.chosen["hero"]
    wrong = "Anna" if name != "Anna" else "Kate"
    report = check(story.text.replace(f"{name} dropped", f"{wrong} dropped"), "en")
    (fault, *_) = report.faults
    assert fault.sentence("en") == f"names: the story so far asks for “{name}” here, but it says “{wrong}”."
    assert fault.sentence("zh") == f"人名：前文决定了这里是“{name}”，写的却是“{wrong}”。"
