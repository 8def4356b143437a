"""Writing with a model that a run has kept: another checkpoint, another temperature, and the text changes at once."""

from __future__ import annotations

from pathlib import Path

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Input, Static

from minimind_tui.base.inert import inert
from minimind_tui.base.text import Text as Bilingual
from minimind_tui.run.checkpoint import kept_models
from minimind_tui.sampler.sampler import Wish, Writer, Written
from minimind_tui.ui.key_bar import Foot
from minimind_tui.ui.lesson.view import LessonView
from minimind_tui.ui.screens.pager import PagerScreen
from minimind_tui.views.wrap import wrapped

LENGTH = 300
TEMPERATURES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 1.5, 2.0)
TOP_KS = (0, 1, 2, 3, 5, 10, 20, 50)
"""0: every token may come."""
TOP_PS = (0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0)
LABELS = (
    Bilingual(zh="检查点", en="checkpoint"),
    Bilingual(zh="温度", en="temperature"),
    Bilingual(zh="top-k", en="top-k"),
    Bilingual(zh="top-p", en="top-p"),
)


class WritingScreen(PagerScreen):
    """The settings, the beginning in a line of its own, the text as it is written."""

    PARTS = (LessonView,)
    BINDINGS = [
        Binding("left", "turn(-1)", "减|Less", show=False, id="writing.less", tooltip="选中的一项调小|Less of this"),
        Binding("right", "turn(1)", "增|More", id="writing.more", tooltip="选中的一项调大|More of this"),
        Binding(
            "a", "again", "再写|Again", id="writing.again", tooltip="换随机数再写一段|Another text, by other chance"
        ),
        Binding("i", "edit", "开头|Beginning", id="writing.edit", tooltip="写一个开头|Write its beginning"),
    ]

    def __init__(self, folder: Path, writer: Writer | None = None) -> None:
        super().__init__()
        self._models = list(list(kept_models(folder).values())[-1].items())
        self._chosen = [len(self._models) - 1, TEMPERATURES.index(0.8), 0, len(TOP_PS) - 1]
        self._row, self._seed, self._prompt = 0, 1, ""
        self._text, self._problem, self._busy = "", "", False
        self._wish: Wish | None = None
        """What is being written, or was written last."""
        self._writer = writer or Writer()

    def compose(self) -> ComposeResult:
        """The line for the beginning stands under the text."""
        yield Static(id="pager-title")
        text = LessonView(id="pager")
        text.can_focus = False
        yield text
        yield Input(id="writing-prompt", classes="pager-line", disabled=True)
        yield Foot()

    def fill(self) -> None:
        """The first text begins by itself."""
        field = self.query_one(Input)
        field.value = self._prompt
        field.placeholder = self.say(
            "i 写一个开头；空着就从一行的开头写起", "i: write its beginning; empty: a new line"
        )
        super().fill()
        if not self._text:
            self._begin()

    def on_unmount(self) -> None:
        """The process goes with the screen."""
        self._writer.close()

    def _begin(self) -> None:
        """Write anew with what is chosen; what is being written ends."""
        self._text, self._problem, self._busy = "", "", True
        checkpoint, temperature, top_k, top_p = self._chosen
        self._wish = wish = Wish(
            file=str(self._models[checkpoint][1]),
            prompt=self._prompt,
            length=LENGTH,
            temperature=TEMPERATURES[temperature],
            top_k=TOP_KS[top_k],
            top_p=TOP_PS[top_p],
            seed=self._seed,
        )
        self.run_worker(lambda: self._follow(wish), thread=True, group="writing", exclusive=True)
        self.redraw(top=True)

    def _follow(self, wish: Wish) -> None:
        """Read the answer, out of the event loop; some characters at a time, not each alone."""
        collected = ""
        for written in self._writer.write(wish):
            collected += written.text
            if written.done or len(collected) >= 20:
                self.call_later(self._heard, wish, collected, written)
                collected = ""

    def _heard(self, wish: Wish, text: str, written: Written) -> None:
        if wish is not self._wish:
            return
        self._text += text
        self._busy = not written.done
        if written.problem is not None:
            self._problem = written.problem.of(self.language)
        self.redraw()

    def title_row(self) -> Text:
        """What it is, and how far it was trained."""
        styles = self.styles_by_name()
        text = Text(no_wrap=True, overflow="ellipsis")
        text.append(self.say("让它写", "Write with it"), styles["markdown.h1"])
        step, last = self._models[self._chosen[0]][0], self._models[-1][0]
        text.append(
            self.say(f"  第 {step} 步的模型，最后一份是第 {last} 步", f"  after step {step} of {last}"),
            styles["strong"],
        )
        return text

    def page(self) -> RenderableType:
        """The settings, and the text after its beginning."""
        styles, rows = self.styles_by_name(), wrapped("")
        labels = [label.of(self.language) for label in LABELS]
        width = max(cell_len(label) for label in labels)
        for row, label in enumerate(labels):
            here = row == self._row
            rows.append("▶ " if here else "  ", styles["key"])
            rows.append(label + " " * (width - cell_len(label) + 2), styles["strong"] if here else "")
            value = self._value(row)
            rows.append(f"‹ {value} ›\n" if here else f"  {value}\n", styles["key"] if here else "")
        written = wrapped("")
        if self._problem:
            written.append(inert(self._problem), styles["bad"])
        elif not self._text and self._busy:
            written.append(self.say("正在载入模型…", "loading the model…"), styles["muted"])
        else:
            written.append(inert(self._prompt), styles["muted"])
            written.append(inert(self._text))
        return Group(rows, written)

    def _value(self, row: int) -> str:
        """The value of a setting in words."""
        if row == 0:
            step = self._models[self._chosen[0]][0]
            return self.say(f"第 {step} 步", f"step {step}")
        value = (TEMPERATURES, TOP_KS, TOP_PS)[row - 1][self._chosen[row]]
        if row == 1 and value == 0:
            return self.say("0（总选最可能的）", "0 (always the likeliest)")
        if (row == 2 and value == 0) or (row == 3 and value == 1):
            return self.say("不限", "off")
        return f"{value:g}"

    def sentence(self) -> str:
        """The keys that do something now."""
        if self._editing:
            return self.say("写好开头按 Enter；Esc 不改", "Enter writes on from it; Esc leaves it")
        return self.say(
            "↑↓ 选一项，←→ 调；a 再写一段，i 改开头", "↑↓ choose, ←→ change; a for another text, i for its beginning"
        )

    def action_down(self) -> None:
        """Choose the next setting."""
        self._row = (self._row + 1) % len(LABELS)
        self.redraw()

    def action_up(self) -> None:
        """Choose the setting above."""
        self._row = (self._row - 1) % len(LABELS)
        self.redraw()

    def action_turn(self, by: int) -> None:
        """More or less of the setting, and the text is written anew with the same chance."""
        row = self._row
        count = (len(self._models), len(TEMPERATURES), len(TOP_KS), len(TOP_PS))[row]
        changed = max(0, min(self._chosen[row] + by, count - 1))
        if changed != self._chosen[row]:
            self._chosen[row] = changed
            self._begin()

    def action_again(self) -> None:
        """Write again from another seed."""
        self._seed += 1
        self._begin()

    @property
    def _editing(self) -> bool:
        """Whether the keys go to the line for the beginning."""
        return isinstance(self.focused, Input)

    def action_edit(self) -> None:
        """To the line for the beginning."""
        field = self.query_one(Input)
        field.disabled = False
        self.set_focus(field)
        self.redraw()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Let the model write on from the prompt."""
        self._prompt = event.value
        self._leave_field()
        self._begin()

    def action_leave_screen(self) -> None:
        """Out of the line, or back to the screen before."""
        field = self.query_one(Input)
        if self._editing:
            field.value = self._prompt
            self._leave_field()
            self.redraw()
        else:
            super().action_leave_screen()

    def _leave_field(self) -> None:
        self.set_focus(None)
        self.query_one(Input).disabled = True
