"""Sums and differences, bare or told as a story, with answers in several forms and graded digit by digit."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from data.talking_world.exchange import Exchange
from data.talking_world.grammar import world
from data.talking_world.phrases import fill, phrases
from data.talking_world.questions import even, with_form
from data.talking_world.story import join, pick
from data.tinytales.grammar import Language

SIGNS = {"sum": "+", "difference": "-"}
PROBLEM = "problem"

SUM_FORMS = ("plain", "reversed", "steps")
"""The number as it is written; its last digit first; the columns one after the other, then the number."""

PROBLEM_FORMS = ("word", "sentence")


def arithmetic(language: Language, kind: str, form: str, digits: int, rng: random.Random) -> Exchange:
    """`a + b` or `a - b` (never below 0), both of so many digits, to be answered in one of SUM_FORMS.

    Steps go from the last column to the first: "7+5=12, 4+8+1=13, 132" for 47 + 85. A column of a difference
    borrows where it must: "12-5=7, 3-1-1=1, 17" for 32 - 15.
    """
    sign = SIGNS[kind]
    a, b = _numbers(sign, digits, rng)
    ask = fill(language, phrases(language)["sum"]["ask"], {"a": ("", str(a)), "sign": ("", sign), "b": ("", str(b))})
    comma = "，" if language == "zh" else ", "

    def answers(number: int) -> dict[str, str]:
        return {
            "plain": str(number),
            "reversed": str(number)[::-1],
            "steps": comma.join([*_columns(a, b, sign), str(number)]),
        }

    return _exchange(kind, with_form(language, ask, form), form, answers, _result(a, sign, b), rng)


def problem(language: Language, form: str, digits: int, rng: random.Random) -> Exchange:
    """A sum or difference told with two people and things that can be counted, answered in one of PROBLEM_FORMS."""
    told = phrases(language)["problem"]
    asked = told[int(even([str(number) for number in range(len(told))], rng))]
    a, b = _numbers(asked["sign"], digits, rng)
    people = world(language).tables["person"]
    one = pick({name: entry.probability for name, entry in people.items()}, rng)
    other = even([name for name in people if people[name].attributes["she"] != people[one].attributes["she"]], rng)
    cast = {
        "one": ("person", one),
        "other": ("person", other),
        "many": ("", even(phrases(language)["many"]["words"], rng)),
        "a": ("", str(a)),
        "b": ("", str(b)),
    }

    def answers(number: int) -> dict[str, str]:
        sentence = fill(language, asked["sentence"], {**cast, "answer": ("", str(number))})
        return {"word": str(number), "sentence": join(language, sentence)}

    ask = with_form(language, fill(language, asked["ask"], cast), form)
    return _exchange(PROBLEM, ask, form, answers, _result(a, asked["sign"], b), rng)


def digits_right(answer: str, number: str) -> float:
    """The share of the digits of `number` that stand at their place in the last number of `answer`, from the right.

    Digits too many count as wrong ones.
    """
    found = re.findall(r"[0-9]+", answer)
    if not found:
        return 0.0
    right: int = sum(said == meant for said, meant in zip(reversed(found[-1]), reversed(number), strict=False))
    return right / max(len(found[-1]), len(number))


def _exchange(
    kind: str,
    ask: str,
    form: str,
    answers: Callable[[int], dict[str, str]],
    number: int,
    rng: random.Random,
) -> Exchange:
    right = answers(number)
    wrong = answers(_one_digit_off(number, rng))
    other_form = next(said for name, said in right.items() if name != form and said != right[form])

    def partly(answer: str) -> float:
        """The right number in words of one's own is worth as much as one in the wrong form."""
        return 0.5 * digits_right(answer[::-1] if form == "reversed" else answer, str(number))

    return Exchange(
        kind=kind,
        ask=ask,
        answer=right[form],
        wrong={"digit": wrong[form], "form": other_form},
        alike=frozenset(right.values()) - {right[form]},
        partly=partly,
    )


def _numbers(sign: str, digits: int, rng: random.Random) -> tuple[int, int]:
    """Two numbers of so many digits; for a difference the larger one first."""
    low, high = 10 ** (digits - 1), 10**digits
    a, b = (low + int(rng.random() * (high - low)) for _ in range(2))
    return (max(a, b), min(a, b)) if sign == "-" else (a, b)


def _result(a: int, sign: str, b: int) -> int:
    return a + b if sign == "+" else a - b


def _columns(a: int, b: int, sign: str) -> list[str]:
    """What is reckoned in each column, from the last: "7+5=12", "4+8+1=13"."""
    steps, carry = [], 0
    for upper, lower in zip(map(int, reversed(str(a))), map(int, reversed(str(b))), strict=True):
        if sign == "+":
            total = upper + lower + carry
            steps.append(f"{upper}+{lower}{f'+{carry}' if carry else ''}={total}")
            carry = total // 10
        else:
            borrowed = int(upper < lower + carry)
            taken = f"-{carry}" if carry else ""
            steps.append(f"{upper + 10 * borrowed}-{lower}{taken}={upper + 10 * borrowed - lower - carry}")
            carry = borrowed
    return steps


def _one_digit_off(number: int, rng: random.Random) -> int:
    """The number with one digit changed; the first digit never becomes 0, so that it stays as long."""
    digits = list(str(number))
    place = int(rng.random() * len(digits))
    smallest = 1 if place == 0 and len(digits) > 1 else 0
    others = [str(digit) for digit in range(smallest, 10) if str(digit) != digits[place]]
    digits[place] = even(others, rng)
    return int("".join(digits))
