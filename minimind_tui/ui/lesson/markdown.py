"""Lesson markdown as a Rich renderable: Chinese line breaks, drawn formulas, highlighted code.

Rich's own Markdown does the layout of headings, lists, tables and quotes; here are only the elements
that a lesson needs otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin
from rich import markdown as rich_markdown
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, JustifyMethod, RenderableType, RenderResult
from rich.markdown import MarkdownContext, MarkdownElement
from rich.segment import Segment
from rich.style import Style
from rich.styled import Styled
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from minimind_tui.content.drawings import NAME as DRAWING
from minimind_tui.content.formula import block_formula, inline_formula
from minimind_tui.ui.lesson.drawing import DrawingElement, joined_drawings
from minimind_tui.ui.lesson.embed import KIND, EmbeddedExperiment, experiment_plugin
from minimind_tui.ui.lesson.landmarks import LANDMARK
from minimind_tui.views.wrap import WrappedText, is_wide


class Paragraph(rich_markdown.Paragraph):
    """A paragraph that breaks its lines as Chinese and English want."""

    def on_enter(self, context: MarkdownContext) -> None:
        """Collect the text in a `WrappedText`."""
        super().on_enter(context)
        self.text = WrappedText(justify="left")


class Heading(rich_markdown.Heading):
    """A heading: the lesson's title is underlined, a section's is marked at its left."""

    def on_enter(self, context: MarkdownContext) -> None:
        """Collect the text in a `WrappedText`."""
        super().on_enter(context)
        self.text = WrappedText(style=context.current_style)

    def on_leave(self, context: MarkdownContext) -> None:
        """Take the heading's style off again."""
        context.leave_style()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Styled(self.text, Style(meta={LANDMARK: True}))
        if self.tag == "h1":
            width = min(options.max_width, max(cell_len(self.text.plain), 8))
            yield Text("─" * width, style="markdown.rule")


class CodeBlock(rich_markdown.CodeBlock):
    """Code on the pane's own background, so that it reads in light, dark and 16 colours."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Syntax(
            str(self.text).rstrip(),
            self.lexer_name,
            theme=self.theme,
            word_wrap=True,
            padding=(0, 2),
            background_color="default",
        )


class BlockQuote(rich_markdown.BlockQuote):
    """A quote with a bar at its left; the bar costs two cells, not four."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        lines = console.render_lines(self.elements, options.update(width=options.max_width - 2))
        for line in lines:
            yield Segment("▌ ", console.get_style("markdown.block_quote"))
            yield from line
            yield Segment.line()


class TableElement(rich_markdown.TableElement):
    """A table without an empty row over it and one under it."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for table in super().__rich_console__(console, options):
            if isinstance(table, Table):
                table.show_edge = False
            yield table


class TableData(rich_markdown.TableDataElement):
    """A table cell that may break between ideographs."""

    def __init__(self, justify: JustifyMethod) -> None:
        super().__init__(justify)
        self.content = WrappedText("", justify=justify)


class MathBlock(MarkdownElement):
    """A `$$...$$` formula, drawn in two dimensions and set off from the text."""

    def __init__(self) -> None:
        self.latex = ""

    def on_text(self, context: MarkdownContext, text: object) -> None:
        """Take the formula's source."""
        self.latex = str(text)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        rows = block_formula(self.latex, options.max_width - 4)
        for row in rows:
            yield Text("    " + row, style="markdown.math", no_wrap=True, overflow="crop")


class LessonMarkdown(rich_markdown.Markdown):
    """A lesson, or a section of one."""

    elements: ClassVar[dict[str, type[MarkdownElement]]] = {
        **rich_markdown.Markdown.elements,
        "paragraph_open": Paragraph,
        "heading_open": Heading,
        "fence": CodeBlock,
        "code_block": CodeBlock,
        "blockquote_open": BlockQuote,
        "table_open": TableElement,
        "td_open": TableData,
        "th_open": TableData,
        "math_block": MathBlock,
        KIND: EmbeddedExperiment,
        DRAWING: DrawingElement,
    }
    inlines = rich_markdown.Markdown.inlines | {"formula"}

    def __init__(self, markup: str, code_theme: str) -> None:
        super().__init__("", code_theme=code_theme, hyperlinks=False)
        self.markup = markup
        parser = MarkdownIt().enable("strikethrough").enable("table").use(dollarmath_plugin).use(experiment_plugin)
        self.parsed = list(joined_drawings(_prepared(parser.parse(markup))))
        self.experiments = list(dict.fromkeys(token.content for token in self.parsed if token.type == KIND))
        """Those that stand in the text, in order."""
        self.cards: Mapping[str, RenderableType] = {}
        """How each of them is drawn."""


def _prepared(tokens: Iterable[Token]) -> Iterable[Token]:
    """The same tokens with inline formulas drawn and Chinese lines joined without a space."""
    for token in tokens:
        if token.children:
            children = token.children
            for index, child in enumerate(children):
                if child.type == "math_inline":
                    child.type, child.tag, child.content = (
                        "code_inline",
                        "formula",
                        inline_formula(child.content),
                    )
                elif child.type == "softbreak" and _between_ideographs(children, index):
                    child.type, child.content = "text", ""
        yield token


def _between_ideographs(children: list[Token], index: int) -> bool:
    before = children[index - 1].content[-1:] if index else ""
    after = children[index + 1].content[:1] if index + 1 < len(children) else ""
    return bool(before and after) and (is_wide(before) or is_wide(after))
