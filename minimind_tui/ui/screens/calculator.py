"""Sums for interviews: a model drawn by chance, a number to find, and the way to it after the answer."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Input, Static

from minimind_tui.base.inert import inert
from minimind_tui.practice import calculator
from minimind_tui.practice.calculator import KINDS, TITLES
from minimind_tui.practice.clock import now
from minimind_tui.ui.key_bar import Foot
from minimind_tui.ui.lesson.view import LessonView
from minimind_tui.ui.screens.pager import PagerScreen


class CalculatorScreen(PagerScreen):
    """One problem after another; Tab goes to another kind."""

    BINDINGS = [
        Binding("n", "next", "下一题|Next", id="calculator.next", tooltip="换一个模型再算|Another model"),
        Binding("tab", "kind", "换一种|Another kind", id="calculator.kind", tooltip="换一种算题|Another kind of sum"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._kind = 0
        self._seed = int(now())
        self._right = 0
        self._count = 0
        self._written: str | None = None
        self._wrong_form = False

    def compose(self) -> ComposeResult:
        """The field stands under the problem."""
        yield Static(id="pager-title")
        text = LessonView(id="pager")
        text.can_focus = False
        yield text
        yield Input(id="calculator-answer", classes="pager-line")
        yield Foot()

    def fill(self) -> None:
        """The problem; the field is ready while there is no answer."""
        self.query_one(Input).placeholder = self.say(
            "一个数，或一个算式：26M，2*8*4*96*2048，3 GiB，2600 万", "a number or a sum: 26M, 2*8*4*96*2048, 3 GiB"
        )
        super().fill()
        self._hand_over()

    def _hand_over(self) -> None:
        """To the field before the answer, to the keys after it."""
        field = self.query_one(Input)
        field.disabled = self._written is not None
        if not field.disabled:
            self.set_focus(field)

    @property
    def problem(self) -> calculator.Problem:
        """The problem that is asked now."""
        return calculator.problem(KINDS[self._kind], self._seed)

    def title_row(self) -> Text:
        """The kind, and how many were right."""
        styles = self.styles_by_name()
        text = Text(no_wrap=True, overflow="ellipsis")
        text.append(self.say("算一算", "Sums"), styles["markdown.h1"])
        text.append("  " + TITLES[self.problem.kind].of(self.language), styles["strong"])
        if self._count:
            text.append(self.say(f"  {self._count} 题对 {self._right}", f"  {self._right} of {self._count} right"))
        return text

    def page(self) -> RenderableType:
        """The problem; after the answer, whether it was right, and the way."""
        styles, problem = self.styles_by_name(), self.problem
        parts: list[RenderableType] = [self.markdown(problem.question.of(self.language))]
        if self._written is None:
            return Group(*parts)
        right = f"{problem.answer:,.6g}" if problem.answer < 1000 else f"{problem.answer:,.0f}"
        said = inert(self._written, 80)
        if self._is_right():
            parts += ["", Text(self.say(f"✓ 对：{said}", f"✓ right: {said}"), styles["good"])]
        else:
            parts += ["", Text(self.say(f"✗ 你写的是 {said}", f"✗ you wrote {said}"), styles["bad"])]
        parts.append(Text(f"= {right} {problem.unit.of(self.language)}", styles["strong"]))
        way = "\n".join(f"1. {line.of(self.language)}" for line in problem.worked)
        parts += ["", self.markdown(way.replace("*", "\\*"))]
        return Group(*parts)

    def _is_right(self) -> bool:
        value = calculator.parse_number(self._written or "")
        return value is not None and calculator.is_close(value, self.problem.answer)

    def sentence(self) -> str:
        """The sentence at the foot: the key that leads on."""
        if self._wrong_form:
            return self.say(
                "这不是一个数。写成 26M、2*8*4*96 或 3 GiB 这样",
                "That is no number. Write it like 26M, 2*8*4*96 or 3 GiB",
            )
        if self._written is None:
            return self.say(
                "写下答案按 Enter；{calculator.kind} 换一种；{pager.leave} 返回",
                "Write the answer, Enter; {calculator.kind} for another kind; {pager.leave} back",
            )
        return self.say(
            "{calculator.next} 下一题；{calculator.kind} 换一种；{pager.leave} 返回",
            "{calculator.next} for another; {calculator.kind} for another kind; {pager.leave} back",
        )

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Grade the answer that was typed."""
        self._wrong_form = calculator.parse_number(event.value) is None
        if not self._wrong_form:
            self._written = event.value.strip()
            self._count += 1
            self._right += self._is_right()
            self.set_focus(None)
            self._hand_over()
        self.redraw()

    def action_next(self) -> None:
        """Ask the same of another model."""
        if self._written is not None:
            self._another()

    def action_kind(self) -> None:
        """Ask another kind of sum."""
        self._kind = (self._kind + 1) % len(KINDS)
        self._another()

    def _another(self) -> None:
        self._seed += 1
        self._written, self._wrong_form = None, False
        self.query_one(Input).value = ""
        self.redraw(top=True)
        self._hand_over()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is another one only after the answer."""
        return self._written is not None if action == "next" else True
