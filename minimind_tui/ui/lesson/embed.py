"""An experiment inside a lesson: found by the markdown parser, drawn as a card, its rows known to the pane."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token
from rich import box
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.markdown import Markdown, MarkdownElement
from rich.panel import Panel
from rich.segment import Segment
from rich.style import Style
from rich.styled import Styled
from rich.text import Text

from minimind_tui.base.text import Language
from minimind_tui.content.lesson import EMBED
from minimind_tui.content.schema import Experiment
from minimind_tui.views.words import seconds
from minimind_tui.views.wrap import wrapped

if TYPE_CHECKING:
    from minimind_tui.ui.lesson.markdown import LessonMarkdown

KIND = "experiment"
SPOT = "spot"
State = Literal["new", "running", "run", "ended"]
"""Never run; running; run to its end; begun and not run to its end."""
STANDS: dict[State, tuple[str, str, str]] = {
    "running": ("key", "▸ 正在运行", "▸ running"),
    "run": ("good", "✓ 已经跑过", "✓ you have run it"),
    "ended": ("unsure", "■ 没有跑完", "■ not finished"),
}
"""Style and words of what has been begun."""


@dataclass(frozen=True)
class Spot:
    """The rows of one card, or of one drawing: from `top` to before `bottom`."""

    top: int
    bottom: int


@dataclass(frozen=True)
class Card:
    """How the learner stands to one experiment of the lesson; `chosen` is the one that r runs."""

    experiment: str
    state: State
    chosen: bool


def experiment_plugin(parser: MarkdownIt) -> None:
    """Teach the parser the line `:::experiment module/name`."""
    parser.block.ruler.before("fence", KIND, _rule, {"alt": ["paragraph", "reference", "blockquote", "list"]})


def _rule(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    begin = state.bMarks[start] + state.tShift[start]
    if begin and state.src[begin - 1] != "\n":  # not at the margin: inside a quote or a list
        return False
    found = EMBED.fullmatch(state.src[begin : state.eMarks[start]])
    if found is None:
        return False
    if not silent:
        token = state.push(KIND, "", 0)
        token.content, token.map = found[1], [start, start + 1]
        seen = state.env.setdefault(KIND, set())
        token.meta = {"again": found[1] in seen}
        seen.add(found[1])
        state.line = start + 1
    return True


class EmbeddedExperiment(MarkdownElement):
    """The card in its place in the text; a name alone where there is no card, or it was drawn before."""

    def __init__(self, name: str, card: RenderableType | None) -> None:
        self.name, self.card = name, card

    @classmethod
    def create(cls, markdown: Markdown, token: Token) -> EmbeddedExperiment:
        """From what the parser found."""
        lesson: LessonMarkdown = markdown  # type: ignore[assignment]
        return cls(token.content, None if token.meta["again"] else lesson.cards.get(token.content))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        drawn = self.card or Text(f":::experiment {self.name}", style="markdown.hr")
        yield Styled(drawn, Style(meta={SPOT: self.name} if self.card else None))


def spots(lines: Sequence[Sequence[Segment]], mark: str = SPOT) -> dict[str, Spot]:
    """The rows of each card in a lesson that has been laid out; of each thing else that is marked with `mark`."""
    found: dict[str, Spot] = {}
    for row, line in enumerate(lines):
        names = {style.meta[mark] for _, style, _ in line if style is not None and mark in style.meta}
        for name in names:
            found[name] = Spot(found[name].top if name in found else row, row + 1)
    return found


def drawn_card(
    card: Card, experiment: Experiment | None, language: Language, styles: Mapping[str, Style], key: str
) -> RenderableType:
    """The card: what is asked, how it stands, and the key where it runs this one.

    Its height is the same for all of that.
    """
    chinese = language == "zh"
    if experiment is None:
        missing = "没有这个实验：" if chinese else "there is no such experiment: "
        return Text(missing + card.experiment, style=styles["unsure"])
    action = Text(no_wrap=True, overflow="ellipsis")
    if card.state == "new":
        time = seconds(experiment.seconds, language)
        if card.chosen:
            action.append(f"{key} ", styles["key"])
            action.append(f"运行，大约 {time}" if chinese else f"runs it, about {time}")
        else:
            action.append(f"还没跑过，大约 {time}" if chinese else f"not run yet, about {time}", styles["muted"])
    else:
        style, zh, en = STANDS[card.state]
        action.append(zh if chinese else en, styles[style])
        if card.chosen and card.state != "running":
            action.append(f"；{key} 再跑一次" if chinese else f"; {key} to run it again")
    return Panel(
        Group(
            wrapped(experiment.title.of(language), style=str(styles["strong"])),
            wrapped(experiment.question.of(language)),
            action,
        ),
        box=box.HEAVY if card.chosen else box.ROUNDED,
        border_style=styles["key" if card.chosen else "muted"],
        title=Text("实验" if chinese else "Experiment", style=styles["key" if card.chosen else "muted"]),
        title_align="left",
        padding=(0, 1),
    )
