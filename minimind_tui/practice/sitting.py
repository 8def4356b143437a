"""One sitting of a module's quiz: which question is asked, what is marked, what Enter does next.

It knows nothing of a screen. Every answer is kept in the learner's progress as soon as it is given.
"""

from __future__ import annotations

from enum import Enum, auto

from minimind_tui.content.course import Course
from minimind_tui.content.practice import MultipleChoice, OpenQuestion, Option, Question
from minimind_tui.practice import quiz
from minimind_tui.practice.mastery import TEST_OUT, keep_test_out, questions_of
from minimind_tui.practice.store import Progress


class Stage(Enum):
    """What the question that is asked waits for."""

    CHOOSING = auto()
    """A question with one right choice waits for it."""
    MARKING = auto()
    """A question with several right choices waits for all of them."""
    SPEAKING = auto()
    """An open question waits until the learner has said his answer."""
    GRADING = auto()
    """The learner says which points of the rubric his answer had."""
    ANSWERED = auto()
    """The score is kept; the next question may come."""
    OVER = auto()
    """No question is left, or there never was one."""


class Sitting:
    """All questions of a module once. A test-out asks the choice questions alone, and answering leads on at once."""

    def __init__(self, course: Course, progress: Progress, module: str, *, test_out: bool = False) -> None:
        self.module = module
        self.test_out = test_out
        self.questions: list[Question] = []
        self.missed: list[Question] = []
        self.right = 0
        self.stage = Stage.OVER
        self.cursor = 0
        self.marked: set[str] = set()
        """The ids of what is marked, among `options`."""
        self._course, self._progress = course, progress
        self._index = self._seed = 0

    def begin(self) -> None:
        """Ask the first question: one that was answered wrongly before, if there is one."""
        self._seed = quiz.answers_given(self._progress, self.module)
        found = questions_of(self._course, self.module)
        self.questions = [
            question
            for question in quiz.asking_order(self._progress, self.module, found, self._seed)
            if not (self.test_out and isinstance(question, OpenQuestion))
        ]
        self.missed, self.right, self._index = [], 0, 0
        self._ask()

    def _ask(self) -> None:
        self.cursor, self.marked = 0, set()
        match self.question:
            case None:
                self.stage = Stage.OVER
            case OpenQuestion():
                self.stage = Stage.SPEAKING
            case MultipleChoice():
                self.stage = Stage.MARKING
            case _:
                self.stage = Stage.CHOOSING

    # How it stands.

    @property
    def question(self) -> Question | None:
        """The question that is asked; None at the end."""
        return self.questions[self._index] if self._index < len(self.questions) else None

    @property
    def number(self) -> int:
        """Of the question, from 1; at the end that of the last one."""
        return min(self._index + 1, len(self.questions))

    @property
    def asked(self) -> int:
        """How many questions the learner has answered, an open one by having said his answer."""
        return self._index + (self.stage in (Stage.GRADING, Stage.ANSWERED))

    @property
    def last(self) -> bool:
        """Whether no question comes after this one."""
        return self._index + 1 >= len(self.questions)

    @property
    def options(self) -> list[Option]:
        """The choices in this sitting's order; of an open question the points of its rubric."""
        question = self.question
        if question is None:
            return []
        if isinstance(question, OpenQuestion):
            return [Option(id=str(index), text=point) for index, point in enumerate(question.rubric)]
        return quiz.shuffled_choices(question, self._seed)

    @property
    def marking(self) -> bool:
        """Whether options can be marked now."""
        return self.stage in (Stage.CHOOSING, Stage.MARKING, Stage.GRADING)

    @property
    def answered_rightly(self) -> bool:
        """Whether the answer to this question, once it is kept, counts as right."""
        return self.question not in self.missed

    @property
    def standing(self) -> quiz.Standing:
        """How the whole quiz of the module stands, by the last answer to each question."""
        return quiz.standing(self._progress, self.module, questions_of(self._course, self.module))

    @property
    def is_self_test(self) -> bool:
        """Whether the module begins with this quiz."""
        module = self._course.modules.get(self.module)
        return module is not None and module.quiz_first

    @property
    def tested_out(self) -> bool:
        """Whether enough was right for a test-out."""
        return self.right >= TEST_OUT * len(self.questions)

    # What the learner does.

    def move(self, by: int) -> None:
        """Move the cursor over the options, round and round."""
        self.cursor = (self.cursor + by) % len(self.options)

    def mark(self, index: int | None = None) -> bool:
        """Mark the option at `index`, else the one under the cursor, or take its mark away; whether that can be done.

        Where one choice is right, a mark takes the place of the one before.
        """
        at = self.cursor if index is None else index
        if not self.marking or at >= len(self.options):
            return False
        self.cursor, chosen = at, self.options[at].id
        self.marked = {chosen} if self.stage is Stage.CHOOSING else self.marked ^ {chosen}
        return True

    def go_on(self) -> bool:
        """What Enter does: answer, see the rubric, keep the score, ask the next question.

        False where nothing is marked that could be an answer. Where one choice is right, the cursor is a mark, too.
        """
        if self.stage is Stage.MARKING and not self.marked:
            return False
        if self.stage is Stage.CHOOSING and not self.marked:
            self.marked = {self.options[self.cursor].id}
        if self.stage is Stage.SPEAKING:
            self.stage = Stage.GRADING
        elif self.marking:
            self._keep()
            if self.test_out:
                self.next()
        else:
            self.next()
        return True

    def _keep(self) -> None:
        """Grade what is marked, and keep it."""
        question = self.question
        assert question is not None
        if isinstance(question, OpenQuestion):
            score = quiz.rubric_score(question, [int(mark) for mark in self.marked])
        else:
            score = quiz.RIGHT if quiz.grade(question, self.marked) else 0.0
        quiz.keep_answer(self._progress, self.module, question, self.marked, score)
        if quiz.is_right(score):
            self.right += 1
        else:
            self.missed.append(question)
        if self.standing.passed:
            self._progress.mark_done("quiz", f"{self.module}/quiz")
        self.stage = Stage.ANSWERED

    def next(self) -> bool:
        """Ask the next question, once this one is answered; after the last one a test-out is counted."""
        if self.stage is not Stage.ANSWERED:
            return False
        self._index += 1
        self._ask()
        if self.question is None and self.test_out:
            keep_test_out(self._progress, self.module, self.questions, self.right)
        return True
