"""A formula in two dimensions: fractions with bars, limits over and under their sums, brackets as high as they must be.

The scripts of one kind are either all small characters (x², xᵢ) or all set off by a row, where one of them has no small
character: σ_N and σ₀ then look alike. Scripts of scripts are looked at by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import NamedTuple

from minimind_tui.content.formula.box import Box, Cells, Placed, beside, canvas, of_text, over
from minimind_tui.content.formula.line import accented, on_a_line, root_sign, small, stands_alone
from minimind_tui.content.formula.spacing import spaced
from minimind_tui.content.formula.symbols import LIMITS, MATRICES, Kind
from minimind_tui.content.formula.tree import (
    Accent,
    Fence,
    Fraction,
    Matrix,
    Node,
    Root,
    Row,
    Scripts,
    Symbol,
)

BAR, UPRIGHT = "─", "│"
FENCES = {
    "(": "╭│╰", ")": "╮│╯", "[": "┌│└", "]": "┐│┘", "{": "╭┤╰", "}": "╮├╯", "|": "│││", "‖": "║║║",
    "⌊": "││└", "⌋": "││┘", "⌈": "┌││", "⌉": "┐││",
}  # fmt: skip
"""The top, the middle and the bottom of high brackets, from what every terminal draws its frames with."""


class Small(NamedTuple):
    """Whether the scripts of a kind are all small characters."""

    below: bool
    above: bool


def in_a_block(row: Row) -> list[str]:
    """The rows of the drawing."""
    return ["".join(cells).rstrip() for cells in _drawn(row).rows]


def _drawn(row: Row) -> Box:
    scripts = [(sign, small(on_a_line(script), sign)) for sign, script in _scripts_in(row)]
    below, above = (all(small_one for sign, small_one in scripts if sign == wanted) for wanted in "_^")
    return _Drawing(Small(below, above)).row(row)


def _scripts_in(node: Node) -> Iterator[tuple[str, Row]]:
    """Every script, but for limits, and those of scripts."""
    if isinstance(node, Scripts):
        if not has_limits(node):
            yield from ((sign, row) for sign, row in node.scripts if on_a_line(row) != "'")
        yield from _scripts_in(node.base)
    else:
        for child in _children(node):
            yield from _scripts_in(child)


def _children(node: Node) -> Iterator[Node]:
    if isinstance(node, Matrix):
        yield from (cell for row in node.rows for cell in row)
    elif isinstance(node, Row):
        yield from node.items
    else:
        for field in fields(node):
            value = getattr(node, field.name)
            if isinstance(value, Row):
                yield value


def has_limits(node: Scripts) -> bool:
    """Whether the scripts stand under and over the base."""
    return isinstance(node.base, Symbol) and node.base.text in LIMITS and node.base.kind in (Kind.BIG, Kind.FUNCTION)


def is_high(node: Node) -> bool:
    """Whether brackets around it must be as high as it is; scripts hang out of theirs."""
    if isinstance(node, Fraction | Matrix):
        return True
    if isinstance(node, Scripts):
        return is_high(node.base)
    return any(is_high(child) for child in _children(node))


class _Drawing:
    def __init__(self, small_scripts: Small) -> None:
        self._small = small_scripts

    def row(self, row: Row) -> Box:
        return beside((gap, self._node(node)) for gap, node in spaced(row, bars=True))

    def _node(self, node: Node) -> Box:
        if isinstance(node, Symbol):
            return of_text(node.text)
        if isinstance(node, Fraction):
            top, bottom = self.row(node.top), self.row(node.bottom)
            return over(top, of_text(BAR * (max(top.width, bottom.width) + 2)), bottom)
        if isinstance(node, Root):
            return self._root(node)
        if isinstance(node, Scripts):
            return self._limits(node) if has_limits(node) else self._scripts(node)
        if isinstance(node, Fence):
            return _fenced(node.left, self.row(node.body), node.right, is_high(node.body))
        if isinstance(node, Accent):
            return of_text(accented(node))
        if isinstance(node, Matrix):
            return self._matrix(node)
        return self.row(node) if isinstance(node, Row) else of_text(" " * node.width)

    def _root(self, node: Root) -> Box:
        sign, body = root_sign(node.degree), self.row(node.body)
        if is_high(node.body):
            return _high_root(sign, body)
        alone = stands_alone(node.body, root=True)
        return beside([(0, of_text(sign)), (0, body if alone else _fenced("(", body, ")", high=False))])

    def _limits(self, node: Scripts) -> Box:
        rows = {sign: _drawn(row) for sign, row in node.scripts}
        return over(rows.get("^"), self._node(node.base), rows.get("_"))

    def _scripts(self, node: Scripts) -> Box:
        base = self._node(node.base)
        placed, column = [Placed(-base.above, 0, base)], base.width
        high = len(base.rows) > 1
        ends: list[int] = []
        for sign, row in node.scripts:
            written = on_a_line(row)
            small_one = "'" if written == "'" else small(written, sign) if self._small[sign == "^"] else ""
            box = of_text(small_one) if small_one else _drawn(row)
            if sign == "^":
                first = -base.above - (len(box.rows) - 1 if high or small_one else len(box.rows))
            else:
                first = base.below + (0 if high or small_one else 1)
            taken = range(first, first + len(box.rows))
            beside_it = any(each.row in taken or first in _rows(each) for each in placed[1:])
            start = max(ends) if beside_it else column
            placed.append(Placed(first, start, box))
            ends.append(start + box.width)
        return canvas(placed)

    def _matrix(self, node: Matrix) -> Box:
        columns = max(len(row) for row in node.rows)
        cells = [[self.row(cell) for cell in row] + [of_text("")] * (columns - len(row)) for row in node.rows]
        widths = [max(row[index].width for row in cells) for index in range(columns)]
        apart = 1 if node.name.startswith("align") else 2
        placed, first = [], 0
        for row in cells:
            above, column = max(box.above for box in row), 0
            for index, box in enumerate(row):
                free = widths[index] - box.width
                shift = 0 if node.name == "cases" else free // 2 if apart > 1 else free if index % 2 == 0 else 0
                placed.append(Placed(first + above - box.above, column + shift, box))
                column += widths[index] + apart
            first += above + 1 + max(box.below for box in row) + (node.name == "cases")
        drawn = canvas(placed)
        body = Box(drawn.rows, (len(drawn.rows) - 1) // 2)
        left, right = MATRICES.get(node.name, ("", ""))
        return _fenced(left, body, right, high=True)


def _rows(placed: Placed) -> range:
    return range(placed.row, placed.row + len(placed.box.rows))


def _fenced(left: str, body: Box, right: str, high: bool) -> Box:
    """A box between brackets; high ones stand a cell apart, that they do not run into the bar of a fraction."""
    if not high or len(body.rows) == 1:
        return beside([(0, of_text(left)), (0, body), (0, of_text(right))])
    parts = [(0, _upright(left, body))] if left else []
    return beside([*parts, (int(bool(left)), body), *([(1, _upright(right, body))] if right else [])])


def _upright(sign: str, body: Box) -> Box:
    if sign not in FENCES:
        return of_text(sign)
    top, middle, bottom = tuple(FENCES[sign])
    inside: list[Cells] = [[UPRIGHT if sign in "{}" else middle] for _ in body.rows[1:-1]]
    if sign in "{}" and inside:
        inside[(len(inside) - 1) // 2] = [middle]
    return Box([[top], *inside, [bottom]], body.above)


def _high_root(sign: str, body: Box) -> Box:
    roof = Box([["┌", *BAR * (body.width + 2)]], 0)
    wall = Box([[UPRIGHT] for _ in body.rows], body.above)
    column = len(sign)
    return canvas(
        [
            Placed(-body.above - 1, column, roof),
            Placed(-body.above, column, wall),
            Placed(-body.above, column + 2, body),
            Placed(body.below, 0, of_text(sign)),
        ]
    )
