"""The sentences of a lesson: what is left of its markdown without code, formulas, figures, titles and addresses."""

from __future__ import annotations

import re

from minimind_tui.content.lesson import ANY_LIVE, FORMULA, outside_code

CODE = re.compile(r"`+[^`\n]*`+")
TARGET = re.compile(r"\]\([^)\s]*\)")
NO_SENTENCE = re.compile(
    r"^(?::::|(?:Papers?|Sources?): |(?:论文|来源)：|Press \*\*n\*\*|按 \*\*n\*\*).*$", re.MULTILINE
)
"""Lines that name things: an experiment or a symbol, the titles of papers, what the next lesson is about."""


def prose(markdown: str) -> str:
    """The sentences, each in its line; all else is blank, so that places and line numbers stay the same."""
    text = blank_code(markdown)
    for pattern in (TARGET, NO_SENTENCE):
        text = pattern.sub(_blank, text)
    return text


def blank_code(markdown: str) -> str:
    """The markdown with code, formulas and figures replaced by blanks."""
    text = outside_code(markdown)
    for pattern in (ANY_LIVE, CODE, FORMULA):
        text = pattern.sub(_blank, text)
    return text


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])
