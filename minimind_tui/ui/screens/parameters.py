"""Change an experiment's parameters, by arrows or by typing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.cells import cell_len
from rich.console import Group
from rich.text import Text
from textual.app import ComposeResult, RenderResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.events import Key, Paste
from textual.message import Message
from textual.widget import Widget

from minimind_tui.base.text import Text as Bilingual
from minimind_tui.content.schema import TryNext
from minimind_tui.ui.lab.fields import Field
from minimind_tui.ui.prose import Prose
from minimind_tui.ui.screens.dialog import Dialog
from minimind_tui.views.words import as_text
from minimind_tui.views.wrap import wrapped

BESIDE = 10
"""Rows that a short dialog has beside the lines of its form: frame, title, a line's help, what is wrong, the keys."""

LONGEST_LABEL = 30
"""Cells: what is longer would push the values off the screen."""

FEWEST = 3
"""Lines that are shown on the smallest screen."""


class ParameterForm(Widget, can_focus=True):
    """One line per parameter; the line with the cursor is edited in place. Those round it are shown, as many as fit."""

    DEFAULT_CSS = "ParameterForm { height: auto; margin: 1 0; }"

    class Edited(Message):
        """Something was changed."""

    def __init__(self, lines: list[Field]) -> None:
        super().__init__()
        self.lines = lines
        self.row = 0
        self._fresh = True
        """The next character typed replaces the value."""

    @property
    def line(self) -> Field:
        """The line with the cursor."""
        return self.lines[self.row]

    def render(self) -> RenderResult:
        """All lines, the value where the eye expects it, what is allowed behind it."""
        dialog = self.screen
        assert isinstance(dialog, ParametersDialog)
        styles, language = dialog.styles_by_name(), dialog.language
        labels = [Text(" ".join(line.label.of(language).split())) for line in self.lines]
        for each in labels:
            each.truncate(LONGEST_LABEL, overflow="ellipsis")
        width = max(each.cell_len for each in labels)
        shown = self._shown(dialog.size.height)
        above, below = shown.start, len(self.lines) - shown.stop
        rows: list[Text] = []
        if above:
            rows.append(Text(dialog.say(f"  ↑ 还有 {above} 项", f"  ↑ {above} more"), styles["muted"]))
        for index in shown:
            line, here = self.lines[index], index == self.row
            label = labels[index].plain
            row = Text(no_wrap=True, overflow="ellipsis")
            row.append("▶ " if here else "  ", styles["key"])
            row.append(label + " " * (width - cell_len(label) + 2), styles["strong"] if here else "")
            value = f"‹ {line.text} ›" if here else f"  {line.text}  "
            row.append(value, styles["key"] if here else styles["good"] if line.changed else "")
            note = line.allowed()
            if line.changed:
                note += dialog.say(f"  默认 {line.default}", f"  default {line.default}")
            row.append("  " + note, styles["muted"])
            rows.append(row)
        if below:
            rows.append(Text(dialog.say(f"  ↓ 还有 {below} 项", f"  ↓ {below} more"), styles["muted"]))
        if self.line.help:
            rows += [Text(), wrapped(self.line.help.of(language), style=str(styles["muted"]))]
        return Group(*rows)

    def _shown(self, height: int) -> range:
        """The lines that fit on a screen of `height` rows, the one with the cursor among them."""
        count = len(self.lines)
        room = max(FEWEST, height - BESIDE)
        if count <= room:
            return range(count)
        room = max(FEWEST, room - 2)  # the rows that say how many more there are
        first = max(0, min(self.row - room // 2, count - room))
        return range(first, first + room)

    def on_key(self, event: Key) -> None:
        """Edit the value under the cursor."""
        line = self.line
        letters = line.kind != "text"  # where a text is typed they are no keys
        back = ("up", "shift+tab", *(("k",) if letters else ()))
        on = ("down", "tab", *(("j",) if letters else ()))
        if event.key in (*back, *on):
            self.row = (self.row + (-1 if event.key in back else 1)) % len(self.lines)
            self._fresh = True
        elif event.key in ("left", "right"):
            line.turn(1 if event.key == "right" else -1)
            self._fresh = True
        elif event.key == "backspace" and line.typed:
            line.text = line.text[:-1]
            self._fresh = False
        elif event.character and line.accepts(event.character):
            self._type(event.character)
        else:
            return
        event.stop()
        event.prevent_default()
        self.post_message(self.Edited())
        self.refresh(layout=True)

    def on_paste(self, event: Paste) -> None:
        """A sentence that was copied elsewhere."""
        if self.line.kind == "text":
            self._type("".join(sign for sign in event.text if self.line.accepts(sign)))
            event.stop()
            self.post_message(self.Edited())
            self.refresh(layout=True)

    def _type(self, characters: str) -> None:
        """Behind what stands there, or in its place where the line has just been reached."""
        before = "" if self._fresh else self.line.text
        self.line.text = (before + characters)[: self.line.longest]
        self._fresh = False


class ParametersDialog(Dialog[dict[str, str]]):
    """Answers the text of every line, or nothing on Esc. `refuse` says what is wrong with them, if anything."""

    BINDINGS = [
        Binding("enter", "apply", "确定|Apply", id="parameters.apply", tooltip="用这些参数|Use these"),
        Binding(
            "x",
            "defaults",
            "恢复默认|Defaults",
            id="parameters.defaults",
            tooltip="全部恢复默认|All back to their defaults",
        ),
        Binding(
            "n",
            "next_try",
            "照着填|Fill in",
            id="parameters.try",
            tooltip="填上“接着试”里下一题要改的|What the next question under Then try changes",
        ),
        Binding("escape", "dismiss", "取消|Cancel", id="parameters.cancel", tooltip="不改|Change nothing"),
    ]

    def __init__(
        self,
        lines: list[Field],
        refuse: Callable[[dict[str, str]], Bilingual | None],
        tries: Sequence[TryNext] = (),
    ) -> None:
        super().__init__()
        self._lines = lines
        self._refuse = refuse
        self._tries = [asked for asked in tries if asked.set]
        self._tried = -1
        """Which of them stands in the form."""

    def compose(self) -> ComposeResult:
        """The form, what is wrong with it or what it was filled for, its keys."""
        styles = self.styles_by_name()
        fill_zh = "{parameters.try} 填上“接着试”的下一题，" if self._tries else ""
        fill_en = "{parameters.try} fills in what to try next, " if self._tries else ""
        with Vertical(classes="dialog"):
            yield Prose(wrapped(self.say("参数", "Parameters"), style=str(styles["markdown.h1"])))
            yield ParameterForm(self._lines)
            yield Prose(id="parameters-said")
            yield Prose(
                wrapped(
                    self.say(
                        f"↑↓ 换行，←→ 或直接键入改值，{fill_zh}{{parameters.defaults}} 恢复默认，"
                        "{parameters.apply} 确定并运行，{parameters.cancel} 取消",
                        f"↑↓ line, ←→ or type to change, {fill_en}{{parameters.defaults}} defaults, "
                        "{parameters.apply} runs with them, {parameters.cancel} cancels",
                    ),
                    style=str(styles["muted"]),
                )
            )

    def on_parameter_form_edited(self, _: ParameterForm.Edited) -> None:
        """What was wrong may be right now, and what it was filled for is changed."""
        self.query_one("#parameters-said", Prose).update("")

    def on_mount(self) -> None:
        """Give the keys to the form."""
        self.query_one(ParameterForm).focus()

    def action_defaults(self) -> None:
        """All lines back to their defaults."""
        for line in self._lines:
            line.text = line.default
        self.query_one(ParameterForm).refresh(layout=True)

    def action_next_try(self) -> None:
        """What the next question under "Then try" changes, all other lines at their defaults; the question under it."""
        if not self._tries:
            return
        self._tried = (self._tried + 1) % len(self._tries)
        asked = self._tries[self._tried]
        for line in self._lines:
            line.text = as_text(asked.set[line.name]) if line.name in asked.set else line.default
        said = wrapped(asked.question.of(self.language), style=str(self.styles_by_name()["key"]))
        self.query_one("#parameters-said", Prose).update(said)
        self.query_one(ParameterForm).refresh(layout=True)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing fills the form where there is nothing to try."""
        return bool(self._tries) if action == "next_try" else True

    def action_apply(self) -> None:
        """Take the values, or say what is wrong with them."""
        values = {line.name: line.text for line in self._lines}
        refusal = self._refuse(values)
        if refusal is None:
            self.dismiss(values)
            return
        error = wrapped(refusal.of(self.language), style=str(self.styles_by_name()["bad"]))
        self.query_one("#parameters-said", Prose).update(error)
