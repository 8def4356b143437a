"""Tensors through the real worker: their figures leave out what is not finite, and the log stays readable."""

from __future__ import annotations

import math
from pathlib import Path

from minimind_tui.run.recorder import COLUMNS, ROWS
from minimind_tui.run.records import Tensor, said
from minimind_tui.run.summary import Summary
from tests.tiny import begin, home_in, seen, tiny_course

CODE = """
import torch
def run(settings, record):
    record.metric(1, total=settings.by)
    say = {"shape": "B T C", "zh": "甲", "en": "one"}
    record.tensor("plain", torch.arange(6.0).view(1, 2, 3), row_labels=["a", "b"], code="f.py g", **say)
    record.tensor("masked", torch.tensor([[1.0, float("-inf")], [3.0, float("nan")]], requires_grad=True), **say)
    record.tensor("nothing finite", torch.full((2, 2), float("inf")), **say)
    record.tensor("ids", torch.tensor([[4, 5]]), **say)
    record.tensor("half", torch.ones(2, 1, 300, 200, dtype=torch.bfloat16), column_labels=["x"] * 200, **say)
    record.tensor("number", torch.tensor(2.5), **say)
    record.tensor("empty", torch.zeros(0, 3), **say)
    record.tensor("one value", torch.tensor([7.0]), **say)
    record.tensor("plain", torch.zeros(1, 2, 3), step=5, **say)
"""


def test_tensors_come_back_with_their_shape_and_figures(tmp_path: Path) -> None:
    view = begin(home_in(tmp_path), tiny_course(tmp_path, CODE))
    assert seen(view) == "finished", view.summary.reason
    recorded = view.summary.arms["twos"].all(Tensor)
    assert [tensor.name for tensor in recorded].count("plain") == 2
    found: dict[str, Tensor] = {tensor.name: tensor for tensor in reversed(recorded)}
    plain = found["plain"]
    assert (plain.shape, plain.symbols, plain.dtype, plain.bytes) == ([1, 2, 3], "B T C", "float32", 24)
    assert plain.rows == [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]
    assert (plain.mean, plain.low, plain.high, plain.nonfinite) == (2.5, 0.0, 5.0, 0)
    assert math.isclose(plain.std, math.sqrt(35 / 12), rel_tol=1e-6)
    assert (plain.row_labels, plain.code, said(plain.text).zh, said(plain.text).en) == (
        ["a", "b"],
        "f.py g",
        "甲",
        "one",
    )
    masked = found["masked"]
    assert (masked.mean, masked.std, masked.nonfinite) == (2.0, 1.0, 2)
    assert masked.rows[0] == [1.0, -math.inf]
    assert math.isnan(masked.rows[1][1])
    assert math.isnan(found["nothing finite"].mean)
    assert found["nothing finite"].nonfinite == 4
    assert (found["ids"].dtype, found["ids"].bytes, found["ids"].rows) == ("int64", 16, [[4.0, 5.0]])
    half = found["half"]
    assert (half.bytes, len(half.rows), len(half.rows[0])) == (2 * 300 * 200 * 2, ROWS, COLUMNS)
    assert len(half.column_labels) == COLUMNS
    assert (found["number"].shape, found["number"].rows) == ([], [[2.5]])
    assert found["empty"].rows == []
    assert (found["one value"].rows, found["one value"].std) == ([[7.0]], 0.0)
    assert view.summary.unreadable == 0


def test_what_is_computed_again_is_forgotten_first(tmp_path: Path) -> None:
    view = begin(home_in(tmp_path), tiny_course(tmp_path, CODE))
    seen(view)
    summary: Summary = view.summary
    summary.arms["twos"].go_back_to(3)
    assert [tensor.step for tensor in summary.arms["twos"].all(Tensor) if tensor.name == "plain"] == [0]
