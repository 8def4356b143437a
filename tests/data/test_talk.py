"""Talk: the right answer is right, the wrong ones are wrong as named, and the files have MiniMind's shape."""

from __future__ import annotations

import itertools
import json
import random
import re
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import talking_world
from data.talking_world import KINDS, Exchange, Options, chat, check, preference, tasks
from data.talking_world.grammar import world
from data.talking_world.phrases import phrases
from data.talking_world.questions import FORMS, QUESTIONS, UNKNOWN, fits, question
from data.talking_world.story import Story
from data.talking_world.sums import PROBLEM_FORMS, SUM_FORMS, arithmetic, digits_right, problem
from data.talking_world.tell import tell
from data.tinytales.grammar import LANGUAGES, Language

both = pytest.mark.parametrize("language", LANGUAGES)
FAULTS = {"person", "thing", "colour", "place", "deed", "form", "digit", "claims-to-know"}


def some(language: Language, count: int, seed: int) -> list[Story]:
    return list(islice(talking_world.stories(language, seed), count))


def asked(language: Language, kind: str, form: str = "word", *, echo: bool = False) -> list[tuple[Story, Exchange]]:
    rng = random.Random(1)
    return [
        (story, question(story, kind, form, rng, echo=echo))
        for story in some(language, 120, seed=1)
        if fits(kind, story)
    ]


@both
def test_every_exchange_rewards_its_answer_and_no_wrong_one(language: Language) -> None:
    kinds: set[str] = set()
    faults: set[str] = set()
    for task in tasks(language, 400, seed=1):
        exchange = task.exchange
        assert exchange.reward(exchange.answer) == exchange.grade(f" {exchange.answer}\n") == 1
        for fault, wrong in exchange.wrong.items():
            assert exchange.reward(wrong) == 0
            assert 0 <= exchange.grade(wrong) < 1
            assert not (fault == "form" and exchange.grade(wrong) != 0.5)
        kinds.add(exchange.kind)
        faults.update(exchange.wrong)
    assert kinds == set(KINDS)
    assert faults == FAULTS


@given(st.integers(0, 2**32), st.text(), st.sampled_from(LANGUAGES))
@settings(max_examples=60, deadline=None)
def test_any_answer_at_all_is_graded(seed: int, answer: str, language: Language) -> None:
    (task,) = tasks(language, 1, seed)
    assert 0 <= task.exchange.grade(answer) <= 1
    assert task.exchange.reward(answer) == float(answer.strip() == task.exchange.answer)


@both
def test_facts_are_those_of_the_story(language: Language) -> None:
    for story, exchange in asked(language, "who"):
        owner = next(one for one in ("hero", "friend") if story.chosen[f"{one}_thing"] in exchange.ask)
        assert exchange.answer == story.chosen[owner]
        assert exchange.wrong["person"] == story.chosen["friend" if owner == "hero" else "hero"]
    for story, exchange in asked(language, "colour"):
        owner = next(one for one in ("hero", "friend") if story.chosen[f"{one}_thing"] in exchange.ask)
        assert exchange.answer == story.chosen[f"{owner}_colour"]
    for story, exchange in asked(language, "two-step"):
        doer = next(one for one in ("hero", "friend") if story.chosen[f"{one}_deed"] in exchange.ask)
        assert exchange.answer == story.chosen[f"{doer}_thing"]
    for story, exchange in asked(language, "now"):
        thing = next(one for one in ("hero_thing", "friend_thing") if story.chosen[one] in exchange.ask)
        assert exchange.answer == story.chosen[story.now(thing)]


@both
def test_what_the_story_does_not_say_cannot_be_known(language: Language) -> None:
    unknown = phrases(language)["not_known"]["word"]
    for story, exchange in asked(language, UNKNOWN):
        assert exchange.answer == unknown
        assert exchange.wrong["claims-to-know"] in story.chosen.values()
        named = [
            word
            for table in ("thing", "person")
            for word in world(language).tables[table]
            if re.search(rf"{word}\b" if language == "en" else word, exchange.ask)
        ]
        assert named
        assert not any(word in story.words for word in named)


@both
@pytest.mark.parametrize("kind", [*QUESTIONS, UNKNOWN])
def test_forms_say_the_same(language: Language, kind: str) -> None:
    for (_, word), (_, sentence), (_, turned) in zip(*(asked(language, kind, form) for form in FORMS), strict=True):
        assert word.grade(sentence.answer) == sentence.grade(word.answer) == turned.grade(word.answer) == 0.5
        assert word.reward(sentence.answer) == turned.reward(sentence.answer) == 0
        if language == "en":
            assert turned.answer.split() == sentence.answer.rstrip(".").split()[::-1]
        else:
            assert sorted(turned.answer) == sorted(sentence.answer.rstrip("。"))
        assert word.ask != sentence.ask != turned.ask


@both
def test_an_echoed_answer_begins_with_what_was_asked(language: Language) -> None:
    space = " " if language == "en" else ""
    for kind, key in (("who", "thing"), ("colour", "thing"), ("what", ""), ("doer", "deed"), ("deed", "")):
        for (story, plain), (_, echoed) in zip(asked(language, kind), asked(language, kind, echo=True), strict=True):
            said = echoed.answer.removesuffix(plain.answer).strip()
            assert echoed.answer == said + space + plain.answer
            assert said in [story.chosen[f"{one}_{key}".rstrip("_")] for one in ("hero", "friend")]
            assert said in echoed.ask
            assert echoed.grade(plain.answer) == 0.5
    for story, echoed in asked(language, "two-step", echo=True):
        one = next(one for one in ("hero", "friend") if story.chosen[f"{one}_deed"] in echoed.ask)
        steps = (story.chosen[f"{one}_deed"], story.chosen[one], story.chosen[f"{one}_thing"])
        assert echoed.answer == space.join(steps)


def test_a_question_that_a_story_cannot_answer_is_refused() -> None:
    race = next(story for story in some("en", 100, seed=1) if story.plot.name == "race")
    with pytest.raises(ValueError, match="plot race"):
        question(race, "two-step", "word", random.Random(0))


@given(st.integers(0, 2**32), st.sampled_from(["sum", "difference"]), st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_sums_are_right_and_each_column_of_their_steps(seed: int, kind: str, digits: int) -> None:
    plain, last_first, steps = (arithmetic("en", kind, form, digits, random.Random(seed)) for form in SUM_FORMS)
    left, sign, right = re.findall(r"(\d+) ([+-]) (\d+)", plain.ask)[0]
    number = int(left) + int(right) if sign == "+" else int(left) - int(right)
    assert len(left) == len(right) == digits
    assert number >= 0
    assert plain.answer == str(number)
    assert last_first.answer == str(number)[::-1]
    *columns, result = steps.answer.split(", ")
    assert result == str(number)
    assert len(columns) == digits
    for column in columns:
        reckoned, said = column.split("=")
        terms = re.findall(r"[+-]?\d+", reckoned)
        assert sum(map(int, terms)) == int(said)
    written = [column.split("=")[1][-1] for column in columns]
    assert int("".join(reversed(written))) == number % 10**digits
    for form in (plain, last_first, steps):
        wrong = form.wrong["digit"]
        assert len(wrong) == len(form.answer)
        assert form.grade(wrong) < 0.5 or form is steps


def test_digits_are_graded_from_the_right() -> None:
    assert digits_right("132", "132") == 1
    assert digits_right("It is 142.", "132") == pytest.approx(2 / 3)
    assert digits_right("32", "132") == pytest.approx(2 / 3)
    assert digits_right("1132", "132") == 0.75
    assert digits_right("none", "132") == 0
    exchange = arithmetic("en", "sum", "reversed", 2, random.Random(0))
    assert exchange.grade(exchange.answer[0]) == pytest.approx(0.5 / len(exchange.answer))


@both
@pytest.mark.parametrize("form", PROBLEM_FORMS)
def test_word_problems_follow_their_words(language: Language, form: str) -> None:
    rng = random.Random(1)
    signs = set()
    for _ in range(100):
        exchange = problem(language, form, 2, rng)
        a, b = map(int, re.findall(r"\d+", exchange.ask))
        (number,) = map(int, re.findall(r"\d+", exchange.answer))
        assert number in (a + b, a - b)
        signs.add(number == a + b)
        assert exchange.wrong["digit"] != exchange.answer
    assert signs == {True, False}


@both
def test_a_wish_is_fulfilled_by_any_consistent_story_that_has_it(language: Language) -> None:
    for story, next_one in itertools.pairwise(some(language, 30, seed=3)):
        exchange = tell(story, random.Random(0))
        for slot in ("hero", "friend", "hero_thing", "hero_colour"):
            assert story.chosen[slot] in exchange.ask
        assert exchange.reward(story.text) == 1
        assert exchange.grade(next_one.text) < 1
        assert exchange.grade(story.text[:40]) < 0.8
        for fault in ("person", "colour"):
            assert check(exchange.wrong[fault], language).consistent
            assert 0.5 < exchange.grade(exchange.wrong[fault]) < 1


@both
def test_chat_has_the_shape_of_minimind(language: Language) -> None:
    lengths = set()
    for line in chat(language, 100, seed=2):
        assert json.loads(json.dumps(line, ensure_ascii=False)) == line
        turns = line["conversations"]
        assert [turn["role"] for turn in turns] == ["user", "assistant"] * (len(turns) // 2)
        assert all(set(turn) == {"role", "content"} and turn["content"] for turn in turns)
        questions = [turn["content"] for turn in turns[::2]]
        assert len(set(questions)) == len(questions)
        lengths.add(len(turns))
    assert lengths == {2, 4, 6}


@both
def test_a_preference_differs_in_the_last_answer_alone(language: Language) -> None:
    faults = set()
    for line in preference(language, 150, seed=2):
        chosen, rejected = line["chosen"], line["rejected"]
        assert chosen[:-1] == rejected[:-1]
        assert chosen[-1]["role"] == rejected[-1]["role"] == "assistant"
        assert chosen[-1]["content"] != rejected[-1]["content"]
        faults.add(line["wrong"])
    assert faults == FAULTS


@both
def test_chat_preference_and_tasks_of_a_seed_are_the_same_talk(language: Language) -> None:
    talks, pairs, asked_for = chat(language, 30, 5), preference(language, 30, 5), tasks(language, 30, 5)
    for talk, pair, task in zip(talks, pairs, asked_for, strict=True):
        assert talk["conversations"] == pair["chosen"] == [*task.prompt, pair["chosen"][-1]]
        assert task.exchange.answer == pair["chosen"][-1]["content"]
    assert list(chat(language, 30, 5)) != list(chat(language, 30, 6))


def test_options_choose_what_is_talked_about() -> None:
    options = Options(kinds=("sum",), sum_forms=("reversed",), digits=(3,), most_questions=1)
    for talk in chat("en", 20, 1, options):
        ask, _ = (turn["content"] for turn in talk["conversations"])
        assert re.fullmatch(r"What is \d{3} \+ \d{3}\? Begin with the last digit\.", ask)
    for task in tasks("zh", 20, 1, Options(kinds=("who", "two-step"), forms=("word",), echo=True)):
        assert task.exchange.kind in ("who", "two-step")
        assert task.prompt[-1]["role"] == "user"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"kinds": ()}, "kinds"),
        ({"kinds": ("poem",)}, "choose at least one of tell"),
        ({"forms": ("rhyme",)}, "forms"),
        ({"digits": (0,)}, "one digit"),
        ({"most_questions": 0}, "one question"),
    ],
)
def test_options_that_mean_nothing_are_refused(wrong: dict[str, tuple[str, ...]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Options(**wrong)  # type: ignore[arg-type]


def test_both_languages_ask_for_the_same() -> None:
    for zh, en in zip(tasks("zh", 200, 4), tasks("en", 200, 4), strict=True):
        assert zh.exchange.kind == en.exchange.kind
        assert len(zh.prompt) == len(en.prompt)
        assert list(zh.exchange.wrong) == list(en.exchange.wrong)
        assert re.findall(r"\d+", zh.exchange.ask) == re.findall(r"\d+", en.exchange.ask)
