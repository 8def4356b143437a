"""LaTeX is read into a tree. What TeX would refuse is refused; unknown commands are kept by name."""

from __future__ import annotations

from minimind_tui.content.formula.fences import DEEPEST, with_fences
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
from minimind_tui.content.formula.tokens import FormulaError, tokens
from minimind_tui.content.formula.tree import Accent, Fence, Fraction, Matrix, Node, Root, Row, Scripts, Space, Symbol

TABLES = (
    (LETTERS, Kind.LETTER),
    (OPERATORS, Kind.OPERATOR),
    (OPENING, Kind.OPEN),
    (CLOSING, Kind.CLOSE),
    (BARS, Kind.BAR),
    (BIG, Kind.BIG),
)


def parse(latex: str) -> tuple[Row, list[str]]:
    """The tree of `latex`, and the commands in it that nobody knows, as they are written."""
    reader = _Reader(latex)
    row = reader.row()
    return row, sorted(reader.unknown)


class _Reader:
    def __init__(self, latex: str) -> None:
        self._tokens = tokens(latex)
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
        return Row(with_fences(items))

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
            base = _as_base(base)
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


def _as_base(group: Row) -> Node:
    """A group that carries a script: what is more than one thing gets brackets."""
    if not group.items:
        return Symbol("", Kind.LETTER)
    return group.items[0] if len(group.items) == 1 else Fence("(", group, ")")


def _in_font(name: str, row: Row) -> Node:
    """A word set upright or bold is one word; an operator's name is a function."""
    plain = all(isinstance(item, Symbol) and item.kind in (Kind.LETTER, Kind.NUMBER) for item in row.items)
    text = "".join(item.text for item in row.items if isinstance(item, Symbol))
    if not plain or not text:
        return row
    if name == "operatorname":
        return Symbol(text, Kind.FUNCTION)
    return Symbol(text, Kind.WORD)
