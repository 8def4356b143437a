"""Evaluates small arithmetic: a measure once its numbers are known, or a computed figure in a text.

The grammar is `measure.py`'s. Whatever is no number there (`arm.metric`, `arm.layer[0]`) is asked of the caller.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable

from minimind_tui.content.measure import ExpressionError, parse, require_shape

FUNCTIONS: dict[str, Callable[..., float]] = {
    "min": min,
    "max": max,
    "abs": abs,
    "log": math.log,
    "exp": math.exp,
    "sqrt": math.sqrt,
}
LARGEST_EXPONENT = 64


class Unknown(Exception):
    """Something that the arithmetic needs is not known."""


def evaluate(text: str, measured: Callable[[ast.Attribute | ast.Subscript], float]) -> float | None:
    """The value of `text`; None where `measured` raises Unknown, or the result is not a number."""
    try:
        value = _value(parse(text).body, measured)
    except (Unknown, ArithmeticError, ValueError, TypeError, RecursionError, ExpressionError):
        return None
    return None if value != value else value


def computed(text: str) -> float | None:
    """The value of `text`; None where it is not arithmetic on numbers alone."""

    def nothing(node: ast.Attribute | ast.Subscript) -> float:
        raise Unknown

    return evaluate(text, nothing)


def _power(base: float, exponent: float) -> float:
    if abs(exponent) > LARGEST_EXPONENT:
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


def _value(node: ast.expr, measured: Callable[[ast.Attribute | ast.Subscript], float]) -> float:
    require_shape(node)
    if isinstance(node, ast.Constant):
        return float(node.value)  # type: ignore[arg-type]
    if isinstance(node, ast.BinOp):
        return _OPERATORS[type(node.op)](_value(node.left, measured), _value(node.right, measured))
    if isinstance(node, ast.UnaryOp):
        value = _value(node.operand, measured)
        return -value if isinstance(node.op, ast.USub) else value
    if isinstance(node, ast.Call):
        assert isinstance(node.func, ast.Name)
        return float(FUNCTIONS[node.func.id](*(_value(argument, measured) for argument in node.args)))
    assert isinstance(node, (ast.Attribute, ast.Subscript))
    return measured(node)
