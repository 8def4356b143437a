"""A formula on one line: its grouping is kept by brackets, (x+1)/y and not x + 1/y."""

from __future__ import annotations

import re
from functools import lru_cache

from minimind_tui.content.formula.spacing import OPERANDS, spaced
from minimind_tui.content.formula.symbols import ACCENTS, MATRICES, ROOTS, SMALL, Kind
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
    kind,
    stripped,
)

AROUND_A_SIGN = re.compile(" *([-+=]) *")
FAR = 2
"""From this many cells on, two things are not neighbours."""


@lru_cache(maxsize=1024)
def on_a_line(row: Row) -> str:
    """The row as text; kept, as whoever decides about brackets asks for the same rows again and again."""
    things = spaced(row)
    text = ""
    for index, (gap, node) in enumerate(things):
        before = things[index - 1][1] if index and gap < FAR else None
        after = things[index + 1][1] if index + 1 < len(things) and things[index + 1][0] < FAR else None
        piece = _text(node)
        if isinstance(node, Fraction) and (_binds(before, after=False) or _binds(after, after=True)):
            piece = f"({piece})"
        if not gap and index and piece[:1].isalnum() and _is_open(things[index - 1][1]):
            gap = 1
        text += " " * gap + piece
    return text


def _binds(neighbour: Node | None, *, after: bool) -> bool:
    """Whether what stands beside a fraction could be taken as part of it: 8/3 C is no (8/3) C."""
    if neighbour is None:
        return False
    of_kind = kind(neighbour)
    if of_kind is Kind.SIGN:
        return isinstance(neighbour, Symbol) and neighbour.text == "/"
    return of_kind in OPERANDS or of_kind in (Kind.BAR, Kind.OPEN, Kind.MARK) or (not after and of_kind is Kind.CLOSE)


def _text(node: Node) -> str:
    if isinstance(node, Symbol):
        return node.text
    if isinstance(node, Fraction):
        top = on_a_line(node.top)
        return f"{top if _is_product(node.top) else f'({top})'}/{_grouped(node.bottom, root=False)}"
    if isinstance(node, Root):
        return root_sign(node.degree) + _grouped(node.body, root=True)
    if isinstance(node, Scripts):
        return _scripts(node)
    if isinstance(node, Fence):
        return node.left + on_a_line(node.body) + node.right
    if isinstance(node, Accent):
        return accented(node)
    if isinstance(node, Matrix):
        return _matrix(node)
    return on_a_line(node) if isinstance(node, Row) else " " * node.width


def accented(node: Accent) -> str:
    """A letter with its mark; over more than one letter, its name and brackets."""
    body = on_a_line(node.body)
    return body + ACCENTS[node.name] if len(body) == 1 else f"{node.name}({body})"


def root_sign(degree: Row | None) -> str:
    """The sign of a root of this degree."""
    written = on_a_line(degree) if degree else ""
    small_one = small(written, "^")
    return ROOTS.get(written) or (f"{small_one}√" if small_one else f"({written})√")


def small(text: str, sign: str) -> str:
    """`text` in the small characters of a script; empty where one of them has none."""
    table, tight = SMALL[sign], AROUND_A_SIGN.sub(r"\1", text)
    return "".join(table[each] for each in tight) if tight and all(each in table for each in tight) else ""


def _scripts(node: Scripts) -> str:
    text, written_out = _text(node.base), False
    for sign, row in node.scripts:
        content = on_a_line(row)
        small_one = "'" if content == "'" else small(content, sign)
        if written_out and kind(node.base) not in (Kind.BIG, Kind.FUNCTION):
            text = f"({text})"
        text += small_one or sign + _script(content, row, sign)
        written_out = not small_one and not text.endswith(")")
    return text


def _script(content: str, row: Row, sign: str) -> str:
    """What stands after `^` or `_`: one sign or, below, one word; in brackets, whatever else."""
    items = stripped(row)
    word = sign == "_" and content.isascii() and content.isalnum()
    bracketed = len(items) == 1 and isinstance(items[0], Fence) and items[0].left == "(" and items[0].right == ")"
    return content if len(content) == 1 or word or bracketed else f"({content})"


def _is_open(node: Node) -> bool:
    """Whether it ends with a script that is written out, so that a letter after it would read as a part of that."""
    if not isinstance(node, Scripts):
        return False
    sign, row = node.scripts[-1]
    content = on_a_line(row)
    return not small(content, sign) and content != "'" and not _text(node).endswith(")")


def _is_product(row: Row) -> bool:
    """Whether a numerator needs no brackets: letters and numbers side by side."""
    things = spaced(row)
    plain = all(
        isinstance(node, Symbol | Scripts | Root | Fence | Accent)
        and kind(node) in (Kind.LETTER, Kind.NUMBER, Kind.WORD, Kind.ROOT, Kind.FENCE, Kind.MARK)
        and not _is_open(node)
        for _, node in things
    )
    return plain and not any(gap for gap, _ in things) and " " not in on_a_line(row)


def _grouped(row: Row, *, root: bool) -> str:
    text = on_a_line(row)
    return text if stands_alone(row, root=root) else f"({text})"


def stands_alone(row: Row, *, root: bool) -> bool:
    """Whether a denominator, or what is under a root, needs no brackets: nothing could be taken for a part of it."""
    items = stripped(row)
    if len(items) != 1:
        return False
    node, raised = items[0], False
    if isinstance(node, Scripts):
        raised = any(sign == "^" for sign, _ in node.scripts)
        node = node.base
    if root and raised:
        return False
    if isinstance(node, Fence):
        return bool(node.left and node.right)
    if isinstance(node, Symbol):
        word = node.kind is Kind.WORD and len(node.text) > 1
        return node.kind in (Kind.LETTER, Kind.NUMBER, Kind.WORD) and not (word and (root or " " in node.text))
    return isinstance(node, Accent) or (isinstance(node, Root) and not raised)


def _matrix(node: Matrix) -> str:
    left, right = MATRICES.get(node.name, ("", ""))
    cells = [[on_a_line(cell) for cell in row] for row in node.rows]
    apart = ", " if left and any(" " in cell for row in cells for cell in row) else " "
    return left + "; ".join(apart.join(cell for cell in row if cell) for row in cells) + right
