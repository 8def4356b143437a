"""The lesson pane: a pager over prerendered lines.

A lesson becomes a list of strips once for each width, in a few milliseconds, and scrolling only shows
other strips of the list. (A tree of Markdown widgets takes a second for the same text; ECOSYSTEM figures
of the project's trials.)
"""

from __future__ import annotations

from dataclasses import dataclass
from io import StringIO

from rich.console import Console, RenderableType
from rich.segment import Segment
from rich.theme import Theme
from textual.binding import Binding
from textual.events import Resize
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from minimind_tui.base.text import Language
from minimind_tui.ui.lesson.drawing import MARK
from minimind_tui.ui.lesson.embed import Spot, spots
from minimind_tui.ui.lesson.landmarks import landmarks, row_at, row_of, way_to
from minimind_tui.ui.lesson.markdown import LessonMarkdown
from minimind_tui.ui.lesson.reading import Page
from minimind_tui.ui.plot.palette import arm_theme
from minimind_tui.ui.style import rich_styles

MAX_WIDTH = 84
"""Lines longer than this are hard to read; the text keeps to it in a wider pane."""


class LessonView(ScrollView, can_focus=True):
    """Shows one text at a time, from its top."""

    DEFAULT_CSS = """
    LessonView { padding: 0 1; scrollbar-size-vertical: 1; scrollbar-gutter: stable; overflow-x: hidden; }
    """
    BINDINGS = [
        Binding(
            "j,down",
            "scroll_down",
            "下移|Down",
            show=False,
            id="lesson.down",
            tooltip="下移一行|One line down",
        ),
        Binding("k,up", "scroll_up", "上移|Up", show=False, id="lesson.up", tooltip="上移一行|One line up"),
        Binding(
            "space,pagedown",
            "read_on",
            "往下读|Read on",
            id="lesson.page",
            key_display="space",
            tooltip="下一屏|The next screenful",
        ),
        Binding(
            "b,pageup",
            "page_up",
            "上一屏|Page up",
            show=False,
            id="lesson.back",
            tooltip="上一屏|A screen back",
        ),
        Binding("home", "scroll_home", "开头|Top", show=False, id="lesson.top", tooltip="回到开头|To the top"),
        Binding("end", "scroll_end", "结尾|End", show=False, id="lesson.end", tooltip="到结尾|To the end"),
    ]

    @dataclass
    class Read(Message):
        """The reader moved in `view`: `fraction` of its text has been on the screen, 1 at the end."""

        fraction: float
        view: LessonView

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._renderable: RenderableType = ""
        self._strips: list[Strip] = []
        self.spots: dict[str, Spot] = {}
        """Where the experiments of the text stand."""
        self._drawings: list[Spot] = []
        """Where its drawings stand."""
        self._marks: list[int] = []
        """The rows by which a place is found again."""
        self._rendered: int | None = None
        """The width it was laid out for."""
        self._place: float | None = None
        """Where the reader was before the text was laid out anew; it holds until the reader moves."""
        self._sought: tuple[str, list[str]] | None = None
        """A heading and words to scroll to, as soon as the text is laid out."""
        self.show_horizontal_scrollbar = False

    def look_for(self, heading: str, words: list[str]) -> None:
        """Scroll to where one of the words stands first, under that heading where there is one."""
        self._sought = (heading, words)
        self._go_to_sought()

    def _go_to_sought(self) -> None:
        if self._sought is None or self._rendered is None:
            return
        (heading, words), self._sought = self._sought, None
        row = row_of([strip.text for strip in self._strips], heading, words)
        self.scroll_to(0, max(0, row - self.size.height // 3), animate=False, force=True)

    def show(self, renderable: RenderableType, *, keep_place: bool = False) -> None:
        """Show another text. `keep_place` is for the same text with new figures in it."""
        place = self.place if keep_place else 0
        self._renderable = renderable
        self._rendered = None
        self.return_to(place)

    def on_resize(self, _: Resize) -> None:
        """Wrap again at the new width, holding the same part of the text."""
        self.return_to(self.place)

    @property
    def place(self) -> float:
        """How far along the landmarks of the text its first row on the screen is."""
        return self._place if self._place is not None else way_to(self.scroll_y, self._marks)

    def return_to(self, place: float) -> None:
        """Scroll to where `place` was read; later, where the pane has no size yet."""
        self._place = place
        self._lay_out()
        if self._rendered is None:
            return
        row = max(0, min(row_at(place, self._marks), len(self._strips) - self.size.height))
        if row != round(self.scroll_y):
            self.scroll_to(0, row, animate=False, force=True)
            self.vertical_scrollbar.position = self.scroll_y  # it does not follow before it is shown
            self._place = place
        self._tell()
        self._go_to_sought()

    def _lay_out(self) -> None:
        width = min(MAX_WIDTH, self.scrollable_content_region.width or self.size.width)
        if width < 4 or width == self._rendered:
            return
        self._rendered = width
        console = Console(
            file=StringIO(),
            width=width,
            color_system="truecolor",
            force_terminal=True,
            legacy_windows=False,
            theme=Theme({**rich_styles(self.app), **arm_theme(self.app)}, inherit=True),
        )
        options = console.options.update(width=width, height=None)
        lines = console.render_lines(self._renderable, options, pad=False, new_lines=False)
        self.spots = spots(lines) if isinstance(self._renderable, LessonMarkdown) else {}
        self._drawings = [*spots(lines, MARK).values()]
        self._marks = landmarks(lines, self.spots.values())
        self._strips = [Strip(Segment.simplify(line)).extend_cell_length(width) for line in lines]
        self.virtual_size = Size(width, len(self._strips))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """The strip of the text that stands in row `y` of the pane."""
        row = y + round(self.scroll_y)
        width = self.scrollable_content_region.width
        style = self.rich_style
        if row >= len(self._strips):
            return Strip.blank(width, style)
        return self._strips[row].apply_style(style).adjust_cell_length(width, style)

    @property
    def text_rows(self) -> int:
        """How many rows the text takes at the present width."""
        return len(self._strips)

    def on_screen(self, language: Language) -> str:
        """The words in the rows that are seen; Chinese ones joined as they were before the text was wrapped."""
        page = self.page
        rows = (strip.text.strip() for strip in self._strips[page.top : page.bottom])
        return ("" if language == "zh" else "\n").join(rows)

    @property
    def page(self) -> Page:
        """The rows that are on the screen."""
        return Page(round(self.scroll_y), self.size.height, len(self._strips))

    @property
    def fraction_read(self) -> float:
        """How far down the last visible row is: 1 when the end is on the screen."""
        return min(1.0, (self.scroll_y + self.size.height) / max(1, len(self._strips)))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Tell the screen how far the reader is."""
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self._place = None
            self._tell()

    def _tell(self) -> None:
        self.post_message(self.Read(self.fraction_read, self))

    def action_scroll_down(self) -> None:
        """One line down, at once: an animation would send every step over the line."""
        self.scroll_relative(y=1, animate=False)

    def action_scroll_up(self) -> None:
        """Scroll up by one line."""
        self.scroll_relative(y=-1, animate=False)

    def action_read_on(self) -> None:
        """A screenful less two lines, so that the eye finds its place; less what would cut a card or a drawing."""
        page = self.page
        top = page.top + max(1, page.height - 2)
        whole = [*self.spots.values(), *self._drawings]
        cut = (spot.top for spot in whole if page.top < spot.top < top and spot.bottom > page.bottom)
        self.scroll_to(y=min(cut, default=top), animate=False)

    def action_page_up(self) -> None:
        """Scroll back by a screenful."""
        self.scroll_relative(y=-max(1, self.size.height - 2), animate=False)

    def action_scroll_home(self) -> None:
        """Scroll to the first line."""
        self.scroll_to(y=0, animate=False)

    def action_scroll_end(self) -> None:
        """Scroll to the last line."""
        self.scroll_to(y=max(0, len(self._strips) - self.size.height), animate=False)
