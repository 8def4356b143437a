"""Lint of a module's questions: each can be answered, none gives its answer away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from minimind_tui.base.text import LANGUAGES
from minimind_tui.content.files import Problem
from minimind_tui.content.lint.drawing import markdown_problems, problem_at
from minimind_tui.content.practice import MultipleChoice, OpenQuestion, Question, SingleChoice

FEWEST_QUESTIONS = 4
"""Quizzes with fewer questions are not searched for patterns."""

LARGEST_SHARE_IN_ONE_PLACE = 2 / 3
"""The largest allowed share of questions whose right choice has the same position."""

CONSPICUOUS_RATIO = 1.5
"""A choice that is this many times as long as the next longest one stands out."""

LARGEST_SHARE_CONSPICUOUS = 1 / 2
"""The largest allowed share of questions whose right choice stands out by its length."""


def quiz_problems(path: Path, questions: Sequence[Question]) -> Iterator[Problem]:
    """What is wrong with the questions in `path`."""
    yield from repeated(path, "questions", [question.id for question in questions])
    for index, question in enumerate(questions):
        place = f".questions[{index}]"
        if isinstance(question, OpenQuestion):
            yield from markdown_problems(path, place, question.text, question.answer, *question.rubric)
            continue
        choices = question.choices
        yield from markdown_problems(
            path, place, question.text, question.explanation, *(choice.text for choice in choices)
        )
        yield from _choice_problems(path, place, question)
    yield from _patterns(path, [question for question in questions if isinstance(question, SingleChoice)])


def repeated(path: Path, table: str, ids: Sequence[str]) -> Iterator[Problem]:
    """Ids that occur more than once: answers and grades are stored by id."""
    for name, count in Counter(ids).items():
        if count > 1:
            index = len(ids) - 1 - list(reversed(ids)).index(name)
            yield problem_at(
                path,
                f".{table}[{index}]",
                f"id {name!r} 用了 {count} 次",
                f"the id {name!r} is used {count} times",
            )


def _choice_problems(path: Path, place: str, question: SingleChoice | MultipleChoice) -> Iterator[Problem]:
    right = sum(choice.right for choice in question.choices)
    if len({choice.id for choice in question.choices}) < len(question.choices):
        yield problem_at(
            path, place, f"{question.id} 的选项 id 有重复", f"{question.id}: two of its choices have the same id"
        )
    if isinstance(question, SingleChoice) and right != 1:
        yield problem_at(
            path,
            place,
            f"{question.id} 是单选，要正好一个 right = true，现在是 {right} 个",
            f"{question.id} is single: exactly one choice is right = true, not {right}",
        )
    if isinstance(question, MultipleChoice) and not 2 <= right < len(question.choices):
        yield problem_at(
            path,
            place,
            f"{question.id} 是多选，要至少两个对的、至少一个错的，现在 {right} 个对",
            f"{question.id} is multiple: two right choices at least and a wrong one, not {right} right",
        )


def _patterns(path: Path, questions: Sequence[SingleChoice]) -> Iterator[Problem]:
    """Patterns that give the right choices away: their position or their length."""
    if len(questions) < FEWEST_QUESTIONS:
        return
    places = Counter(at for q in questions for at, choice in enumerate(q.choices) if choice.right)
    at, count = places.most_common(1)[0] if places else (0, 0)
    if count > LARGEST_SHARE_IN_ONE_PLACE * len(questions):
        yield problem_at(
            path,
            "",
            f"{len(questions)} 道单选里有 {count} 道，第 {at + 1} 个选项是对的：换换位置",
            f"in {count} of {len(questions)} single questions choice {at + 1} is right: change their places",
        )
    for language in LANGUAGES:
        caught = 0
        for question in questions:
            lengths = [(len(choice.text.of(language)), choice.right) for choice in question.choices]
            (longest, right), (next_longest, _) = sorted(lengths, reverse=True)[:2]
            caught += right and longest >= CONSPICUOUS_RATIO * next_longest
        if caught > LARGEST_SHARE_CONSPICUOUS * len(questions):
            name = {"zh": "中文", "en": "英文"}[language]
            yield problem_at(
                path,
                "",
                f"{len(questions)} 道单选里有 {caught} 道，对的选项比别的长得多（{name}）：写短它，或写全别的",
                f"in {caught} of {len(questions)} single questions the right choice is by far the longest "
                f"({language}): shorten it, or say more in the others",
            )
