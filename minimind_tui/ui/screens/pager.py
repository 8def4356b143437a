"""A screen of one text with a title over it, for what is asked and answered: quiz, review, calculator."""

from __future__ import annotations

from rich.console import RenderableType
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from minimind_tui.ui.key_bar import Foot, NextBar
from minimind_tui.ui.lesson.markdown import LessonMarkdown
from minimind_tui.ui.lesson.view import LessonView
from minimind_tui.ui.quiet import set_row
from minimind_tui.ui.screens.base import TutorScreen
from minimind_tui.ui.style import code_theme


class PagerScreen(TutorScreen):
    """Subclasses say the `title_row`, the `page` and the one `sentence` on what to do next."""

    DEFAULT_CSS = """
    #pager-title { dock: top; height: 1; padding: 0 1; background: $panel; }
    #pager { height: 1fr; padding: 1 2; }
    .pager-line { dock: bottom; margin: 0 1 2 1; }
    """

    PARTS = (LessonView,)
    BINDINGS = [
        Binding(
            "space",
            "space",
            "往下读|Read on",
            show=False,
            id="pager.space",
            tooltip="往下读；看答案；勾选|Read on; reveal; mark",
        ),
        Binding("pagedown", "read_on", show=False),
        Binding("b,pageup", "page_up", "上一屏|Page up", show=False, id="pager.back", tooltip="上一屏|A page back"),
        Binding("j,down", "down", "下|Down", show=False, id="pager.down", tooltip="下移|Down"),
        Binding("k,up", "up", "上|Up", show=False, id="pager.up", tooltip="上移|Up"),
        Binding("escape", "leave_screen", "返回|Back", id="pager.leave", tooltip="返回|Back"),
    ]

    def compose(self) -> ComposeResult:
        """Title, text, foot."""
        yield Static(id="pager-title")
        text = LessonView(id="pager")
        text.can_focus = False
        yield text
        yield Foot()

    def on_mount(self) -> None:
        """The text comes after the first paint, when its width is known."""
        self.call_after_refresh(self.fill)

    def fill(self) -> None:
        """All of it, from the top."""
        self.redraw(top=True)

    def redraw(self, *, top: bool = False) -> None:
        """Show what has changed; `top` for another text."""
        set_row(self.query_one("#pager-title", Static), self.title_row())
        self.pager.show(self.page(), keep_place=not top)
        self.query_one(NextBar).say(self.sentence())
        self.refresh_bindings()

    @property
    def pager(self) -> LessonView:
        """The text. It takes no focus: the keys are the screen's."""
        return self.query_one("#pager", LessonView)

    def title_row(self) -> Text:
        """The row over the text."""
        raise NotImplementedError

    def page(self) -> RenderableType:
        """The text that is read."""
        raise NotImplementedError

    def sentence(self) -> str:
        """The sentence at the foot."""
        raise NotImplementedError

    def markdown(self, text: str) -> LessonMarkdown:
        """A text from the course's files, drawn as lessons are."""
        return LessonMarkdown(text, code_theme(self.tutor))

    def action_space(self) -> None:
        """What space does here: where there is nothing better, it reads on."""
        self.action_read_on()

    def action_read_on(self) -> None:
        """Scroll on by a screenful."""
        self.pager.action_read_on()

    def action_page_up(self) -> None:
        """Scroll back by a screenful."""
        self.pager.action_page_up()

    def action_down(self) -> None:
        """Scroll down by one line."""
        self.pager.action_scroll_down()

    def action_up(self) -> None:
        """Scroll up by one line."""
        self.pager.action_scroll_up()

    def action_leave_screen(self) -> None:
        """Back to the screen before."""
        self.app.pop_screen()
