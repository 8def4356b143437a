"""A lesson that is only looked at: it stands over what is being studied, whose place and bookmark stay as they are."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import RenderableType
from rich.text import Text
from textual.binding import Binding

from minimind_tui.content.schema import Step
from minimind_tui.practice.search import folded
from minimind_tui.ui.lesson.embed import Card, drawn_card
from minimind_tui.ui.lesson.lesson_text import lesson_renderable
from minimind_tui.ui.screens.pager import PagerScreen


class LookUpScreen(PagerScreen):
    """The lesson `ref`, scrolled to the first of the words in it."""

    BINDINGS = [
        Binding(
            "enter",
            "study",
            "学这一课|Study it",
            id="look-up.study",
            tooltip="到这一课去学|Go to this lesson and study it",
        ),
    ]

    def __init__(self, ref: str, words: Sequence[str]) -> None:
        super().__init__()
        self._ref = ref
        self._words = list(words)

    @property
    def spent_on(self) -> str:
        """The module of the lesson."""
        return self._ref.partition("/")[0]

    def fill(self) -> None:
        """The lesson, at the words that were looked up."""
        super().fill()
        self.pager.look_for("", [folded(word) for word in self._words])

    def title_row(self) -> Text:
        """The module and the lesson."""
        styles, course = self.styles_by_name(), self.tutor.course
        row = Text(no_wrap=True, overflow="ellipsis")
        row.append(course.modules[self.spent_on].title.of(self.language), styles["markdown.h1"])
        row.append(f"  {course.lessons[self._ref].title.of(self.language)}", styles["strong"])
        return row

    def page(self) -> RenderableType:
        """The lesson; its experiments are named, and cannot be run from here."""
        text, course = lesson_renderable(self.tutor, Step(kind="lesson", ref=self._ref)), self.tutor.course
        done, styles = self.tutor.progress.done(), self.styles_by_name()
        text.cards = {
            name: drawn_card(
                Card(name, "run" if ("experiment", name) in done else "new", False),
                course.experiments.get(name),
                self.language,
                styles,
                "",
            )
            for name in text.experiments
        }
        return text

    def sentence(self) -> str:
        """The sentence at the foot."""
        return self.say(
            "{pager.leave} 回到术语；{look-up.study} 到这一课去学",
            "{pager.leave} back to the term; {look-up.study} to study it",
        )

    def action_study(self) -> None:
        """Leave what is under this for the lesson."""
        self.tutor.open_step(Step(kind="lesson", ref=self._ref))
