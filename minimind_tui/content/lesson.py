"""What a lesson's markdown may say beyond markdown: live values and quoted code.

- `{{normalization/gradient-flow: none.gradient[0] / none.gradient[-1] | .1e}}` is a measured number: an
  expression over a run of that experiment, and a format.
- a line `:::code minimind_tui/nn/norm.py RMSNorm` shows that symbol's source, found by name.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from minimind_tui.content.course import ContentError, read_text
from minimind_tui.content.inert import inert

LIVE = re.compile(r"\{\{\s*([a-z][a-z0-9-]*/[a-z][a-z0-9-]*)\s*:\s*([^|{}\n]+?)\s*(?:\|\s*([^{}\n]*?)\s*)?\}\}")
ANY_LIVE = re.compile(r"\{\{[^\n]*?\}\}")
CODE = re.compile(r"^:::code\s+(\S+)\s+([A-Za-z_][\w.]*)\s*$", re.MULTILINE)
FORMULA = re.compile(r"\$\$(.+?)\$\$|(?<![\\$])\$([^$\n]+?)\$(?!\$)", re.DOTALL)
FENCE = re.compile(r"^(```|~~~).*?^\1\s*$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class LiveValue:
    """A measured number that a lesson quotes."""

    experiment: str
    expression: str
    format: str
    line: int


@dataclass(frozen=True)
class CodeQuote:
    """A symbol whose source a lesson shows. `path` is relative to the package's parent folder."""

    path: str
    symbol: str
    line: int


def live_values(markdown: str) -> list[LiveValue]:
    """All live values of a lesson, in order."""
    return [
        LiveValue(match[1], match[2], match[3] or ".3g", _line(markdown, match.start()))
        for match in LIVE.finditer(markdown)
    ]


def bad_live_values(markdown: str) -> list[int]:
    """The lines that hold a `{{...}}` which is not a live value."""
    return [_line(markdown, m.start()) for m in ANY_LIVE.finditer(markdown) if not LIVE.fullmatch(m[0])]


def with_live_values(markdown: str, value: Callable[[LiveValue], str]) -> str:
    """The markdown with each live value replaced by what `value` says."""
    return LIVE.sub(lambda m: value(LiveValue(m[1], m[2], m[3] or ".3g", _line(markdown, m.start()))), markdown)


def code_quotes(markdown: str) -> list[CodeQuote]:
    """All quoted symbols of a lesson, in order."""
    return [CodeQuote(m[1], m[2], _line(markdown, m.start())) for m in CODE.finditer(markdown)]


def with_code_quotes(markdown: str, source: Callable[[CodeQuote], str]) -> str:
    """The markdown with each quote replaced by a code block."""

    def block(match: re.Match[str]) -> str:
        quote = CodeQuote(match[1], match[2], _line(markdown, match.start()))
        return f"```python\n{source(quote)}\n```"

    return CODE.sub(block, markdown)


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


def formulas(markdown: str) -> list[tuple[str, bool, int]]:
    """(latex, whether it is a block, line) of every formula outside code."""
    text = FENCE.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), markdown)
    text = re.sub(r"`[^`\n]*`", lambda m: " " * len(m[0]), text)
    return [(m[1] or m[2], m[1] is not None, _line(text, m.start())) for m in FORMULA.finditer(text)]


def sections(markdown: str) -> list[str]:
    """The markdown cut before each `## ` outside code; the first piece holds the title."""
    pieces, in_code = [""], False
    for line in markdown.splitlines(keepends=True):
        if line.startswith(("```", "~~~")):
            in_code = not in_code
        if line.startswith("## ") and not in_code:
            pieces.append("")
        pieces[-1] += line
    return pieces


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
