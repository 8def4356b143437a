"""Lint of tables: every number in one is measured, computed or cited.

A bare number is refused in a body cell, the first column apart, unless the cell holds a link, or the paragraph
right after the table begins with `Source:` (`来源：`) and holds one. What stands in code, in a formula, in a link
or in `{{...}}` is not bare. Digits that belong to a name (`GPT-2`, `fp16`, `MiniMind2`, `Llama-7B`, `2C`) or to a
compound word (`2-D`, `8-bit`) are no number; a unit written to it (`4x`, `12ms`, `64M`, `50%`) leaves it one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from minimind_tui.content.prose import blank_code

LINK = re.compile(r"!?\[[^\]\n]*\]\((https://[^)\s]+)\)")
DELIMITERS = re.compile(r"\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*")
SOURCE = re.compile(r"(Sources?:|来源：)")
LETTER = "A-Za-z\u0370-\u03ff_"
UNITS = "[KMG]i?B?|[kx]|ms|[µu]s|ns|s|h|min|nats|bits?"
NUMBER = re.compile(
    rf"(?<![{LETTER}0-9.])(?<![{LETTER}][-–])[+\-−]?"
    r"\d+(?:,\d{3})*(?:\.\d+)?(?:e[+\-]?\d+)?"
    rf"(?:(?:{UNITS})(?![{LETTER}0-9-])|(?!\.?[{LETTER}0-9]|-[{LETTER}]))"
)


def bare_numbers(markdown: str) -> Iterator[tuple[int, str]]:
    """(line, number) of every number in a table that is neither measured nor computed nor cited."""
    lines = blank_code(markdown).split("\n")
    at = 0
    while at + 1 < len(lines):
        if "|" not in lines[at] or "|" not in lines[at + 1] or not DELIMITERS.fullmatch(lines[at + 1]):
            at += 1
            continue
        first = at + 2
        at = first
        while at < len(lines) and lines[at].strip() and "|" in lines[at]:
            at += 1
        if not _cited(lines, at):
            for number in range(first, at):
                yield from ((number + 1, found) for found in _in_row(lines[number]))


def _cited(lines: list[str], at: int) -> bool:
    """Whether the paragraph after the line `at`, which ends a table, names its source."""
    after = [not line.strip() for line in lines[at:]]
    skipped = next((len(list(run)) for blank, run in groupby(after) if blank), 0) if after[:1] == [True] else 0
    paragraph = []
    for line in lines[at + skipped :]:
        if not line.strip():
            break
        paragraph.append(line)
    return bool(paragraph and SOURCE.match(paragraph[0]) and LINK.search("\n".join(paragraph)))


def _in_row(row: str) -> Iterator[str]:
    cells = re.split(r"(?<!\\)\|", row.strip().removeprefix("|").removesuffix("|"))
    for cell in cells[1:]:
        if not LINK.search(cell):
            yield from NUMBER.findall(re.sub(r"!?\[[^\]]*\]\([^)]*\)", " ", cell))
