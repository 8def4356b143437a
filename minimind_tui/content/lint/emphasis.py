"""Lint of emphasis: in Chinese, where no space parts words, Markdown may not see that marks open or close.

A closing `**` between punctuation and a letter closes nothing (CommonMark 0.31, 6.2: right-flanking runs).
"""

from __future__ import annotations

from collections.abc import Iterator

from markdown_it import MarkdownIt

from minimind_tui.content.lesson import ANY_LIVE, FORMULA

MARKS = "**"


def unseen_emphasis(markdown: str) -> Iterator[int]:
    """Lines of the paragraphs in which `**` would be drawn as it stands; in figures and formulas it means a power."""
    for pattern in (ANY_LIVE, FORMULA):
        markdown = pattern.sub(lambda match: match[0].replace("*", "-"), markdown)
    for block in MarkdownIt().enable("table").parse(markdown):
        texts = (part.content for part in block.children or () if part.type == "text")
        if block.map and any(MARKS in text for text in texts):
            yield block.map[0] + 1
