"""A module's quiz: one question at a time, graded at once and explained; what was wrong is asked first next time.

A test-out asks the choice questions alone, and explains nothing before its end.
"""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from textual.binding import Binding

from minimind_tui.base.inert import inert
from minimind_tui.content.practice import MultipleChoice, OpenQuestion, Option, Question
from minimind_tui.practice import quiz
from minimind_tui.practice.mastery import TEST_OUT, keep_test_out, questions_of
from minimind_tui.ui.screens.pager import PagerScreen
from minimind_tui.views.words import bar

LETTERS = "abcde"


class QuizScreen(PagerScreen):
    """Every answer is kept before the screen says whether it is right."""

    BINDINGS = [
        Binding("enter", "go_on", "回答|Answer", id="quiz.answer", tooltip="回答；答完去下一题|Answer; then go on"),
        Binding("n", "next", "下一题|Next", id="quiz.next", tooltip="答完以后：下一题|After the answer: the next one"),
        Binding("r", "again", "再来一遍|Again", id="quiz.again", tooltip="先问答错的|The wrong ones come first"),
        *(Binding(letter, f"pick({index})", show=False) for index, letter in enumerate(LETTERS)),
    ]

    def __init__(self, module: str, *, test_out: bool = False) -> None:
        super().__init__()
        self._module = module
        self._test_out = test_out
        self._begin()

    @property
    def spent_on(self) -> str:
        """The module."""
        return self._module

    def _begin(self) -> None:
        self._questions: list[Question] = []
        self._index = 0
        self._right = 0
        self._missed: list[Question] = []
        self._reset()

    def _reset(self) -> None:
        self._cursor = 0
        self._marked: set[str] = set()
        self._answered = False
        self._graded = False
        """An open question is answered first, and graded then."""

    def fill(self) -> None:
        """Ask the first question, or go on where the learner was in another language."""
        if not self._questions:
            progress, module = self.tutor.progress, self._module
            found = questions_of(self.tutor.course, module)
            self._seed = quiz.answers_given(progress, module)
            self._questions = [
                question
                for question in quiz.sitting(progress, module, found, self._seed)
                if not (self._test_out and isinstance(question, OpenQuestion))
            ]
        super().fill()

    @property
    def _question(self) -> Question | None:
        return self._questions[self._index] if self._index < len(self._questions) else None

    @property
    def _choices(self) -> list[Option]:
        question = self._question
        return (
            []
            if question is None or isinstance(question, OpenQuestion)
            else quiz.shuffled_choices(question, self._seed)
        )

    def title_row(self) -> Text:
        """Module, how far, how many right."""
        styles = self.styles_by_name()
        module = self.tutor.course.modules.get(self._module)
        text = Text(no_wrap=True, overflow="ellipsis")
        kind = self.say("免修测验", "Test-out") if self._test_out else self.say("测验", "Quiz")
        text.append(f"{kind}  ", styles["markdown.h1"])
        text.append(module.title.of(self.language) if module else inert(self._module), styles["strong"])
        if self._questions:
            asked = min(self._index + self._answered, len(self._questions))
            text.append(f"  {min(self._index + 1, len(self._questions))}/{len(self._questions)}  ")
            text.append(bar(asked / len(self._questions), 10), styles["muted"])
            if asked and not self._test_out:
                text.append(self.say(f"  答对 {self._right}", f"  {self._right} right"), styles["good"])
        return text

    def page(self) -> RenderableType:
        """The question with its choices, and after the answer what is right and why; at the end the result."""
        question = self._question
        if not self._questions:
            return Text(self.say("这个模块还没有测验。", "This module has no quiz yet."))
        if question is None:
            return self._result()
        parts: list[RenderableType] = [self.markdown(question.text.of(self.language)), ""]
        if isinstance(question, OpenQuestion):
            parts += self._open(question)
        else:
            parts.append(self._options(isinstance(question, MultipleChoice)))
            if self._answered and not self._test_out:
                parts += ["", self._verdict(), self.markdown(question.explanation.of(self.language))]
        return Group(*parts)

    def _options(self, several: bool) -> Table:
        styles = self.styles_by_name()
        grid = Table.grid(padding=(0, 1))
        for _ in range(3):
            grid.add_column(no_wrap=True)
        grid.add_column(ratio=1)
        shown = self._answered and not self._test_out
        for index, option in enumerate(self._choices):
            here = index == self._cursor and not self._answered
            chosen = option.id in self._marked
            mark, style = ("[x]" if chosen else "[ ]") if several else ("(•)" if chosen else "( )"), "muted"
            if shown and option.right:
                mark, style = " ✓ ", "good"
            elif shown and chosen:
                mark, style = " ✗ ", "bad"
            grid.add_row(
                Text("▶" if here else " ", styles["key"]),
                Text(LETTERS[index], styles["key"]),
                Text(mark, styles[style]),
                self.markdown(option.text.of(self.language)),
            )
        return grid

    def _verdict(self) -> Text:
        styles = self.styles_by_name()
        if self._question in self._missed:
            return Text(self.say("✗ 不对", "✗ Not right"), styles["bad"])
        return Text(self.say("✓ 对", "✓ Right"), styles["good"])

    def _open(self, question: OpenQuestion) -> list[RenderableType]:
        styles = self.styles_by_name()
        if not self._answered:
            return [
                Text(
                    self.say(
                        "像面试那样把答案说出来，或者写在纸上。",
                        "Say your answer aloud, as in an interview, or write it down.",
                    ),
                    styles["muted"],
                )
            ]
        head = self.say("参考答案", "A good answer")
        grid = Table.grid(padding=(0, 1))
        grid.add_column(no_wrap=True)
        grid.add_column(no_wrap=True)
        grid.add_column(no_wrap=True)
        grid.add_column(ratio=1)
        for index, point in enumerate(question.rubric):
            here = index == self._cursor and not self._graded
            met = str(index) in self._marked
            grid.add_row(
                Text("▶" if here else " ", styles["key"]),
                Text(LETTERS[index], styles["key"]),
                Text("[x]" if met else "[ ]", styles["good" if met else "muted"]),
                self.markdown(point.of(self.language)),
            )
        parts: list[RenderableType] = [
            Text(head, styles["markdown.h2"]),
            self.markdown(question.answer.of(self.language)),
            "",
            Text(self.say("你的答案里有哪几点？", "Which of these did your answer have?"), styles["markdown.h2"]),
            grid,
        ]
        if self._graded:
            parts += ["", self._verdict()]
        return parts

    def _result(self) -> RenderableType:
        styles = self.styles_by_name()
        total = len(self._questions)
        lines = Text()
        lines.append(
            self.say(f"{total} 题答对 {self._right}。\n", f"{self._right} of {total} right.\n"), styles["markdown.h1"]
        )
        if self._test_out:
            lines.append(
                self.say(
                    "免修通过：做完练习，这个模块就算掌握了。\n",
                    "Tested out: with its exercises done, this module counts as mastered.\n",
                )
                if self._right >= TEST_OUT * total
                else self.say(
                    f"免修要答对 {TEST_OUT:.0%}。从课文学起，会更快。\n",
                    f"Testing out takes {TEST_OUT:.0%}. The lessons are the quicker way.\n",
                )
            )
        else:
            stands = quiz.standing(self.tutor.progress, self._module, questions_of(self.tutor.course, self._module))
            passed = stands.passed
            lines.append(
                self.say(f"测验{'已' if passed else '未'}通过：", "Passed: " if passed else "Not passed yet: "),
                styles["good" if passed else "unsure"],
            )
            lines.append(
                self.say(
                    f"{stands.total} 题里现在有 {stands.right} 题是对的，要 {quiz.PASSED:.0%}。\n",
                    f"{stands.right} of {stands.total} questions stand as right; {quiz.PASSED:.0%} are asked for.\n",
                )
            )
        parts: list[RenderableType] = [lines]
        if self._missed:
            parts.append(Text(self.say("答错的", "Missed"), styles["markdown.h2"]))
            for question in self._missed:
                parts += [self.markdown("- " + question.text.of(self.language).replace("\n", " "))]
            parts.append(
                Text(
                    self.say("它们会在复习里再来。", "They will come back in the review."),
                    styles["muted"],
                )
            )
        return Group(*parts)

    def sentence(self) -> str:
        """The key for now."""
        question = self._question
        if question is None:
            if self._missed:
                return self.say(
                    "{quiz.again} 再来一遍，先问答错的；{pager.leave} 返回",
                    "{quiz.again} again, the wrong ones first; {pager.leave} back",
                )
            return self.say("{pager.leave} 返回", "{pager.leave} back")
        if isinstance(question, OpenQuestion):
            if not self._answered:
                return self.say(
                    "说完了按 {quiz.answer} 看参考答案", "When you have said it, {quiz.answer} for a good answer"
                )
            if not self._graded:
                return self.say(
                    "a–e 勾上说到的点，{quiz.answer} 记分",
                    "a–e mark the points you had, {quiz.answer} to keep the score",
                )
        elif not self._answered:
            if isinstance(question, MultipleChoice):
                return self.say(
                    "多选：a–e 或{pager.space}勾选，{quiz.answer} 回答",
                    "Several are right: a–e or {pager.space} to mark, {quiz.answer} to answer",
                )
            return self.say("a–e 或 ↑↓ 选一个，{quiz.answer} 回答", "a–e or ↑↓ to choose, {quiz.answer} to answer")
        last = self._index + 1 == len(self._questions)
        return (
            self.say("{quiz.next} 看结果", "{quiz.next} for the result")
            if last
            else self.say("{quiz.next} 下一题", "{quiz.next} for the next question")
        )

    def _marks(self) -> list[str]:
        """What can be marked now."""
        question = self._question
        if isinstance(question, OpenQuestion):
            return [str(index) for index in range(len(question.rubric))] if self._answered and not self._graded else []
        return [] if self._answered else [option.id for option in self._choices]

    def action_pick(self, index: int) -> None:
        """A letter marks its choice."""
        marks = self._marks()
        if index < len(marks):
            self._cursor = index
            self._toggle(marks[index])

    def action_space(self) -> None:
        """Space marks the choice under the cursor; where nothing can be marked, it reads on."""
        marks = self._marks()
        if not marks:
            self.pager.action_read_on()
        elif self._cursor < len(marks):
            self._toggle(marks[self._cursor])

    def _toggle(self, mark: str) -> None:
        if isinstance(self._question, MultipleChoice | OpenQuestion):
            self._marked ^= {mark}
        else:
            self._marked = {mark}
        self.redraw()

    def action_down(self) -> None:
        """The next choice, or the next line."""
        self._move(1)

    def action_up(self) -> None:
        """The choice above, or the line above."""
        self._move(-1)

    def _move(self, by: int) -> None:
        marks = self._marks()
        if not marks:
            self.pager.scroll_relative(y=by, animate=False)
            return
        self._cursor = (self._cursor + by) % len(marks)
        self.redraw()

    def action_go_on(self) -> None:
        """Answer; keep the score of an open answer; or go on."""
        question = self._question
        if question is None:
            return
        if isinstance(question, OpenQuestion):
            self._go_on_open(question)
        elif not self._answered:
            marks = self._marks()
            if isinstance(question, MultipleChoice) and not self._marked:
                self.notify(self.say("先勾选，再回答。", "Mark at least one choice first."))
                return
            chosen = self._marked or {marks[self._cursor]}
            self._marked = set(chosen)
            self._keep(question, sorted(chosen), quiz.RIGHT if quiz.grade(question, chosen) else 0.0)
            self._answered = True
            self.redraw()
            if self._test_out:
                self.action_next()
            else:
                self.pager.action_scroll_end()
        else:
            self.action_next()

    def _go_on_open(self, question: OpenQuestion) -> None:
        if not self._answered:
            self._answered = True
            self.redraw()
        elif not self._graded:
            met = sorted(int(mark) for mark in self._marked)
            self._graded = True
            self._keep(question, sorted(self._marked), quiz.rubric_score(question, met))
            self.redraw()
            self.pager.action_scroll_end()
        else:
            self.action_next()

    def _keep(self, question: Question, chosen: list[str], score: float) -> None:
        progress, module = self.tutor.progress, self._module
        quiz.keep_answer(progress, module, question, chosen, score)
        if quiz.is_right(score):
            self._right += 1
        else:
            self._missed.append(question)
        if quiz.standing(progress, module, questions_of(self.tutor.course, module)).passed:
            progress.mark_done("quiz", f"{module}/quiz")

    def action_next(self) -> None:
        """The next question; after the last one the result."""
        question = self._question
        if question is None or not self._answered or (isinstance(question, OpenQuestion) and not self._graded):
            return
        self._index += 1
        if self._question is None and self._test_out:
            keep_test_out(self.tutor.progress, self._module, self._questions, self._right)
        self._reset()
        self.redraw(top=True)

    def action_again(self) -> None:
        """Another sitting."""
        if self._question is None and self._questions:
            self._begin()
            self.fill()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The key bar shows what can be done now."""
        if action == "again":
            return self._question is None and bool(self._questions)
        if action == "next":
            return self._answered and self._question is not None
        if action == "go_on":
            return self._question is not None
        return True
