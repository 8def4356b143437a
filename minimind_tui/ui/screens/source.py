"""The code behind an experiment, as it runs, and its spec: what differs, what is claimed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rich.syntax import Syntax
from textual.app import ComposeResult
from textual.binding import Binding

from minimind_tui.base.inert import inert
from minimind_tui.content.files import ContentError, read_text
from minimind_tui.ui.key_bar import Foot, NextBar
from minimind_tui.ui.lesson.view import LessonView
from minimind_tui.ui.quiet import set_title
from minimind_tui.ui.screens.base import TutorScreen
from minimind_tui.ui.style import code_theme


class SourceScreen(TutorScreen):
    """A file at a time; `v` shows the next."""

    DEFAULT_CSS = """
    #source { height: 1fr; border: round $panel; }
    """

    PARTS = (LessonView,)
    BINDINGS = [
        Binding(
            "v",
            "next_file",
            "另一个文件|Other file",
            id="source.next",
            tooltip="代码或说明文件|The code, or its spec",
        ),
        Binding("escape,c", "app.pop_screen", "返回|Back", id="source.back", tooltip="回到实验|Back to the lab"),
    ]

    def __init__(self, files: list[Path]) -> None:
        super().__init__()
        self._files = files
        self._index = 0

    def compose(self) -> ComposeResult:
        """The code in a pager."""
        yield LessonView(id="source")
        yield Foot()

    def on_mount(self) -> None:
        """Show the first file after the first paint."""
        self.call_after_refresh(self.fill)

    def keep_place(self) -> Callable[[], None]:
        """The lines."""
        place = self.query_one(LessonView).place
        return lambda: self.query_one(LessonView).return_to(place)

    def fill(self) -> None:
        """The file, and the keys."""
        self._show()
        self.query_one(NextBar).say(
            self.say(
                "{source.next} 另一个文件，{source.back} 返回",
                "{source.next} for the other file, {source.back} to go back",
            )
        )

    def _show(self) -> None:
        view, path = self.query_one(LessonView), self._files[self._index]
        try:
            code = inert(read_text(path), limit=200_000)
        except ContentError as error:
            code = f"{path}: {error.problem.message.of(self.language)}"
        lexer = {".py": "python", ".toml": "toml"}.get(path.suffix, "text")
        set_title(view, f"{path.parent.name}/{path.name}  {self._index + 1}/{len(self._files)}")
        view.show(
            Syntax(
                code,
                lexer,
                theme=code_theme(self.tutor),
                line_numbers=True,
                word_wrap=True,
                background_color="default",
            )
        )
        view.focus()

    def action_next_file(self) -> None:
        """The spec after the code, and back."""
        self._index = (self._index + 1) % len(self._files)
        self._show()
