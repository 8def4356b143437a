"""LaTeX is read into a tree. What TeX would refuse is refused; unknown commands are kept by name."""

from __future__ import annotations

import re
import unicodedata

from minimind_tui.content.formula.symbols import (
    ACCENTS,
    BARS,
    BIG,
    CLOSING,
    DOUBLE_STRUCK,
    FONTS,
    FRACTIONS,
    FUNCTIONS,
    LETTERS,
    MATRICES,
    OPENING,
    OPERATORS,
    PLAIN,
    SIZES,
    SPACES,
    TEXTS,
    Kind,
)
from minimind_tui.content.formula.tree import Accent, Fence, Fraction, Matrix, Node, Root, Row, Scripts, Space, Symbol

TOKEN = re.compile(r"\\(?:begin|end)\{[a-z]+\*?\}|\\operatorname\*|\\[A-Za-z]+|\\.|\s+|.", re.DOTALL)
DEEPEST = 40
"""Things inside each other; deeper ones are nobody's formula."""

TABLES = (
    (LETTERS, Kind.LETTER),
    (OPERATORS, Kind.OPERATOR),
    (OPENING, Kind.OPEN),
    (CLOSING, Kind.CLOSE),
    (BARS, Kind.BAR),
    (BIG, Kind.BIG),
)
LAST_GLYPH = "\uffff"
"""Fonts of terminals lack most of what is above it."""


class FormulaError(ValueError):
    """A formula that cannot be read: a brace is missing, an argument, a bracket."""


def parse(latex: str) -> tuple[Row, list[str]]:
    """The tree of `latex`, and the commands in it that nobody knows, as they are written."""
    reader = _Reader(latex)
    row = reader.row()
    return row, sorted(reader.unknown)


class _Reader:
    def __init__(self, latex: str) -> None:
        self._tokens = TOKEN.findall(_drawable(latex))
        self._at = 0
        self._depth = 0
        self.unknown: set[str] = set()

    def row(self, *ends: str) -> Row:
        """What stands side by side up to one of `ends`, or to the end of the formula."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise FormulaError("too deep")
        items: list[Node] = []
        while (token := self._peek()) is not None and token not in ends:
            if token in ("}", "\\right") or token.startswith("\\end"):
                raise FormulaError(f"{token} without its beginning")
            if token in ("^", "_"):
                self._script(items)
                continue
            if token[1:] in SIZES and token.startswith("\\"):
                self._at += 1
                continue
            found = self._item()
            items += found.items if isinstance(found, Row) and self._peek() not in ("^", "_") else [found]
        if ends and self._peek() is None:
            raise FormulaError(f"{ends[0]} is missing")
        self._depth -= 1
        return Row(_with_fences(items))

    def _peek(self) -> str | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _next(self) -> str:
        token = self._peek()
        if token is None:
            raise FormulaError("something is missing at the end")
        self._at += 1
        return token

    def _skip_spaces(self) -> None:
        while (token := self._peek()) is not None and token.isspace():
            self._at += 1

    def _script(self, items: list[Node]) -> None:
        sign = self._next()
        argument = self._argument()
        while items and isinstance(items[-1], Space):
            items.pop()
        base: Node = items.pop() if items else Symbol("", Kind.LETTER)
        if isinstance(base, Scripts):
            if len(base.scripts) > 1 or base.scripts[0][0] == sign:
                raise FormulaError(f"two {sign} on the same base")
            items.append(Scripts(base.base, (*base.scripts, (sign, argument))))
            return
        if isinstance(base, Row):
            base = base.items[0] if len(base.items) == 1 else Fence("(", base, ")")
        if isinstance(base, Fraction | Root):
            base = Fence("(", Row((base,)), ")")
        items.append(Scripts(base, ((sign, argument),)))

    def _argument(self) -> Row:
        """A group, or the one sign that follows."""
        self._skip_spaces()
        if self._peek() in ("^", "_", "}", "&", "\\right", None):
            raise FormulaError("an argument is missing")
        self._depth += 1
        if self._depth > DEEPEST:
            raise FormulaError("too deep")
        found = self._item(alone=True)
        self._depth -= 1
        return found if isinstance(found, Row) else Row((found,))

    def _item(self, *, alone: bool = False) -> Node:
        """The next thing. As an argument without braces, a number is its first digit."""
        token = self._next()
        if token.isspace() or token in ("~", "&"):
            return Space(1)
        if token == "{":
            row = self.row("}")
            self._next()
            return row
        if token.startswith("\\"):
            return self._command(token)
        if token.isdigit():
            while not alone and self._goes_on(self._peek()):
                token += self._next()
            return Symbol(token, Kind.NUMBER)
        return Symbol(token, PLAIN.get(token, Kind.LETTER))

    def _goes_on(self, token: str | None) -> bool:
        """Whether a number goes on with this digit, or with this point before a digit."""
        following = self._tokens[self._at + 1 : self._at + 2]
        return token is not None and (
            token.isdigit() or (token == "." and following[:1] != [] and following[0].isdigit())
        )

    def _command(self, token: str) -> Node:
        if token.startswith("\\begin"):
            return self._matrix(token)
        name = token[1:] if token != "\\operatorname*" else "operatorname"
        if name == "\\":
            return Space(2)
        if name in SPACES:
            return Space(SPACES[name])
        if name in FUNCTIONS:
            return Symbol(name, Kind.FUNCTION)
        for table, of_kind in TABLES:
            if name in table:
                return Symbol(table[name], of_kind)
        if name == "prime":
            return Symbol("'", Kind.MARK)
        if name == "left":
            return self._fence()
        if name in FRACTIONS:
            return Fraction(self._argument(), self._argument())
        if name == "sqrt":
            return Root(self._degree(), self._argument())
        if name in TEXTS:
            return self._text()
        if name in FONTS:
            return _in_font(name, self._argument())
        if name in ACCENTS:
            return Accent(name, self._argument())
        if name == "mathbb":
            return Row(
                tuple(
                    Symbol(DOUBLE_STRUCK.get(item.text, item.text), item.kind) if isinstance(item, Symbol) else item
                    for item in self._argument().items
                )
            )
        self.unknown.add(token)
        return Symbol(name, Kind.WORD)

    def _degree(self) -> Row | None:
        self._skip_spaces()
        if self._peek() != "[":
            return None
        self._next()
        row = self.row("]")
        self._next()
        return row

    def _text(self) -> Node:
        """Words as they are, with their spaces."""
        self._skip_spaces()
        if self._peek() != "{":
            return self._argument()
        self._next()
        written, depth = "", 1
        while True:
            token = self._next()
            depth += (token == "{") - (token == "}")
            if depth == 0:
                break
            written += "" if token in "{}" else LETTERS.get(token[1:], token) if token.startswith("\\") else token
        before, after = written[: len(written) - len(written.lstrip())], written[len(written.rstrip()) :]
        word = Symbol(" ".join(written.split()).replace("\\", ""), Kind.WORD)
        return Row((*([Space(1)] if before else []), word, *([Space(1)] if after and word.text else [])))

    def _fence(self) -> Node:
        left = self._delimiter()
        body = self.row("\\right")
        self._next()
        return Fence(left, body, self._delimiter())

    def _delimiter(self) -> str:
        self._skip_spaces()
        token = self._next()
        if token == ".":
            return ""
        name = token.removeprefix("\\")
        if token == "\\|" or (token.startswith("\\") and name in BARS):
            return BARS[name]
        for table in (OPENING, CLOSING):
            if name in table and (token.startswith("\\") or token in "()[]"):
                return table[name]
        if token in ("|", "/"):
            return token
        raise FormulaError(f"{token} is no bracket")

    def _matrix(self, token: str) -> Node:
        name = token[token.index("{") + 1 : -1]
        if name not in MATRICES:
            self.unknown.add(token)
        rows: list[list[Row]] = [[]]
        closing = f"\\end{{{name}}}"
        while True:
            rows[-1].append(self.row("&", "\\\\", closing))
            token = self._next()
            if token == closing:
                break
            if token == "\\\\":
                rows.append([])
        if len(rows) > 1 and not any(cell.items for cell in rows[-1]):
            rows.pop()
        return Matrix(name, tuple(map(tuple, rows)))


def _drawable(latex: str) -> str:
    """`latex` without control characters; what is above U+FFFF, such as 𝔼, is its plain letter, or a question mark."""
    shown = ""
    for each in latex:
        if each > LAST_GLYPH:
            plain = unicodedata.normalize("NFKC", each)
            shown += "?" if plain > LAST_GLYPH else plain
        elif each.isspace() or unicodedata.category(each) != "Cc":
            shown += " " if each.isspace() else each
    return shown


def _in_font(name: str, row: Row) -> Node:
    """A word set upright or bold is one word; an operator's name is a function."""
    plain = all(isinstance(item, Symbol) and item.kind in (Kind.LETTER, Kind.NUMBER) for item in row.items)
    text = "".join(item.text for item in row.items if isinstance(item, Symbol))
    if not plain or not text:
        return row
    if name == "operatorname":
        return Symbol(text, Kind.FUNCTION)
    return Symbol(text, Kind.WORD)


def _with_fences(items: list[Node]) -> tuple[Node, ...]:
    """The same things, where brackets that belong together are one thing with what is between them."""
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
            current = [*before, Scripts(fence, item.scripts) if isinstance(item, Scripts) else fence]
        else:
            current.append(item)
    for left, before in reversed(stack):
        current = [*before, Symbol(left, Kind.OPEN), *current]
    return tuple(current)
