"""What can be practised: today's review, the sums, and each module's quiz and exercises with how they stand."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from minimind_tui.content.files import ContentError
from minimind_tui.content.practice import OpenQuestion
from minimind_tui.practice import quiz, review
from minimind_tui.practice.clock import now
from minimind_tui.practice.mastery import TESTED_OUT, questions_of
from minimind_tui.ui.choices import Choices
from minimind_tui.ui.key_bar import Foot, NextBar
from minimind_tui.ui.screens.base import TutorScreen

REVIEW, SUMS = "review", "sums"


class PracticeScreen(TutorScreen):
    """Enter opens what is chosen."""

    DEFAULT_CSS = """
    #practice-list { height: 1fr; max-height: 100%; border: none; background: $background; padding: 1 2; }
    """

    PARTS = (Choices,)
    BINDINGS = [
        Binding("escape", "app.pop_screen", "返回|Back", id="practice.back", tooltip="返回|Back"),
        Binding(
            "o", "test_out", "免修|Test out", id="practice.test-out", tooltip="会了就跳过：免修测验|Skip what you know"
        ),
    ]

    def compose(self) -> ComposeResult:
        """One list of all that can be practised, and the foot."""
        yield Choices(id="practice-list")
        yield Foot()

    def on_mount(self) -> None:
        """There is something to choose at once."""
        self.fill()

    def on_screen_resume(self) -> None:
        """Coming back from one of them, its standing has changed."""
        super().on_screen_resume()
        self.fill()

    def fill(self) -> None:
        """The list, on the line where it was."""
        choices = self.query_one(Choices)
        before = choices.highlighted
        choices.clear_options()
        choices.add_options(self._rows())
        if before is None:
            choices.action_first()
        else:
            choices.highlighted = before
        self.set_focus(choices)

    def _rows(self) -> Iterator[Option]:
        course, progress, styles = self.tutor.course, self.tutor.progress, self.styles_by_name()
        waiting = review.session(progress, review.items(course, progress, list(course.modules)), now())
        yield self._row(
            REVIEW,
            self.say("今天的复习", "Today's review"),
            self.say(f"到期 {waiting.again}，新的 {len(waiting.new)}", f"{waiting.again} due, {len(waiting.new)} new"),
            bool(waiting.items),
        )
        yield self._row(
            SUMS, self.say("算一算", "Sums"), self.say("参数、缓存、计算量", "parameters, cache, FLOPs"), False
        )
        done = progress.done()
        for module in course.modules.values():
            questions = questions_of(course, module.id)
            try:
                exercises = course.exercises(module.id)
            except ContentError:
                exercises = []
            if not questions and not exercises:
                continue
            head = Text(f"{module.number:02d} {module.title.of(self.language)}", styles["markdown.h2"])
            yield Option(head, disabled=True)
            if questions:
                stands = quiz.standing(progress, module.id, questions)
                state = self.say(f"对 {stands.right}/{stands.total}", f"{stands.right}/{stands.total} right")
                if (TESTED_OUT, module.id) in done:
                    state += self.say("，已免修", ", tested out")
                yield self._row(f"quiz {module.id}", self.say("测验", "Quiz"), state, False, stands.passed)
            for exercise in exercises:
                passed = ("exercise", f"{module.id}/{exercise.id}") in done
                yield self._row(
                    f"exercise {module.id}/{exercise.id}",
                    exercise.title.of(self.language),
                    self.say("已通过", "passed")
                    if passed
                    else self.say(f"{exercise.minutes} 分钟", f"{exercise.minutes} min"),
                    False,
                    passed,
                )

    def _row(self, name: str, title: str, state: str, waiting: bool, passed: bool = False) -> Option:
        styles = self.styles_by_name()
        grid = Table.grid(padding=(0, 1), expand=True)
        grid.add_column(width=2, no_wrap=True)
        grid.add_column(ratio=1)
        grid.add_column(justify="right", no_wrap=True)
        mark = Text("✓", styles["good"]) if passed else Text("●" if waiting else "·", styles["key"])
        grid.add_row(mark, Text(title), Text(state, styles["good" if passed else "key" if waiting else "muted"]))
        return Option(grid, id=name)

    @property
    def _chosen(self) -> tuple[str, str]:
        """What the cursor is on: its kind, and which."""
        choices = self.query_one(Choices)
        if choices.highlighted is None:
            return "", ""
        kind, _, ref = (choices.get_option_at_index(choices.highlighted).id or "").partition(" ")
        return kind, ref

    def on_option_list_option_highlighted(self, _: OptionList.OptionHighlighted) -> None:
        """Say what Enter does with the chosen line."""
        kind, _ref = self._chosen
        sentences = {
            REVIEW: self.say("{choices.open} 开始复习", "{choices.open} to begin the review"),
            SUMS: self.say("{choices.open} 算几题", "{choices.open} for some sums"),
            "quiz": self.say(
                "{choices.open} 做测验；{practice.test-out} 免修测验",
                "{choices.open} for the quiz; {practice.test-out} to test out",
            ),
            "exercise": self.say("{choices.open} 动手写", "{choices.open} to write it"),
        }
        self.query_one(NextBar).say(sentences.get(kind, ""))
        self.refresh_bindings()

    def on_option_list_option_selected(self, _: OptionList.OptionSelected) -> None:
        """Open the chosen practice."""
        kind, ref = self._chosen
        self.tutor.practise(kind, ref)

    def action_test_out(self) -> None:
        """Open the module's quiz without help, to test out of it."""
        kind, ref = self._chosen
        if kind == "quiz" and any(not isinstance(q, OpenQuestion) for q in questions_of(self.tutor.course, ref)):
            from minimind_tui.ui.screens.quiz import QuizScreen

            self.app.push_screen(QuizScreen(ref, test_out=True))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """One tests out of a module on the line of its quiz."""
        return self._chosen[0] == "quiz" if action == "test_out" and self.query("#practice-list") else True
