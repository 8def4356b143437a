"""Measures as they are written in a claim: small arithmetic such as `rope.loss - none.loss`.

`arm.metric` is the last value of a series or a reference of the arm, `arm.layer[0]` an element of its last
vector (`[-1]` the last layer). It is parsed as Python, checked against a whitelist and never run as code; what a
measure is worth in a run is computed in `run/expression.py`.
"""

from __future__ import annotations

import ast
from collections.abc import Collection

from minimind_tui.base.errors import Refusal
from minimind_tui.base.text import Text

FUNCTIONS = ("min", "max", "abs", "log", "exp", "sqrt")
OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)
LONGEST_CHARACTERS = 500


class ExpressionError(Refusal):
    """A measure that cannot be read; `message` says where."""


def names(text: str) -> set[tuple[str, str]]:
    """The (arm, metric) pairs that a measure reads."""
    found = set()
    for node in ast.walk(parse(text)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found.add((node.value.id, node.attr))
    return found


def check(text: str, arms: Collection[str]) -> None:
    """Raise ExpressionError where `text` cannot be read or names an arm that the experiment has not."""
    tree = parse(text)
    require_shape(tree.body)
    for arm, _ in names(text):
        if arm not in arms:
            raise ExpressionError(
                Text(
                    zh=f"{text!r} 里没有叫 {arm} 的组；有：{', '.join(arms)}",
                    en=f"{text!r} names no arm {arm}; there are {', '.join(arms)}",
                )
            )


def parse(text: str) -> ast.Expression:
    """The measure as a syntax tree; raises ExpressionError where `text` is not a measure."""
    try:
        if len(text) > LONGEST_CHARACTERS:
            raise ValueError("too long")
        return ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ExpressionError(
            Text(
                zh=f"算式 {text[:60]!r} 读不懂：{error}",
                en=f"the measure {text[:60]!r} cannot be read: {error}",
            )
        ) from None


def _refuse(node: ast.AST) -> ExpressionError:
    try:
        piece = ast.unparse(node)
    except RecursionError:
        piece = "…"
    return ExpressionError(
        Text(
            zh=f"算式里不能用 {piece!r}；可用数字、组.指标、[i]、+ - * / ** 和 {', '.join(FUNCTIONS)}",
            en=f"{piece!r} is not allowed in a measure; use numbers, arm.metric, [i], + - * / ** and "
            f"{', '.join(FUNCTIONS)}",
        )
    )


def require_shape(node: ast.expr) -> None:
    """Raise ExpressionError where the tree has a part that `arithmetic` cannot evaluate."""
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return
    if isinstance(node, ast.BinOp) and isinstance(node.op, OPERATORS):
        require_shape(node.left)
        require_shape(node.right)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        require_shape(node.operand)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS:
        if node.keywords or not _fits(node.func.id, len(node.args)):
            raise _refuse(node)
        for argument in node.args:
            require_shape(argument)
    elif isinstance(node, ast.Subscript):
        if not isinstance(node.value, ast.Attribute) or element(node.slice) is None:
            raise _refuse(node)
        require_shape(node.value)
    elif not (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)):
        raise _refuse(node)


def _fits(function: str, arguments: int) -> bool:
    """Whether the number of arguments fits: `min` and `max` take two or more, the others one."""
    return arguments >= 2 if function in ("min", "max") else arguments == 1


def element(node: ast.expr) -> int | None:
    """The whole number in `[...]`; None where there is something else."""
    try:
        index = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
    return index if type(index) is int else None
