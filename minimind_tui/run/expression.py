"""Evaluates a measure for a run: the arithmetic of `content/measure.py` over the recorded values."""

from __future__ import annotations

import ast

from minimind_tui.content import arithmetic
from minimind_tui.content.arithmetic import Unknown
from minimind_tui.content.measure import element
from minimind_tui.run.summary import Summary


def evaluate(text: str, summary: Summary) -> float | None:
    """The measure's value; None where something is missing or the result is not a number."""
    return arithmetic.evaluate(text, lambda node: _measured(node, summary))


def _measured(node: ast.Attribute | ast.Subscript, summary: Summary) -> float:
    if isinstance(node, ast.Attribute):
        return _scalar(node, summary)
    assert isinstance(node.value, ast.Attribute)
    vector, index = _vector(node.value, summary), element(node.slice)
    if index is None or not -len(vector) <= index < len(vector):
        raise Unknown
    return vector[index]


def _scalar(node: ast.Attribute, summary: Summary) -> float:
    assert isinstance(node.value, ast.Name)
    arm = summary.arms.get(node.value.id)
    if arm is None:
        raise Unknown
    if node.attr in arm.metrics:
        return arm.metrics[node.attr].last
    if node.attr in arm.references:
        return arm.references[node.attr]
    raise Unknown


def _vector(node: ast.Attribute, summary: Summary) -> list[float]:
    assert isinstance(node.value, ast.Name)
    arm = summary.arms.get(node.value.id)
    vector = arm.layers.get(node.attr) if arm is not None else None
    if not vector:
        raise Unknown
    return vector
