"""What the files of practice may say: questions, cards and exercises, one typed structure for each table.

They are read when somebody practises, not when the app starts.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from minimind_tui.base.text import Text
from minimind_tui.content.schema import Choice
from minimind_tui.content.tables import ContentTable, Identifier

Symbol = Annotated[str, Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=60)]
"""A class or a function that an exercise's file defines."""

DottedName = Annotated[str, Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$", max_length=100)]
"""A name with its modules: `torch.nn.functional.rms_norm`; a module stands for all that is in it."""

Part = Literal["starter", "solution", "check"]
"""The files of an exercise: what the learner begins with, one way to do it, how it is checked."""


class Option(Choice):
    """One choice of a question."""

    right: bool = False


class _ChoiceQuestion(ContentTable):
    id: Identifier
    text: Text
    choices: Annotated[list[Option], Meta(min_length=3, max_length=5)]
    explanation: Text
    """Why the right choice is right, and why the tempting one is wrong."""


class SingleChoice(_ChoiceQuestion, tag_field="kind", tag="single"):
    """A question with one right choice."""


class MultipleChoice(_ChoiceQuestion, tag_field="kind", tag="multiple"):
    """A question with two right choices or more; all of them must be found."""


class OpenQuestion(ContentTable, tag_field="kind", tag="open"):
    """A question that the learner answers in words, and grades by a rubric."""

    id: Identifier
    text: Text
    answer: Text
    """The reference answer, as one would say it in an interview."""
    rubric: Annotated[list[Text], Meta(min_length=3, max_length=5)]
    """What an answer must contain, point by point."""


Question = SingleChoice | MultipleChoice | OpenQuestion


class QuizFile(ContentTable):
    """`lessons/<module>/quiz.toml`."""

    format: Literal[1]
    questions: list[Question]


class FollowUp(ContentTable):
    """What an interviewer asks next; its answer is shown when the learner has thought of one."""

    question: Text
    answer: Text


class Card(ContentTable):
    """An interview question for spaced review, with what the interviewer asks next."""

    id: Identifier
    question: Text
    answer: Text
    follow_ups: Annotated[list[FollowUp], Meta(min_length=1, max_length=3)]


class CardFile(ContentTable):
    """`lessons/<module>/cards.toml`."""

    format: Literal[1]
    cards: list[Card]


class Exercise(ContentTable):
    """A piece of code to write from scratch; its files lie in `lessons/<module>/exercises/<id>/`."""

    id: Identifier
    title: Text
    task: Text
    """What to write: signature, shapes, an example worked by hand. Markdown."""
    minutes: Annotated[int, Meta(ge=1, le=180)]
    symbols: Annotated[list[Symbol], Meta(min_length=1)]
    """What the file must define."""
    hints: Annotated[list[Text], Meta(min_length=3, max_length=3)]
    """A ladder: a nudge, the method, nearly the code."""
    forbidden: list[DottedName] = []
    """What the code may not use, since it would be the answer itself."""


class ExerciseFile(ContentTable):
    """`lessons/<module>/exercises.toml`."""

    format: Literal[1]
    exercises: list[Exercise]
