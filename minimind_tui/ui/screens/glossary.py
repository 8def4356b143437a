"""The glossary: a line to type in, the terms under it, and beside them what the chosen one means."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from minimind_tui.base.text import other
from minimind_tui.content.files import ContentError
from minimind_tui.content.glossary import Glossary, Term
from minimind_tui.practice.browsing import Browsing
from minimind_tui.practice.glossary import place_of
from minimind_tui.practice.reading import Reading
from minimind_tui.practice.search import LONGEST_QUERY
from minimind_tui.ui.choices import Choices
from minimind_tui.ui.key_bar import Foot, NextBar
from minimind_tui.ui.lesson.markdown import LessonMarkdown
from minimind_tui.ui.lesson.view import LessonView
from minimind_tui.ui.screens.base import TutorScreen
from minimind_tui.ui.style import code_theme
from minimind_tui.views.wrap import WrappedText, wrapped

LESSON = "lesson"
"""The link to the lesson that defines the term; the others are the ids of related terms."""


class GlossaryScreen(TutorScreen):
    """Letters go to the line and the arrows to the list; Enter goes to where the chosen term leads, Esc back."""

    DEFAULT_CSS = """
    #glossary-line { height: 3; border: round $primary; background: $background; margin: 0 1; }
    #glossary-body { height: 1fr; }
    #glossary-terms {
        width: 36%; min-width: 22; height: 1fr; scrollbar-size-vertical: 1; max-height: 100%;
        border: none; background: $background;
    }
    #glossary-terms > .option-list--option-highlighted {
        color: $block-cursor-foreground; background: $block-cursor-background;
    }
    #glossary-entry { width: 1fr; height: 1fr; }
    #glossary-definition { height: 1fr; }
    #glossary-links { height: auto; max-height: 45%; border: round $panel; background: $background; }
    #glossary-links:focus { border: round $primary; }
    """

    PARTS = (Choices, LessonView)
    BINDINGS = [
        Binding(
            "down", "move('cursor_down')", "下|Down", show=False, id="glossary.down", tooltip="下一个术语|The next term"
        ),
        Binding("up", "move('cursor_up')", "上|Up", show=False, id="glossary.up", tooltip="上一个术语|The term above"),
        Binding("pagedown", "move('page_down')", show=False),
        Binding("pageup", "move('page_up')", show=False),
        Binding(
            "tab",
            "switch",
            "术语/链接|Terms/links",
            id="glossary.switch",
            tooltip="在术语和它的链接之间切换|Between the terms and where one leads",
        ),
        Binding("escape", "back", "返回|Back", id="glossary.back", tooltip="回到刚才的地方|Back to where you were"),
    ]

    def __init__(self, first: str | None = None) -> None:
        super().__init__()
        self._first = first
        self._browsing: Browsing | None = None
        self._problem = ""

    def compose(self) -> ComposeResult:
        """The line, the terms with the definition beside them, the foot."""
        line = Input(id="glossary-line", max_length=LONGEST_QUERY, select_on_focus=False)
        line.cursor_blink = False
        yield line
        with Horizontal(id="glossary-body"):
            terms = Choices(id="glossary-terms")
            terms.can_focus = False
            yield terms
            with Vertical(id="glossary-entry"):
                definition = LessonView(id="glossary-definition")
                definition.can_focus = False
                yield definition
                yield Choices(id="glossary-links")
        yield Foot()

    def on_mount(self) -> None:
        """Begin with the words of the screen under this one."""
        under = self.app.screen_stack[-2] if len(self.app.screen_stack) > 1 else None
        reading = under.reading if isinstance(under, TutorScreen) else Reading()
        self._browsing = Browsing(self._glossary(), reading, self.language, self._first)
        self.call_after_refresh(self.fill)

    def _glossary(self) -> Glossary:
        try:
            return self.tutor.course.glossary()
        except ContentError as error:
            self._problem = f"{Path(error.problem.place).name} {error.problem.message.of(self.language)}"
            return Glossary()

    @property
    def browsing(self) -> Browsing:
        """What was typed, and which term is chosen."""
        assert self._browsing is not None
        return self._browsing

    @property
    def terms(self) -> Choices:
        """The list of terms."""
        return self.query_one("#glossary-terms", Choices)

    @property
    def links(self) -> Choices:
        """Where the chosen term leads: its lesson and related terms."""
        return self.query_one("#glossary-links", Choices)

    def fill(self) -> None:
        """The terms and the chosen one's definition; the keys go to the line."""
        line = self.query_one(Input)
        line.placeholder = self.say("术语，中文或英文", "A term, in English or Chinese")
        line.focus()
        self._list()

    def _list(self) -> None:
        """The terms anew, after another query or another choice."""
        line = self.query_one(Input)
        with line.prevent(Input.Changed):
            line.value = self.browsing.query
            line.cursor_position = len(line.value)
        groups = self.browsing.groups(self.language)
        rows: list[Option] = []
        for group in groups:
            if group.title is not None:
                style = self.styles_by_name()["muted"]
                rows.append(Option(wrapped(f"── {group.title.of(self.language)}", style=str(style)), disabled=True))
            rows += [Option(self._row(term), id=term.id) for term in group.terms]
        terms = self.terms
        with terms.prevent(OptionList.OptionHighlighted):
            terms.clear_options()
            terms.add_options(rows)
            terms.highlighted = terms.get_option_index(self.browsing.chosen) if self.browsing.chosen else None
        self._explain()

    def _row(self, term: Term) -> WrappedText:
        own, also = term.name.of(self.language), term.name.of(other(self.language))
        row = wrapped(own)
        if also != own:
            row.append(f"  {also}", self.styles_by_name()["muted"])
        return row

    def _explain(self) -> None:
        """What the chosen term means, and where it leads."""
        term = self.browsing.term
        text = LessonMarkdown(self._entry(term) if term else self._nothing(), code_theme(self.tutor))
        self.query_one("#glossary-definition", LessonView).show(text)
        self.links.clear_options()
        self.links.add_options(self._links(term) if term else [])
        self.links.highlighted = 0 if self.links.option_count else None
        self.query_one(NextBar).say(self._sentence())

    def _entry(self, term: Term) -> str:
        names = [*term.named(self.language), *term.named(other(self.language))]
        title, *others = dict.fromkeys(names)
        also = f"*{(' · ').join(others)}*\n\n" if others else ""
        return f"# {title}\n\n{also}{term.definition.of(self.language)}\n"

    def _nothing(self) -> str:
        if self._problem:
            return f"# {self.say('术语表打不开', 'The glossary cannot be opened')}\n\n{self._problem}\n"
        if not self.browsing.glossary.terms:
            return self.say("这门课没有术语表。", "This course has no glossary.")
        return self.say(
            "没有这样的术语；少写几个字，或者用 / 搜课文。", "No such term: fewer letters, or / for the texts."
        )

    def _links(self, term: Term) -> Iterator[Option]:
        styles, place = self.styles_by_name(), place_of(self.tutor.course, term)
        if place is not None:
            row = wrapped(self.say("讲在  ", "Defined in  "), style=str(styles["muted"]))
            row.append(place.of(self.language), styles["strong"])
            yield Option(row, id=LESSON)
        for near in self.browsing.related:
            row = wrapped(self.say("另见  ", "See also  "), style=str(styles["muted"]))
            row.append(near.name.of(self.language), styles["strong"])
            yield Option(row, id=f"term:{near.id}")

    def _sentence(self) -> str:
        if self.browsing.term is None:
            return self.say("换个词试试；{glossary.back} 返回", "Try another word; {glossary.back} goes back")
        if self.focused is self.links:
            return self.say(
                "↑↓ 选择，Enter 打开；{glossary.back} 回到刚才", "↑↓ to choose, Enter opens; {glossary.back} goes back"
            )
        if not self.links.option_count:
            return self.say("打字筛选，↑↓ 选择；{glossary.back} 返回", "Type to filter, ↑↓; {glossary.back} goes back")
        return self.say(
            "打字筛选，↑↓ 选择；Enter 去讲它的课和相关的词；{glossary.back} 返回",
            "Type to filter, ↑↓; Enter: its lesson, related terms; {glossary.back} back",
        )

    # What the learner does.

    def on_input_changed(self, event: Input.Changed) -> None:
        """Another letter, other terms."""
        self.browsing.ask(event.value)
        self._list()

    def action_move(self, way: str) -> None:
        """The arrows move in the list while the cursor stays in the line."""
        getattr(self.terms, f"action_{way}")()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Another term is chosen in the list."""
        if event.option_list is self.terms and event.option_id and event.option_id != self.browsing.chosen:
            self.browsing.chosen = event.option_id
            self._explain()

    def on_input_submitted(self, _: Input.Submitted) -> None:
        """Enter in the line goes to where the chosen term leads."""
        self._to_links()

    def _to_links(self) -> None:
        if self.links.option_count:
            self.set_focus(self.links)
            self.query_one(NextBar).say(self._sentence())

    def _to_line(self) -> None:
        self.set_focus(self.query_one(Input))
        self.query_one(NextBar).say(self._sentence())

    def action_switch(self) -> None:
        """Give the keys to the links, or back to the line."""
        if self.focused is self.links:
            self._to_line()
        else:
            self._to_links()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open the lesson, go to the related term; a click on a term chooses it."""
        if event.option_list is self.terms:
            self._to_links()
        elif event.option_id == LESSON:
            self._open_lesson()
        elif event.option_id:
            self.browsing.follow(event.option_id.removeprefix("term:"))
            self._list()
            self._after_a_step()

    def _open_lesson(self) -> None:
        from minimind_tui.ui.screens.look_up import LookUpScreen

        term = self.browsing.term
        if term is not None and term.defined_in is not None:
            self.app.push_screen(LookUpScreen(term.defined_in, term.written(self.language)))

    def _after_a_step(self) -> None:
        if self.links.option_count:
            self._to_links()
        else:
            self._to_line()

    def action_back(self) -> None:
        """To the term before, from the links to the line, else to the screen that this one was opened from."""
        if self.browsing.go_back():
            self._list()
            self._after_a_step()
        elif self.focused is self.links:
            self._to_line()
        else:
            self.app.pop_screen()
