"""Code on the screen, to read and to write. Its words are told apart by tree-sitter, as Textual's editor does it."""

from __future__ import annotations

from dataclasses import dataclass

from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding
from textual.message import Message
from textual.widgets import TextArea
from textual.widgets.text_area import TextAreaTheme

from minimind_tui.base.inert import inert_signs
from minimind_tui.ui.style import colour, rich_styles

INDENT = 4
MUTED, KEYWORD, LITERAL, NAME = "comment", "keyword", "string", "function"
INKS: dict[str, str] = {
    "comment": MUTED,
    "string": LITERAL, "number": LITERAL, "float": LITERAL,
    "keyword": KEYWORD, "keyword.function": KEYWORD, "keyword.operator": KEYWORD, "keyword.return": KEYWORD,
    "conditional": KEYWORD, "repeat": KEYWORD, "exception": KEYWORD, "include": KEYWORD,
    "boolean": KEYWORD, "constant.builtin": KEYWORD,
    "function": NAME, "method": NAME, "type.class": NAME, "attribute": NAME,
}  # fmt: skip
"""Which of four inks each name of Textual's query for Python has; the others are written as any text."""


class CodeEditor(TextArea):
    """Read until `begin`, written in until Esc. What the learner types is a `TextArea.Changed`, as ever."""

    BINDINGS = [
        Binding(
            "ctrl+home", "file_start", "开头|Top", show=False, id="code.top", tooltip="到文件开头|To the first line"
        ),
        Binding("ctrl+end", "file_end", "结尾|End", show=False, id="code.end", tooltip="到文件结尾|To the last line"),
    ]
    DEFAULT_CSS = """
    CodeEditor { padding: 0; border: none; scrollbar-size-vertical: 1; scrollbar-size-horizontal: 0; }
    CodeEditor:focus { border: none; }
    """

    @dataclass
    class Left(Message):
        """The learner has finished typing."""

        editor: CodeEditor

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(
            id=id,
            language="python",
            read_only=True,
            soft_wrap=False,
            show_line_numbers=True,
            tab_behavior="indent",
            highlight_cursor_line=True,
        )
        self.indent_width = INDENT
        self.cursor_blink = False

    def on_mount(self) -> None:
        """The colours of the app's theme."""
        self.colour_anew()

    def colour_anew(self) -> None:
        """Take the colours of the present theme."""
        styles = rich_styles(self.app)
        inks = {
            MUTED: styles["muted"],
            LITERAL: Style.parse(colour(self.app, "secondary")),
            KEYWORD: Style.parse(f"bold {colour(self.app, 'primary')}"),
            NAME: Style.parse(f"bold {colour(self.app, 'accent')}"),
        }
        words = {name: inks[ink] for name, ink in INKS.items()}
        self.register_theme(TextAreaTheme(name=f"code {self.app.theme}", syntax_styles=words))
        self.theme = f"code {self.app.theme}"

    def begin(self) -> None:
        """Let the learner type."""
        self.read_only = False
        self.focus()

    def end(self) -> None:
        """Make the text read-only again."""
        self.read_only = True

    def go_to(self, line: int) -> None:
        """Put the cursor at a line, counted from 1, with lines around it in sight."""
        row = max(0, min(line - 1, self.document.line_count - 1))
        self.move_cursor((row, 0), center=True)

    def action_file_start(self) -> None:
        """Move the cursor to the first line."""
        self.move_cursor((0, 0))

    def action_file_end(self) -> None:
        """Move the cursor to the end of the text."""
        self.move_cursor(self.document.end)

    def get_line(self, line_index: int) -> Text:
        """A line as it is drawn: what would command the terminal is a mark, one for each sign."""
        return Text(inert_signs(self.document.get_line(line_index)), end="", no_wrap=True)

    async def on_key(self, event: events.Key) -> None:
        """Esc ends the typing; Enter keeps the indentation, and deepens it behind a colon."""
        if self.read_only:
            return
        if event.key == "escape":
            event.stop()
            event.prevent_default()
            self.post_message(self.Left(self))
        elif event.key == "enter":
            event.stop()
            event.prevent_default()
            row, column = self.cursor_location
            before = self.document.get_line(row)[:column]
            indent = len(before) - len(before.lstrip(" ")) + INDENT * before.rstrip().endswith(":")
            start, end = self.selection
            self.replace("\n" + " " * indent, start, end, maintain_selection_offset=False)

    def action_delete_left(self) -> None:
        """In the indentation a whole step of it, else one character."""
        row, column = self.cursor_location
        before = self.document.get_line(row)[:column]
        if not self.selection.is_empty or self.read_only or before.strip(" ") or not before:
            super().action_delete_left()
            return
        self.delete((row, (column - 1) // INDENT * INDENT), (row, column), maintain_selection_offset=False)
