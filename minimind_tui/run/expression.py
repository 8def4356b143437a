"""Measures: small arithmetic over what a run recorded, such as `rope.loss - none.loss`.

`arm.metric` is the last value of a series or a reference of the arm, `arm.layer[0]` an element of its last
vector (`[-1]` the last layer). Written as Python, read by a whitelist, never evaluated as code.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Collection

from minimind_tui.content.schema import Text
from minimind_tui.run.summary import Summary

FUNCTIONS: dict[str, Callable[..., float]] = {
    "min": min,
    "max": max,
    "abs": abs,
    "log": math.log,
    "exp": math.exp,
    "sqrt": math.sqrt,
}
LONGEST = 500


class ExpressionError(Exception):
    """A measure that cannot be read; `message` says where."""

    def __init__(self, message: Text) -> None:
        super().__init__(message.en)
        self.message = message


class _Missing(Exception):
    """Something the measure needs was not recorded."""


def evaluate(text: str, summary: Summary) -> float | None:
    """The measure's value; None where something is missing or the result is not a number."""
    try:
        value = _value(_parse(text).body, summary)
    except (_Missing, ArithmeticError, ValueError, ExpressionError):
        return None
    return None if value != value else value


def names(text: str) -> set[tuple[str, str]]:
    """The (arm, metric) pairs that a measure reads."""
    found = set()
    for node in ast.walk(_parse(text)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found.add((node.value.id, node.attr))
    return found


def check(text: str, arms: Collection[str]) -> None:
    """Raise ExpressionError where `text` cannot be read or names an arm that the experiment has not."""
    tree = _parse(text)
    _value_shape(tree.body)
    for arm, _ in names(text):
        if arm not in arms:
            raise ExpressionError(
                Text(
                    zh=f"{text!r} 里没有叫 {arm} 的组；有：{', '.join(arms)}",
                    en=f"{text!r} names no arm {arm}; there are {', '.join(arms)}",
                )
            )


def _parse(text: str) -> ast.Expression:
    try:
        if len(text) > LONGEST:
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
    piece = ast.unparse(node)
    return ExpressionError(
        Text(
            zh=f"算式里不能用 {piece!r}；可用数字、组.指标、[i]、+ - * / ** 和 {', '.join(FUNCTIONS)}",
            en=f"{piece!r} is not allowed in a measure; use numbers, arm.metric, [i], + - * / ** and "
            f"{', '.join(FUNCTIONS)}",
        )
    )


def _value_shape(node: ast.expr) -> None:
    """Walk as `_value` would, without values."""
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        _value_shape(node.left)
        _value_shape(node.right)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        _value_shape(node.operand)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS:
        if node.keywords or not node.args:
            raise _refuse(node)
        for argument in node.args:
            _value_shape(argument)
    elif isinstance(node, ast.Subscript):
        if not isinstance(node.value, ast.Attribute) or _index(node.slice) is None:
            raise _refuse(node)
        _value_shape(node.value)
    elif not (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)):
        raise _refuse(node)


def _power(base: float, exponent: float) -> float:
    if abs(exponent) > 64:
        raise ValueError("exponent too large")
    result = base**exponent
    if isinstance(result, complex):
        raise ValueError("not a real number")
    return float(result)


_OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.Pow: _power,
}


def _index(node: ast.expr) -> int | None:
    try:
        index = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
    return index if type(index) is int else None


def _value(node: ast.expr, summary: Summary) -> float:
    _value_shape(node)
    if isinstance(node, ast.Constant):
        return float(node.value)  # type: ignore[arg-type]
    if isinstance(node, ast.BinOp):
        return _OPERATORS[type(node.op)](_value(node.left, summary), _value(node.right, summary))
    if isinstance(node, ast.UnaryOp):
        value = _value(node.operand, summary)
        return -value if isinstance(node.op, ast.USub) else value
    if isinstance(node, ast.Call):
        assert isinstance(node.func, ast.Name)
        return float(FUNCTIONS[node.func.id](*(_value(argument, summary) for argument in node.args)))
    if isinstance(node, ast.Subscript):
        assert isinstance(node.value, ast.Attribute)
        vector, index = _vector(node.value, summary), _index(node.slice)
        if index is None or not -len(vector) <= index < len(vector):
            raise _Missing
        return vector[index]
    assert isinstance(node, ast.Attribute)
    return _scalar(node, summary)


def _scalar(node: ast.Attribute, summary: Summary) -> float:
    assert isinstance(node.value, ast.Name)
    arm = summary.arms.get(node.value.id)
    if arm is None:
        raise _Missing
    if node.attr in arm.metrics:
        return arm.metrics[node.attr].last
    if node.attr in arm.references:
        return arm.references[node.attr]
    raise _Missing


def _vector(node: ast.Attribute, summary: Summary) -> list[float]:
    assert isinstance(node.value, ast.Name)
    arm = summary.arms.get(node.value.id)
    if arm is None or not arm.layers.get(node.attr):
        raise _Missing
    return arm.layers[node.attr][-1][1]
