"""Lint of emphasis: in Chinese, without spaces between words, Markdown may not recognize `**` as opening or closing.

A closing `**` between punctuation and a letter closes nothing (CommonMark 0.31, 6.2: right-flanking runs).
"""

from __future__ import annotations

from collections.abc import Iterator

from markdown_it import MarkdownIt

from minimind_tui.content.lesson import ANY_LIVE, FORMULA

MARKS = "**"


def unseen_emphasis(markdown: str) -> Iterator[int]:
    """First lines of the paragraphs in which `**` is shown literally; figures and formulas are skipped."""
    for pattern in (ANY_LIVE, FORMULA):
        markdown = pattern.sub(lambda match: match[0].replace("*", "-"), markdown)
    for block in MarkdownIt().enable("table").parse(markdown):
        texts = (part.content for part in block.children or () if part.type == "text")
        if block.map and any(MARKS in text for text in texts):
            yield block.map[0] + 1
