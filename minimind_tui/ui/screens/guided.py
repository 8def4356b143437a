"""The study screen's words: the title row over a step, and the one sentence that says what to do next."""

from __future__ import annotations

from rich.text import Text
from textual.widgets import Static

from minimind_tui.base.text import Text as Bilingual
from minimind_tui.content.course import PRACTICE
from minimind_tui.content.schema import Step
from minimind_tui.ui.key_bar import NextBar
from minimind_tui.ui.lesson.practice_page import practice_sentence
from minimind_tui.ui.quiet import set_row, set_subtitle
from minimind_tui.ui.screens.embedded import EmbeddingScreen

MOST_MARKS = 12
"""A longer path shows the steps of the present module alone."""


class GuidedScreen(EmbeddingScreen):
    """Knows where on its path the learner is; `path_id` is None for what is opened outside a path."""

    def __init__(self, title: Bilingual, steps: list[Step], index: int, path_id: str | None) -> None:
        super().__init__()
        self._title = title
        self._steps = steps
        self._index = max(0, min(index, len(steps) - 1))
        self._path_id = path_id
        self._pane = "lesson"

    @property
    def spent_on(self) -> str:
        """The module of the step."""
        return self.step.ref.partition("/")[0]

    @property
    def step(self) -> Step:
        """The step that is open."""
        return self._steps[self._index]

    @property
    def practises(self) -> bool:
        """Whether the step is one of practice: a page without a lab, from which Enter leads on."""
        return self.step.kind in PRACTICE

    def _show_title(self) -> None:
        """The path, how far it has been walked, the step."""
        styles = self.styles_by_name()
        done = self.tutor.progress.done()
        text = Text(no_wrap=True, overflow="ellipsis")
        text.append(self._title.of(self.language), styles["markdown.h1"])
        if len(self._steps) > 1:
            text.append(f"  {self._index + 1}/{len(self._steps)}  ")
            module = self.spent_on
            if self._path_id and len(self._steps) > MOST_MARKS and module in self.tutor.course.modules:
                text.append(self.tutor.course.modules[module].title.of(self.language) + "  ", styles["muted"])
            for index, step in enumerate(self._steps):
                if len(self._steps) > MOST_MARKS and step.ref.partition("/")[0] != module:
                    continue
                finished = (step.kind, step.ref) in done
                mark = "█" if finished else "░"
                style = styles["key"] if index == self._index else styles["good" if finished else "muted"]
                text.append("▓" if index == self._index and not finished else mark, style)
            text.append("  " + self.tutor.course.title_of(self.step).of(self.language), styles["strong"])
        set_row(self.query_one("#study-title", Static), text)

    def _next_title(self) -> str:
        if self._index + 1 < len(self._steps):
            return self.tutor.course.title_of(self._steps[self._index + 1]).of(self.language)
        return ""

    def onward(self) -> str:
        """The key that leads on from here."""
        following = self._next_title()
        if following:
            return self.say(f"{{study.next}} 下一步：{following}", f"{{study.next}} next: {following}")
        return self.say("{study.next} 完成", "{study.next} to finish")

    def _guide(self) -> None:
        """Say what to do next, as soon as there is a text to speak of."""
        if self._text is None:
            return
        self.refresh_cards()
        onward = self.onward()
        if self.practises:
            sentence = practice_sentence(self.tutor, self.step, onward)
        elif self.step.kind == "experiment":
            sentence = self.lab.what_next(onward)
            if self.has_class("-narrow") and not self.lab.has_run:
                sentence += self.say("；{study.switch} 看说明", "; {study.switch} for the text")
        elif self._pane == "lab":
            sentence = self._guide_in_lab(onward)
        elif self.to_run:
            sentence = self._guide_to_run(self.to_run, onward)
        elif self.lesson.fraction_read < 1:
            sentence = self.say("{lesson.page} 往下读", "{lesson.page} to read on")
        else:
            sentence = self.say("读完了：", "Read. ") + onward
        self.query_one(NextBar).say(sentence)
        percent = int(100 * self.lesson.fraction_read)  # 100 only at the end
        set_subtitle(self.lesson, "" if percent >= 100 else f"{percent} %")

    def _guide_in_lab(self, onward: str) -> str:
        """What to do now in the lab beside a lesson: what the run asks for, then back to the text or on."""
        if not self.has_experiments:
            return self.say("{study.switch} 回到课文", "{study.switch} back to the lesson")
        if self.not_run or self.lesson.fraction_read < 1:
            onward = self.say("{study.switch} 接着读课文", "{study.switch} to read on")
        sentence = self.lab.what_next(onward)
        if self.has_class("-narrow") and not self.lab.has_run:
            sentence += self.say("；{study.switch} 回到课文", "; {study.switch} back to the lesson")
        return sentence

    def _guide_to_run(self, name: str, onward: str) -> str:
        """The experiment that waits for the reader; at the end of the text one may go on without it."""
        title = self.tutor.course.experiments[name].title.of(self.language)
        asks = self.tutor.course.experiments[name].prediction and self.tutor.progress.prediction(name) is None
        sentence = (
            self.say(f"{{lab.run}} 先预测，再运行“{title}”", f"{{lab.run}}: predict and run “{title}”")
            if asks
            else self.say(f"{{lab.run}} 运行“{title}”", f"{{lab.run}}: run “{title}”")
        )
        if self.lesson.fraction_read < 1:
            return sentence
        return sentence + self.say("；或 ", ", or ") + onward
