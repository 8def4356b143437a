"""A module's quiz: one question at a time, graded at once and explained; what was wrong is asked first next time.

A test-out asks the choice questions alone, and explains nothing before its end. How it stands is the `Sitting`'s to
know; here it is drawn.
"""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from textual.binding import Binding

from minimind_tui.base.inert import inert
from minimind_tui.base.text import Text as Bilingual
from minimind_tui.content.practice import MultipleChoice, OpenQuestion
from minimind_tui.practice import quiz
from minimind_tui.practice.mastery import TEST_OUT
from minimind_tui.practice.sitting import Sitting, Stage
from minimind_tui.ui.screens.pager import PagerScreen
from minimind_tui.views.words import bar

LETTERS = "abcde"

SENTENCES: dict[Stage, Bilingual] = {
    Stage.CHOOSING: Bilingual(
        zh="a–e 或 ↑↓ 选一个，{quiz.answer} 回答", en="a–e or ↑↓ to choose, {quiz.answer} to answer"
    ),
    Stage.MARKING: Bilingual(
        zh="多选：a–e 或{pager.space}勾选，{quiz.answer} 回答",
        en="Several are right: a–e or {pager.space} to mark, {quiz.answer} to answer",
    ),
    Stage.SPEAKING: Bilingual(
        zh="说完了按 {quiz.answer} 看参考答案", en="When you have said it, {quiz.answer} for a good answer"
    ),
    Stage.GRADING: Bilingual(
        zh="a–e 勾上说到的点，{quiz.answer} 记分", en="a–e mark the points you had, {quiz.answer} to keep the score"
    ),
    Stage.ANSWERED: Bilingual(zh="{quiz.next} 下一题", en="{quiz.next} for the next question"),
    Stage.OVER: Bilingual(zh="{pager.leave} 返回", en="{pager.leave} back"),
}
"""What the foot of the screen says in each stage; the letters end with the last choice that there is."""
LAST_ANSWERED = Bilingual(zh="{quiz.next} 看结果", en="{quiz.next} for the result")
OVER_WITH_MISTAKES = Bilingual(
    zh="{quiz.again} 再来一遍，先问答错的；{pager.leave} 返回",
    en="{quiz.again} again, the wrong ones first; {pager.leave} back",
)


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
        self.sitting = Sitting(self.tutor.course, self.tutor.progress, module, test_out=test_out)

    @property
    def spent_on(self) -> str:
        """The module that the time goes to."""
        return self.sitting.module

    def fill(self) -> None:
        """Ask the first question, or go on where the learner was in another language."""
        if not self.sitting.questions:
            self.sitting.begin()
        super().fill()

    def title_row(self) -> Text:
        """Module, how far, how many right."""
        styles, sitting = self.styles_by_name(), self.sitting
        module = self.tutor.course.modules.get(sitting.module)
        text = Text(no_wrap=True, overflow="ellipsis")
        kind = self.say("免修测验", "Test-out") if sitting.test_out else self.say("测验", "Quiz")
        text.append(f"{kind}  ", styles["markdown.h1"])
        text.append(module.title.of(self.language) if module else inert(sitting.module), styles["strong"])
        if sitting.questions:
            total, asked = len(sitting.questions), min(sitting.asked, len(sitting.questions))
            text.append(f"  {sitting.number}/{total}  ")
            text.append(bar(asked / total, 10), styles["muted"])
            if asked and not sitting.test_out:
                text.append(self.say(f"  答对 {sitting.right}", f"  {sitting.right} right"), styles["good"])
        return text

    def page(self) -> RenderableType:
        """The question with its choices, and after the answer what is right and why; at the end the result."""
        sitting, question = self.sitting, self.sitting.question
        if not sitting.questions:
            return Text(self.say("这个模块还没有测验。", "This module has no quiz yet."))
        if question is None:
            return self._result()
        parts: list[RenderableType] = [self.markdown(question.text.of(self.language)), ""]
        if isinstance(question, OpenQuestion):
            parts += self._open(question)
        else:
            parts.append(self._options())
        if sitting.stage is Stage.ANSWERED:
            parts += ["", self._verdict()]
            if not isinstance(question, OpenQuestion):
                parts.append(self.markdown(question.explanation.of(self.language)))
        return Group(*parts)

    def _options(self) -> Table:
        """What can be marked, and what is; of an answered choice question, what is right."""
        styles, sitting = self.styles_by_name(), self.sitting
        grid = Table.grid(padding=(0, 1))
        for _ in range(3):
            grid.add_column(no_wrap=True)
        grid.add_column(ratio=1)
        for index, option in enumerate(sitting.options):
            here = sitting.marking and index == sitting.cursor
            mark, style = self._mark(option.id in sitting.marked, option.right)
            grid.add_row(
                Text("▶" if here else " ", styles["key"]),
                Text(LETTERS[index], styles["key"]),
                Text(mark, styles[style]),
                self.markdown(option.text.of(self.language)),
            )
        return grid

    def _mark(self, marked: bool, right: bool) -> tuple[str, str]:
        """The sign before an option, and its style."""
        question = self.sitting.question
        if isinstance(question, OpenQuestion):
            return ("[x]", "good") if marked else ("[ ]", "muted")
        if self.sitting.stage is Stage.ANSWERED and (right or marked):
            return (" ✓ ", "good") if right else (" ✗ ", "bad")
        if isinstance(question, MultipleChoice):
            return "[x]" if marked else "[ ]", "muted"
        return "(•)" if marked else "( )", "muted"

    def _verdict(self) -> Text:
        styles = self.styles_by_name()
        if self.sitting.answered_rightly:
            return Text(self.say("✓ 对", "✓ Right"), styles["good"])
        return Text(self.say("✗ 不对", "✗ Not right"), styles["bad"])

    def _open(self, question: OpenQuestion) -> list[RenderableType]:
        """An open question: what to do, then a good answer and its points."""
        styles = self.styles_by_name()
        if self.sitting.stage is Stage.SPEAKING:
            how = self.say(
                "像面试那样把答案说出来，或者写在纸上。",
                "Say your answer aloud, as in an interview, or write it down.",
            )
            return [Text(how, styles["muted"])]
        return [
            Text(self.say("参考答案", "A good answer"), styles["markdown.h2"]),
            self.markdown(question.answer.of(self.language)),
            "",
            Text(self.say("你的答案里有哪几点？", "Which of these did your answer have?"), styles["markdown.h2"]),
            self._options(),
        ]

    def _result(self) -> RenderableType:
        """How many were right, what that means, and which were missed."""
        styles, sitting = self.styles_by_name(), self.sitting
        total, right = len(sitting.questions), sitting.right
        lines = Text()
        lines.append(self.say(f"{total} 题答对 {right}。\n", f"{right} of {total} right.\n"), styles["markdown.h1"])
        if sitting.test_out:
            lines.append(
                self.say(
                    "免修通过：做完练习，这个模块就算掌握了。\n",
                    "Tested out: with its exercises done, this module counts as mastered.\n",
                )
                if sitting.tested_out
                else self.say(
                    f"免修要答对 {TEST_OUT:.0%}。从课文学起，会更快。\n",
                    f"Testing out takes {TEST_OUT:.0%}. The lessons are the quicker way.\n",
                )
            )
        else:
            stands = sitting.standing
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
            if passed and sitting.is_self_test:
                lines.append(
                    self.say(
                        "这个模块讲的，你都会：可以放心跳过它。\n",
                        "You know what this module teaches: skip it with a clear conscience.\n",
                    )
                )
        parts: list[RenderableType] = [lines]
        if sitting.missed:
            parts.append(Text(self.say("答错的", "Missed"), styles["markdown.h2"]))
            for question in sitting.missed:
                parts += [self.markdown("- " + question.text.of(self.language).replace("\n", " "))]
            parts.append(
                Text(
                    self.say("它们会在复习里再来。", "They will come back in the review."),
                    styles["muted"],
                )
            )
        return Group(*parts)

    def sentence(self) -> str:
        """The sentence at the foot: the key that leads on."""
        sitting = self.sitting
        said = SENTENCES[sitting.stage]
        if sitting.stage is Stage.ANSWERED and sitting.last:
            said = LAST_ANSWERED
        elif sitting.stage is Stage.OVER and sitting.missed:
            said = OVER_WITH_MISTAKES
        letters = f"a–{LETTERS[min(len(sitting.options), len(LETTERS)) - 1]}"
        return self.say(said.zh.replace("a–e", letters), said.en.replace("a–e", letters))

    def action_pick(self, index: int) -> None:
        """A letter marks its choice."""
        if self.sitting.mark(index):
            self.redraw()

    def action_space(self) -> None:
        """Space marks the choice under the cursor; where nothing can be marked, it reads on."""
        if self.sitting.mark():
            self.redraw()
        else:
            self.pager.action_read_on()

    def action_down(self) -> None:
        """The next choice, or the next line."""
        self._move(1)

    def action_up(self) -> None:
        """The choice above, or the line above."""
        self._move(-1)

    def _move(self, by: int) -> None:
        if self.sitting.marking:
            self.sitting.move(by)
            self.redraw()
        else:
            self.pager.scroll_relative(y=by, animate=False)

    def action_go_on(self) -> None:
        """Answer; keep the score of an open answer; or go on."""
        before = self.sitting.question
        if not self.sitting.go_on():
            self.notify(self.say("先勾选，再回答。", "Mark at least one choice first."))
            return
        self.redraw(top=self.sitting.question is not before)
        if self.sitting.stage is Stage.ANSWERED:
            self.pager.action_scroll_end()

    def action_next(self) -> None:
        """The next question; after the last one the result."""
        if self.sitting.next():
            self.redraw(top=True)

    def action_again(self) -> None:
        """Begin another sitting of the quiz."""
        if self.sitting.stage is Stage.OVER and self.sitting.questions:
            self.sitting.begin()
            self.fill()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The key bar shows what can be done now."""
        stage = self.sitting.stage
        if action == "again":
            return stage is Stage.OVER and bool(self.sitting.questions)
        if action == "next":
            return stage is Stage.ANSWERED
        return stage is not Stage.OVER if action == "go_on" else True
