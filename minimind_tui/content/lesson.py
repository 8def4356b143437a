"""What a lesson's markdown may say beyond markdown: live values, computed figures, quoted code, experiments.

- `{{normalization/gradient-flow: none.gradient[0] / none.gradient[-1] | .1e}}` is a measured number: an
  expression over a run of that experiment, and a format.
- `{{= 64 * 8 / 3 | .1f}}` is pure arithmetic, which the reader gets as its result.
- a line `:::code minimind_tui/nn/norm.py RMSNorm` shows that symbol's source, found by name.
- a line `:::experiment normalization/norm-training` is the place where that experiment is run.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

from minimind_tui.base.inert import inert
from minimind_tui.base.text import Language
from minimind_tui.content.arithmetic import computed
from minimind_tui.content.course import Course
from minimind_tui.content.figures import sane, written
from minimind_tui.content.files import ContentError, read_text

LIVE = re.compile(r"\{\{([^{}\n]{1,700})\}\}")
ANY_LIVE = re.compile(r"\{\{[^\n]{0,700}?\}\}")
COMPUTED = re.compile(r"\{\{=([^{}\n]{1,300})\}\}")
REFERENCE = re.compile(r"[a-z][a-z0-9-]*/[a-z][a-z0-9-]*")
CODE = re.compile(r"^:::code\s+(\S+)\s+([A-Za-z_][\w.]*)\s*$", re.MULTILINE)
EMBED = re.compile(r"^:::experiment[ \t]+([a-z][a-z0-9-]*/[a-z][a-z0-9-]*)[ \t]*$", re.MULTILINE)
FORMULA = re.compile(r"\$\$(.+?)\$\$|(?<![\\$])\$([^$\n]+?)\$(?!\$)", re.DOTALL)
FENCES = ("```", "~~~")


@dataclass(frozen=True)
class LiveValue:
    """A measured number that a lesson quotes."""

    experiment: str
    expression: str
    format: str
    line: int


@dataclass(frozen=True)
class ComputedFigure:
    """A number that a lesson computes from an arithmetic expression."""

    expression: str
    format: str
    line: int

    @property
    def text(self) -> str | None:
        """The formatted number; None where the expression has no value or the format is not allowed."""
        value = computed(self.expression)
        return written(value, self.format) if value is not None and isfinite(value) and sane(self.format) else None


@dataclass(frozen=True)
class CodeQuote:
    """A symbol whose source a lesson shows. `path` is relative to the package's parent folder."""

    path: str
    symbol: str
    line: int


@dataclass(frozen=True)
class Embed:
    """An experiment that stands inside a lesson."""

    experiment: str
    line: int


def live_values(markdown: str) -> list[LiveValue]:
    """All live values of a lesson, in order."""
    line = line_at(markdown)
    found = (_live_value(match, line(match.start())) for match in LIVE.finditer(markdown))
    return [value for value in found if value is not None]


def bad_live_values(markdown: str) -> list[int]:
    """The lines that hold a `{{...}}` which is neither a live value nor a computed figure."""
    line = line_at(markdown)
    return [
        line(match.start())
        for match in ANY_LIVE.finditer(markdown)
        if not COMPUTED.fullmatch(match[0])
        and (not (whole := LIVE.fullmatch(match[0])) or _live_value(whole, 0) is None)
    ]


def computed_figures(markdown: str) -> list[ComputedFigure]:
    """All computed figures of a lesson, in order."""
    line = line_at(markdown)
    return [_computed(match, line(match.start())) for match in COMPUTED.finditer(markdown)]


def with_live_values(markdown: str, value: Callable[[LiveValue], str]) -> str:
    """The markdown with each live value replaced by what `value` returns, and each computed figure by its result."""
    line = line_at(markdown)
    markdown = COMPUTED.sub(lambda match: _computed(match, 0).text or match[0], markdown)

    def figure(match: re.Match[str]) -> str:
        found = _live_value(match, line(match.start()))
        return match[0] if found is None else value(found)

    return LIVE.sub(figure, markdown)


def _computed(match: re.Match[str], line: int) -> ComputedFigure:
    expression, _, form = (part.strip() for part in match[1].partition("|"))
    return ComputedFigure(expression, form, line)


def _live_value(match: re.Match[str], line: int) -> LiveValue | None:
    """The live value of a match, whose braces hold `module/experiment: expression | format`; None for anything else."""
    experiment, colon, rest = (part.strip() for part in match[1].partition(":"))
    expression, _, form = (part.strip() for part in rest.partition("|"))
    if not (colon and expression and REFERENCE.fullmatch(experiment)):
        return None
    return LiveValue(experiment, expression, form or ".3g", line)


def code_quotes(markdown: str) -> list[CodeQuote]:
    """All quoted symbols of a lesson, in order."""
    line = line_at(markdown)
    return [CodeQuote(match[1], match[2], line(match.start())) for match in CODE.finditer(markdown)]


def with_code_quotes(markdown: str, source: Callable[[CodeQuote], str]) -> str:
    """The markdown with each quote replaced by a code block."""
    line = line_at(markdown)

    def block(match: re.Match[str]) -> str:
        quote = CodeQuote(match[1], match[2], line(match.start()))
        return f"```python\n{source(quote)}\n```"

    return CODE.sub(block, markdown)


def embeds(markdown: str) -> list[Embed]:
    """The experiments inside a lesson, in order."""
    text = outside_code(markdown)
    line = line_at(text)
    return [Embed(match[1], line(match.start())) for match in EMBED.finditer(text)]


def embedded(course: Course, ref: str, language: Language) -> list[str]:
    """The experiments that the lesson `ref` leads through; none where it cannot be read."""
    try:
        found = embeds(course.lesson_text(ref, language))
    except ContentError:
        return []
    return [embed.experiment for embed in found if embed.experiment in course.experiments]


def symbol_source(file: Path, symbol: str) -> str | None:
    """The source of a function, class or `Class.method`, found by name; None where there is none."""
    try:
        text = read_text(file)
        body: list[ast.stmt] = ast.parse(text).body
    except (ContentError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    node: ast.stmt | None = None
    for name in symbol.split("."):
        node = next((n for n in body if isinstance(n, (ast.ClassDef, ast.FunctionDef)) and n.name == name), None)
        if node is None:
            return None
        assert isinstance(node, (ast.ClassDef, ast.FunctionDef))
        body = node.body
    lines = text.splitlines()
    assert node is not None
    first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
    block = lines[first - 1 : node.end_lineno]
    indent = len(block[0]) - len(block[0].lstrip())
    return inert("\n".join(line[indent:] for line in block))


def outside_code(markdown: str) -> str:
    """The markdown with the text of its code blocks removed; line numbers stay the same."""
    lines, fence = [], ""
    for each in markdown.split("\n"):
        opens = next((sign for sign in FENCES if each.startswith(sign)), "")
        lines.append("" if fence or opens else each)
        fence = opens if not fence else "" if opens == fence and not each.strip(fence[0]).strip() else fence
    return "\n".join(lines)


def formulas(markdown: str) -> list[tuple[str, bool, int]]:
    """(latex, whether it is a block, line) of every formula outside code."""
    text = re.sub(r"`[^`\n]*`", lambda m: " " * len(m[0]), outside_code(markdown))
    line = line_at(text)
    return [(m[1] or m[2], m[1] is not None, line(m.start())) for m in FORMULA.finditer(text)]


def sections(markdown: str) -> list[str]:
    """The markdown cut before each `## ` outside code; the first piece holds the title."""
    pieces: list[list[str]] = [[]]
    in_code = False
    for line in markdown.splitlines(keepends=True):
        if line.startswith(FENCES):
            in_code = not in_code
        if line.startswith("## ") and not in_code:
            pieces.append([])
        pieces[-1].append(line)
    return ["".join(piece) for piece in pieces]


def line_at(text: str) -> Callable[[int], int]:
    """A function that maps a position in `text` to its line number."""
    ends = [match.start() for match in re.finditer("\n", text)]
    return lambda position: bisect_left(ends, position) + 1
