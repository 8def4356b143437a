"""A module's quiz: which question comes when, how an answer is graded, what is still missing.

Every answer is kept. The last one to a question counts.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Collection, Sequence
from typing import NamedTuple

from minimind_tui.content.practice import MultipleChoice, OpenQuestion, Option, Question, SingleChoice
from minimind_tui.practice.clock import now
from minimind_tui.practice.store import Progress

PASSED = 0.8
"""The share of a quiz's questions that must be right."""

RIGHT = 1.0
GOOD_ENOUGH = 0.6
"""An open answer counts as right if it meets at least this share of its rubric."""


class Standing(NamedTuple):
    """The state of a quiz: each question counts by its last answer."""

    right: int
    wrong: int
    unanswered: int

    @property
    def total(self) -> int:
        """How many questions there are."""
        return self.right + self.wrong + self.unanswered

    @property
    def passed(self) -> bool:
        """Whether enough of them are right."""
        return self.total > 0 and self.right >= PASSED * self.total


def asking_order(progress: Progress, module: str, questions: Sequence[Question], seed: int) -> list[Question]:
    """All questions in the order of asking: the wrong ones first, then the new ones, then those known.

    Within each of the three the order is the seed's.
    """
    scores = last_scores(progress, module)

    def known(question: Question) -> int:
        score = scores.get(question.id)
        return 1 if score is None else 2 if is_right(score) else 0

    shuffled = list(questions)
    random.Random(f"{module} {seed}").shuffle(shuffled)
    return sorted(shuffled, key=known)


def shuffled_choices(question: SingleChoice | MultipleChoice, seed: int) -> list[Option]:
    """The choices in the seed's order."""
    choices = list(question.choices)
    random.Random(f"{question.id} {seed}").shuffle(choices)
    return choices


def grade(question: SingleChoice | MultipleChoice, chosen: Collection[str]) -> bool:
    """Whether exactly the right choices were chosen."""
    return {choice.id for choice in question.choices if choice.right} == set(chosen)


def rubric_score(question: OpenQuestion, met: Collection[int]) -> float:
    """The part of the rubric's points that an open answer meets, by the learner's own judgement."""
    return len(set(met) & set(range(len(question.rubric)))) / len(question.rubric)


def is_right(score: float) -> bool:
    """Whether an answer with this score counts as right."""
    return score >= GOOD_ENOUGH


def keep_answer(progress: Progress, module: str, question: Question, chosen: Collection[str], score: float) -> None:
    """Store an answer and its score."""
    written = json.dumps(sorted(chosen), ensure_ascii=False)
    progress.execute(
        "INSERT OR REPLACE INTO answer VALUES (?, ?, ?, ?)", f"{module}/{question.id}", now(), written, score
    )


def last_scores(progress: Progress, module: str) -> dict[str, float]:
    """The score of the last answer to each question of a module that was answered, by the question's id."""
    rows = progress.execute(
        "SELECT question, score FROM answer WHERE substr(question, 1, ?2) = ?1 "
        "AND typeof(score) IN ('real', 'integer') ORDER BY at",
        f"{module}/",
        len(module) + 1,
    )
    return {question.partition("/")[2]: float(score) for question, score in rows}


def standing(progress: Progress, module: str, questions: Sequence[Question]) -> Standing:
    """The present state of the quiz of a module."""
    scores = last_scores(progress, module)
    answered = [scores[question.id] for question in questions if question.id in scores]
    right = sum(is_right(score) for score in answered)
    return Standing(right, len(answered) - right, len(questions) - len(answered))


def needed(total: int) -> int:
    """The number of questions out of `total` that must be right to pass."""
    return math.ceil(PASSED * total)


def best(progress: Progress, module: str, questions: Sequence[Question]) -> int:
    """The largest number of questions that were right at the same time."""
    asked = {f"{module}/{question.id}" for question in questions}
    rows = progress.execute("SELECT question, score FROM answer WHERE typeof(score) IN ('real', 'integer') ORDER BY at")
    right: set[str] = set()
    most = 0
    for question, score in rows:
        if question in asked:
            (right.add if is_right(score) else right.discard)(question)
            most = max(most, len(right))
    return most


def answers_given(progress: Progress, module: str) -> int:
    """How many answers there are to questions of a module: the seed of its next sitting."""
    ((count,),) = progress.execute(
        "SELECT count(*) FROM answer WHERE substr(question, 1, ?2) = ?1", f"{module}/", len(module) + 1
    )
    return int(count)


def ever_missed(progress: Progress, module: str) -> set[str]:
    """The questions of a module that were answered wrongly at least once, by id."""
    rows = progress.execute(
        "SELECT DISTINCT question FROM answer WHERE substr(question, 1, ?2) = ?1 AND score < ?3",
        f"{module}/",
        len(module) + 1,
        GOOD_ENOUGH,
    )
    return {question.partition("/")[2] for (question,) in rows}
