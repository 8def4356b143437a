"""What is drawn is compared with what was written: no letter, digit, operator or function name is lost or added.

The source is read here by other means than those that draw it, so that a mistake of theirs is seen.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from minimind_tui.content.formula.symbols import (
    ACCENTS,
    BARS,
    BIG,
    CLOSING,
    DOUBLE_STRUCK,
    FRACTIONS,
    FUNCTIONS,
    LETTERS,
    OPENING,
    OPERATORS,
    ROOTS,
    SUBSCRIPTS,
    SUPERSCRIPTS,
)

PART = re.compile(
    r"\\(?:begin|end)\{[a-z*]*\}|\\operatorname\*?\s*\{(?P<operator>[A-Za-z]+)\}|\\(?P<name>[A-Za-z]+|.)|(?P<sign>.)",
    re.DOTALL,
)
FRAMES = "─│┌└┐┘╭╮╰╯┤├║"
"""What bars, roots and high brackets are drawn with."""
BAR_OF_FRACTION = re.compile("(?<![┌─])─+")
SMALL_ONES = {small: base for table in (SUPERSCRIPTS, SUBSCRIPTS) for base, small in table.items()}
SINGLE_STRUCK = {double: single for single, double in DOUBLE_STRUCK.items()}
DEGREES = {"∛": "3√", "∜": "4√"}
TABLES = (LETTERS, OPERATORS, OPENING, CLOSING, BARS, BIG, {"prime": "'"})
GLYPHS = frozenset(
    (*map(chr, range(32, 127)), *FRAMES, *ROOTS.values(), *SINGLE_STRUCK, *ACCENTS.values(), *SMALL_ONES)
) | frozenset(glyph for table in TABLES for glyph in table.values())
"""All that a formula is drawn with, beside what its source holds literally."""
NOT_COMPARED = frozenset("()[]{}⟨⟩⌊⌋⌈⌉|‖,;^_/√") | frozenset(FRAMES)
"""Brackets and the sign of a fraction, of which a line needs more, and the signs of scripts."""


class _Written(NamedTuple):
    """What a drawing must hold."""

    signs: list[str]
    names: Counter[str]
    counts: Counter[str]
    """How many fractions, roots, slashes, round brackets and marks over letters there are."""


def differences(latex: str, drawn: Sequence[str], *, block: bool) -> list[str]:
    """What `drawn` lost, added or put elsewhere, and glyphs that terminals lack; the order in a block is free."""
    written, text = _written(latex), "\n".join(drawn)
    plain = "".join(_plain(text))
    signs = [each for each in plain if _is_compared(each)]
    wrong = _otherwise(Counter(written.signs), Counter(signs)) if block else _out_of_order(written.signs, signs)
    for name, times in written.names.items():
        if len(re.findall(rf"(?<![^\W\d_]){name}(?![^\W\d_])", plain)) < times:
            wrong.append(name)
    wrong += _miscounted(written.counts, text, plain, block=block)
    wrong += [each for each in text if each > "\uffff" or not (each in GLYPHS or each in latex or each == "\n")]
    return list(dict.fromkeys(wrong))


def _written(latex: str) -> _Written:
    signs: list[str] = []
    names: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    for match in PART.finditer(latex):
        name, sign = match["name"], match["sign"]
        if match["operator"] or name in FUNCTIONS:
            names[match["operator"] or name] += 1
            signs += match["operator"] or name
        elif name in FRACTIONS:
            counts["fraction"] += 1
        elif name == "sqrt":
            counts["√"] += 1
        elif name in ACCENTS:
            counts[ACCENTS[name]] += 1
        else:
            glyph = (
                next((table[name] for table in TABLES if name in table), "") if name else "" if sign == "~" else sign
            )
            for each in unicodedata.normalize("NFD", glyph or ""):
                if _is_compared(each):
                    signs.append(each)
                elif each in "()/":
                    counts[each] += 1
    return _Written([each for each in signs if each != "&" or "\\&" in latex], names, counts)


def _plain(text: str) -> Iterator[str]:
    """The drawing with all small, marked and double-struck characters made plain, small ones set off."""
    inside = False
    for each in text:
        small = each in SMALL_ONES
        if small != inside:
            yield " "
        inside = small
        each = DEGREES.get(each) or SMALL_ONES.get(each) or SINGLE_STRUCK.get(each) or each
        yield unicodedata.normalize("NFD", each)


def _is_compared(each: str) -> bool:
    return not each.isspace() and each not in NOT_COMPARED and each not in ACCENTS.values()


def _otherwise(wanted: Counter[str], found: Counter[str]) -> list[str]:
    return [*(wanted - found), *(found - wanted)]


def _out_of_order(wanted: list[str], found: list[str]) -> list[str]:
    if wanted == found:
        return []
    blocks = SequenceMatcher(None, wanted, found, autojunk=False).get_opcodes()
    return [each for tag, a, b, c, d in blocks if tag != "equal" for each in (*wanted[a:b], *found[c:d])]


def _miscounted(wanted: Counter[str], text: str, plain: str, *, block: bool) -> Iterator[str]:
    slashes, bars = plain.count("/") - wanted["/"], len(BAR_OF_FRACTION.findall(text))
    if (bars, slashes) != ((wanted["fraction"], 0) if block else (0, wanted["fraction"])):
        yield "\\frac"
    if plain.count("√") != wanted["√"]:
        yield "\\sqrt"
    for bracket, high in zip("()", "╭╮", strict=True):
        if plain.count(bracket) + plain.count(high) < wanted[bracket]:
            yield bracket
    marks = unicodedata.normalize("NFD", text)
    yield from (name for name, mark in ACCENTS.items() if wanted[mark] > marks.count(mark))
