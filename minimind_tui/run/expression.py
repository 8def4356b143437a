"""What a measure is worth in a run: the arithmetic of `content/measure.py` over what was recorded."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable

from minimind_tui.content.measure import ExpressionError, element, parse, require_shape
from minimind_tui.run.summary import Summary

FUNCTIONS: dict[str, Callable[..., float]] = {
    "min": min,
    "max": max,
    "abs": abs,
    "log": math.log,
    "exp": math.exp,
    "sqrt": math.sqrt,
}


class _Missing(Exception):
    """Something the measure needs was not recorded."""


def evaluate(text: str, summary: Summary) -> float | None:
    """The measure's value; None where something is missing or the result is not a number."""
    try:
        value = _value(parse(text).body, summary)
    except (_Missing, ArithmeticError, ValueError, TypeError, RecursionError, ExpressionError):
        return None
    return None if value != value else value


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


def _value(node: ast.expr, summary: Summary) -> float:
    require_shape(node)
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
        vector, index = _vector(node.value, summary), element(node.slice)
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
