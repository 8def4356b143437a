"""Search: a line to type in, and under it where the words stand."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from minimind_tui.base.text import Text as Bilingual
from minimind_tui.content.schema import Step
from minimind_tui.practice.search import LONGEST_QUERY, Found, Hit, Index, Passage, words_of
from minimind_tui.ui.choices import Choices
from minimind_tui.ui.key_bar import Foot, NextBar
from minimind_tui.ui.screens.base import TutorScreen
from minimind_tui.ui.tutor import Tutor
from minimind_tui.views.wrap import WrappedText, wrapped

KINDS: dict[str, Bilingual] = {
    "term": Bilingual(zh="术语", en="Term"),
    "lesson": Bilingual(zh="课文", en="Lesson"),
    "experiment": Bilingual(zh="实验", en="Experiment"),
    "question": Bilingual(zh="测验", en="Quiz"),
    "card": Bilingual(zh="卡片", en="Card"),
    "exercise": Bilingual(zh="写代码", en="Exercise"),
    "note": Bilingual(zh="笔记", en="Note"),
}


class SearchScreen(TutorScreen):
    """The keys go to the line; the arrows choose a hit, Enter opens it."""

    DEFAULT_CSS = """
    #search-line { height: 3; border: round $primary; background: $background; margin: 0 1; }
    #search-hits { height: 1fr; max-height: 100%; border: none; background: $background; padding: 0 1; }
    #search-hits > .option-list--option { padding: 0 1 1 1; }
    #search-hits > .option-list--option-highlighted {
        color: $block-cursor-foreground; background: $block-cursor-background;
    }
    """

    PARTS = (Choices,)
    BINDINGS = [
        Binding("down", "move('cursor_down')", "下|Down", show=False, id="search.down", tooltip="下一处|The next hit"),
        Binding("up", "move('cursor_up')", "上|Up", show=False, id="search.up", tooltip="上一处|The hit above"),
        Binding("pagedown", "move('page_down')", show=False),
        Binding("pageup", "move('page_up')", show=False),
        Binding("escape", "app.pop_screen", "返回|Back", id="search.back", tooltip="返回|Back"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._query = ""
        self._loaded = False
        self._entered = False
        """Whether Enter was pressed before there was anything to open."""
        self._found = Found([], 0)

    def compose(self) -> ComposeResult:
        """The line to type in, the hits, the foot."""
        line = Input(self._query, id="search-line", max_length=LONGEST_QUERY, select_on_focus=False)
        line.cursor_blink = False
        yield line
        hits = Choices(id="search-hits")
        hits.can_focus = False
        yield hits
        yield Foot()

    def on_mount(self) -> None:
        """One can type at once; the texts are read meanwhile."""
        self.fill()
        self._loading = self.run_worker(self._load, thread=True, group="search", exclusive=True)

    def _load(self) -> None:
        self.index.load()
        self.call_later(self._ready)

    def _ready(self) -> None:
        self._loaded = True
        self._look()
        if self._entered:
            self._open_chosen()

    @property
    def index(self) -> Index:
        """Everything that can be found."""
        return self.tutor.search_index

    def fill(self) -> None:
        """The hits of what stands in the line."""
        line = self.query_one(Input)
        line.placeholder = self.say("要找的词，可以几个一起", "Words to look for")
        line.focus()
        self._look()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Another letter, other hits."""
        self._query = event.value
        self._entered = False
        self._look()

    def _look(self) -> None:
        choices = self.query_one(Choices)
        if self._loaded:
            self._found = self.index.find(self._query, self.language)
        choices.clear_options()
        choices.add_options(Option(self._row(hit), id=str(number)) for number, hit in enumerate(self._found.hits))
        choices.highlighted = 0 if self._found.hits else None
        self.query_one(NextBar).say(self._sentence())

    def _sentence(self) -> str:
        total, shown = self._found.total, len(self._found.hits)
        if not words_of(self._query):
            return self.say(
                "输入要找的词：课文、术语、测验、笔记都会搜", "Type what to look for: lessons, terms, quizzes, notes"
            )
        if not self._loaded:
            return self.say("正在读课文…", "Reading the texts…")
        if not total:
            return self.say("哪里都没有；换个词，或少写几个", "Nowhere; try another word, or fewer")
        if total > shown:
            return self.say(
                f"共 {total} 处，只列前 {shown} 处：再加个词；Enter 打开",
                f"{total} hits, the first {shown} shown: add a word; Enter opens",
            )
        return self.say(
            f"共 {total} 处；↑↓ 选择，Enter 打开", f"{total} hit{'s' if total > 1 else ''}; ↑↓, Enter opens"
        )

    def _row(self, hit: Hit) -> WrappedText:
        styles, passage = self.styles_by_name(), hit.passage
        row = wrapped("")
        row.append(f"{KINDS[passage.kind].of(self.language)}  ", styles["key"])
        row.append(title_of(self.tutor, passage), styles["strong"])
        for part in self._where(passage):
            row.append(f"  {part}", styles["muted"])
        if hit.snippet:
            row.append("\n")
            snippet = Text(hit.snippet)
            for start, end in hit.marks:
                snippet.stylize(styles["search"], start, end)
            row.append_text(snippet)
        return row

    def _where(self, passage: Passage) -> Iterator[str]:
        module = self.tutor.course.modules.get(passage.ref.partition("/")[0])
        if passage.heading:
            yield f"› {passage.heading}"
        if module is not None and passage.kind not in ("question", "card"):
            yield f"{module.number:02d} {module.title.of(self.language)}"
        if passage.language not in (self.language, None):
            yield "[English]" if passage.language == "en" else "[中文]"

    def action_move(self, way: str) -> None:
        """The arrows move in the list, the cursor stays in the line."""
        getattr(self.query_one(Choices), f"action_{way}")()

    def on_input_submitted(self, _: Input.Submitted) -> None:
        """Enter in the line opens the chosen hit; before the texts are read, as soon as they are."""
        if self._loaded:
            self._open_chosen()
        else:
            self._entered = True
            self.tutor.typed.hold(self._loading)

    def _open_chosen(self) -> None:
        chosen = self.query_one(Choices).highlighted
        if chosen is not None and chosen < len(self._found.hits):
            self._open(self._found.hits[chosen])

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open the hit that was clicked or chosen."""
        self._open(self._found.hits[event.option_index])

    def _open(self, hit: Hit) -> None:
        open_passage(self.tutor, hit.passage, words_of(self._query))


def title_of(app: Tutor, passage: Passage) -> str:
    """What a hit stands in; a note is called after its step."""
    if passage.kind != "note":
        return passage.title
    from minimind_tui.ui.screens.note import step_title

    return step_title(app, passage.ref)


def open_passage(app: Tutor, passage: Passage, words: list[str]) -> None:
    """Go to where a passage stands, scrolled to it where it is a text."""
    if passage.kind == "note":
        from minimind_tui.ui.screens.note import open_note

        open_note(app, passage.ref)
    elif passage.kind == "term":
        from minimind_tui.ui.screens.glossary import GlossaryScreen

        app.push_screen(GlossaryScreen(passage.ref))
    elif passage.kind == "lesson" or passage.kind == "experiment":
        step = Step(kind=passage.kind, ref=passage.ref)
        sought = (passage.heading, words) if passage.language == app.language and passage.part >= 0 else None
        app.open_step(step, sought)
    else:
        kind = {"question": "quiz", "card": "review", "exercise": "exercise"}[passage.kind]
        app.practise(kind, passage.ref if kind == "exercise" else passage.ref.partition("/")[0])
