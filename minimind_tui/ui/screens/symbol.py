"""The source of one symbol, over the lab: what computes the tensor that the tracer shows."""

from __future__ import annotations

from rich.syntax import Syntax
from textual.app import ComposeResult
from textual.binding import Binding

from minimind_tui.base.inert import inert
from minimind_tui.content.files import ContentError
from minimind_tui.content.lesson import symbol_source
from minimind_tui.ui.key_bar import Foot, NextBar
from minimind_tui.ui.lesson.view import LessonView
from minimind_tui.ui.quiet import set_title
from minimind_tui.ui.screens.base import TutorScreen
from minimind_tui.ui.style import code_theme


class SymbolScreen(TutorScreen):
    """`code` is a file of this package or of the course, and a symbol in it."""

    DEFAULT_CSS = """
    #source { height: 1fr; border: round $panel; }
    """

    PARTS = (LessonView,)
    BINDINGS = [
        Binding("escape,enter", "app.pop_screen", "返回|Back", id="symbol.back", tooltip="回到实验|Back to the lab"),
    ]

    def __init__(self, code: str) -> None:
        super().__init__()
        self._path, _, self._symbol = code.partition(" ")

    def compose(self) -> ComposeResult:
        """The code in a pager."""
        yield LessonView(id="source")
        yield Foot()

    def on_mount(self) -> None:
        """Show it after the first paint."""
        self.call_after_refresh(self.fill)

    def fill(self) -> None:
        """The source, and the keys."""
        view = self.query_one(LessonView)
        try:
            source = symbol_source(self.tutor.course.quoted_file(self._path), self._symbol)
        except ContentError as error:
            source = f"# {error.problem.message.of(self.language)}"
        name = inert(f"{self._path}  {self._symbol}", 120)
        set_title(view, name)
        code = source or f"# {name}?"
        view.show(
            Syntax(
                code,
                "python",
                theme=code_theme(self.tutor),
                word_wrap=True,
                background_color="default",
            )
        )
        view.focus()
        self.query_one(NextBar).say(self.say("{symbol.back} 返回", "{symbol.back} to go back"))
