"""Finds the brackets that belong together."""

from __future__ import annotations

from minimind_tui.content.formula.symbols import Kind
from minimind_tui.content.formula.tokens import FormulaError
from minimind_tui.content.formula.tree import Fence, Node, Row, Scripts, Symbol

DEEPEST = 40
"""How many things may stand inside each other, so that no formula exhausts the stack."""


def with_fences(items: list[Node]) -> tuple[Node, ...]:
    """The same things, where brackets that belong together are one thing with what is between them.

    A bracket without another stays as it is: [0, 1) is a pair, `1)` is none. FormulaError where too many are open.
    """
    stack: list[tuple[str, list[Node]]] = []
    current: list[Node] = []
    for item in items:
        inner = item.base if isinstance(item, Scripts) else item
        of_kind = inner.kind if isinstance(inner, Symbol) else None
        if of_kind is Kind.OPEN and inner is item and isinstance(inner, Symbol):
            stack.append((inner.text, current))
            current = []
            if len(stack) > DEEPEST:
                raise FormulaError("too deep")
        elif of_kind is Kind.CLOSE and stack and isinstance(inner, Symbol):
            left, before = stack.pop()
            fence = Fence(left, Row(tuple(current)), inner.text)
            before.append(Scripts(fence, item.scripts) if isinstance(item, Scripts) else fence)
            current = before
        else:
            current.append(item)
    for left, before in reversed(stack):
        current = [*before, Symbol(left, Kind.OPEN), *current]
    return tuple(current)
