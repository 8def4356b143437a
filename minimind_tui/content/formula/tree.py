"""What a formula is made of, once it is read: a tree that both forms are drawn from."""

from __future__ import annotations

from dataclasses import dataclass

from minimind_tui.content.formula.symbols import Kind


@dataclass(frozen=True)
class Symbol:
    """A letter, a number, a word, an operator: what is drawn as it is."""

    text: str
    kind: Kind


@dataclass(frozen=True)
class Space:
    """So many cells between two things."""

    width: int


@dataclass(frozen=True)
class Row:
    """Things that stand side by side."""

    items: tuple[Node, ...]


@dataclass(frozen=True)
class Fraction:
    """One row over another."""

    top: Row
    bottom: Row


@dataclass(frozen=True)
class Root:
    """A root; the square root has no degree."""

    degree: Row | None
    body: Row


@dataclass(frozen=True)
class Scripts:
    """A base with one or two scripts, `("^", row)` or `("_", row)`, as they are written."""

    base: Node
    scripts: tuple[tuple[str, Row], ...]


@dataclass(frozen=True)
class Accent:
    """A mark over a letter, or over more than one."""

    name: str
    body: Row


@dataclass(frozen=True)
class Fence:
    """Brackets that belong together, and what is between them."""

    left: str
    body: Row
    right: str


@dataclass(frozen=True)
class Matrix:
    """Rows of cells; a `cases` or `aligned` is one too."""

    name: str
    rows: tuple[tuple[Row, ...], ...]


Node = Symbol | Space | Row | Fraction | Root | Scripts | Accent | Fence | Matrix

KINDS = {Fraction: Kind.FRACTION, Root: Kind.ROOT, Fence: Kind.FENCE, Matrix: Kind.FENCE}


def kind(node: Node) -> Kind:
    """What a thing is to its neighbours; with scripts it is what it is without."""
    if isinstance(node, Symbol):
        return Kind.LETTER if node.kind is Kind.WORD and len(node.text) < 2 else node.kind
    if isinstance(node, Scripts):
        return kind(node.base)
    return KINDS.get(type(node), Kind.LETTER)


def stripped(row: Row) -> tuple[Node, ...]:
    """The things of a row without the spaces at its ends."""
    items = row.items
    while items and isinstance(items[0], Space):
        items = items[1:]
    while items and isinstance(items[-1], Space):
        items = items[:-1]
    return items
