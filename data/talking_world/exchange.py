"""One thing that a user asks, with the right answer, wrong ones, and a grade for any answer at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Turn = dict[str, str]
"""`role` (user or assistant) and `content`, as in MiniMind's files."""

Grader = Callable[[str], float]
"""From an answer's text to its worth, from 0 to 1."""


def never(answer: str) -> float:
    """The grade of whatever has nothing right in it."""
    return 0.0


@dataclass(frozen=True)
class Exchange:
    """A question and what is known of its answers.

    `wrong` holds answers that are wrong in one way each, by the name of that way (`person`, `thing`, `colour`,
    `place`, `deed`, `form`, `digit`, `claims-to-know`). `alike` are answers that say the right thing in another form
    than was asked for. `partly` grades an answer that is neither.
    """

    kind: str
    ask: str
    answer: str
    wrong: Mapping[str, str]
    alike: frozenset[str] = frozenset()
    partly: Grader = field(default=never, compare=False)

    def grade(self, answer: str) -> float:
        """From 0 to 1: 1 for the answer, one half for the right thing in the wrong form. Spaces around do not count."""
        answer = answer.strip()
        if answer == self.answer:
            return 1.0
        if answer in self.alike:
            return 0.5
        return self.partly(answer)

    def reward(self, answer: str) -> float:
        """1 for a right answer, else 0."""
        return float(self.grade(answer) == 1.0)

    def turns(self, answer: str | None = None, before: str = "") -> list[Turn]:
        """The question (after the text `before`) and an answer, by default the right one, as two turns."""
        said = self.answer if answer is None else answer
        return [{"role": "user", "content": before + self.ask}, {"role": "assistant", "content": said}]
