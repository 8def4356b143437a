"""Spaces between the parts of a formula: the same on a line and in a block.

What the source separates stays separate, as a terminal sets no italics: `2 C D` is not `2CD`. Beyond that a space
stands where two things would read as another one: `a cos φ` is not `acos φ`, `√D x` is not `√Dx`.
"""

from __future__ import annotations

from minimind_tui.content.formula.symbols import Kind
from minimind_tui.content.formula.tree import Node, Row, Space, Symbol, kind, stripped

OPERANDS = frozenset(
    (Kind.LETTER, Kind.NUMBER, Kind.WORD, Kind.FUNCTION, Kind.BIG, Kind.FRACTION, Kind.ROOT, Kind.FENCE)
)
NAMES = frozenset((Kind.WORD, Kind.FUNCTION, Kind.BIG))
ENDS = OPERANDS | {Kind.CLOSE, Kind.MARK, Kind.BAR}
"""What the left side of an operator may end with."""
UNARY = frozenset("±")


def spaced(row: Row, *, bars: bool = False) -> list[tuple[int, Node]]:
    """The things of a row, each with the number of cells before it; `bars`: fractions are drawn with one.

    A minus beside a bar would look like a part of it.
    """
    found: list[tuple[int, Node]] = []
    space = 0
    items = stripped(row)
    for index, item in enumerate(items):
        if isinstance(item, Space):
            space = max(space, item.width)
            continue
        following = items[index + 1] if index + 1 < len(items) else None
        needed = found and (_needed(found, item) or (bars and _is_beside_a_bar(found, item, following)))
        found.append((max(space, int(bool(needed))), item))
        space = 0
    return found


def _needed(before: list[tuple[int, Node]], item: Node) -> bool:
    """Whether there must be a space before `item`, whatever the source says."""
    left, right = kind(before[-1][1]), kind(item)
    if right is Kind.OPERATOR:
        return left in ENDS or left is Kind.OPERATOR
    if left is Kind.OPERATOR:
        return right not in (Kind.CLOSE, Kind.PUNCTUATION) and not _is_unary(before)
    if Kind.FRACTION in (left, right):
        return left not in (Kind.OPEN, Kind.SIGN) and right not in (Kind.CLOSE, Kind.PUNCTUATION, Kind.SIGN)
    if right in NAMES:
        return left in ENDS
    if left in NAMES:
        return right in OPERANDS | {Kind.BAR} and (right is not Kind.FENCE or left is Kind.BIG)
    return left is Kind.ROOT and right in OPERANDS | {Kind.OPEN}


def _is_unary(before: list[tuple[int, Node]]) -> bool:
    """Whether the operator that comes last belongs to what follows: it is the first thing, or ± after another."""
    if len(before) == 1:
        return True
    operator = before[-1][1]
    return kind(before[-2][1]) not in ENDS and isinstance(operator, Symbol) and operator.text in UNARY


def _is_beside_a_bar(before: list[tuple[int, Node]], item: Node, following: Node | None) -> bool:
    left, right = kind(before[-1][1]), kind(item)
    if right is Kind.SIGN:
        return left is Kind.FRACTION or (left in ENDS and following is not None and kind(following) is Kind.FRACTION)
    return left is Kind.SIGN and right is Kind.FRACTION
