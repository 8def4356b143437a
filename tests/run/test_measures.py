"""Measures, verdicts, and what may be asked of a worker."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minimind_tui.base.files import write_atomically
from minimind_tui.base.text import Text
from minimind_tui.content.course import load_experiment
from minimind_tui.content.measure import ExpressionError, check
from minimind_tui.content.schema import Claim
from minimind_tui.run import events, records
from minimind_tui.run.claims import verdict
from minimind_tui.run.expression import evaluate
from minimind_tui.run.request import ParameterError, validate
from minimind_tui.run.summary import Summary
from tests.tiny import tiny_course


def recorded() -> Summary:
    summary = Summary()
    summary.apply(events.Metric(arm="a", step=[1, 2], values={"loss": [5.0, 2.0], "bad": [1.0, "NaN"]}))
    summary.apply(records.Layer(arm="a", name="gradient", values=[1.0, 4.0, 8.0]))
    summary.apply(records.Reference(arm="a", name="uniform", value=3.0))
    return summary


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a.loss", 2.0),
        ("a.gradient[0] / a.gradient[-1]", 0.125),
        ("a.uniform - a.loss", 1.0),
        ("max(a.loss, 3, -1) ** 2", 9.0),
        ("log(exp(abs(-a.loss)))", 2.0),
        ("a.loss / 0", None),
        ("a.missing", None),
        ("b.loss", None),
        ("a.gradient[9]", None),
        ("a.bad", None),
        ("2 ** 1000000", None),
        ("(-1) ** 0.5", None),
    ],
)
def test_a_measure_is_worth(text: str, value: float | None) -> None:
    assert evaluate(text, recorded()) == pytest.approx(value)


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')",
        "a.loss.real",
        "a",
        "open('x')",
        "[1,2]",
        "a.gradient[a.loss]",
        "lambda: 1",
        "'x'",
        "1 +",
        "x" * 600,
        "min(a.loss, key=1)",
        "True",
    ],
)
def test_a_measure_is_arithmetic_and_nothing_else(text: str) -> None:
    with pytest.raises(ExpressionError):
        check(text, ["a"])
    assert evaluate(text, recorded()) is None


def joined(parts: tuple[str, str, str]) -> str:
    return f"({parts[0]}){parts[1]}({parts[2]})"


FORMULAS = st.recursive(
    st.integers(-9, 9).map(str),
    lambda inner: st.tuples(inner, st.sampled_from("+-*"), inner).map(joined),
    max_leaves=8,
)


@settings(deadline=None, max_examples=80)
@given(FORMULAS)
def test_arithmetic_agrees_with_python(text: str) -> None:
    expected = float(eval(text))
    assert evaluate(text, Summary()) == expected


@pytest.mark.parametrize(
    ("bounds", "measure", "wanted"),
    [
        ({"holds_above": 1.0}, 1.1, "holds"),
        ({"holds_above": 1.0}, 1.0, "does-not-hold"),
        ({"holds_above": 1.0, "fails_below": 0.5}, 0.7, "inconclusive"),
        ({"holds_above": 1.0, "fails_below": 0.5}, 0.5, "does-not-hold"),
        ({"holds_below": 1.0, "fails_above": 2.0}, 1.5, "inconclusive"),
        ({"holds_above": 0.1, "holds_below": 10.0}, 20.0, "does-not-hold"),
        ({"holds_above": 1.0}, None, "inconclusive"),
        ({"holds_above": 1.0}, math.inf, "holds"),
    ],
)
def test_verdicts(bounds: dict[str, Any], measure: float | None, wanted: str) -> None:
    claim = Claim(id="c", text=Text(zh="断言", en="claim"), measure="a.loss", **bounds)
    assert verdict(claim, measure) == wanted


def test_parameters_are_checked_and_the_fix_is_named(tmp_path: Path) -> None:
    spec = load_experiment(tiny_course(tmp_path) / "experiments/small/count.toml")
    assert validate(spec, {}) == {"steps": 5}
    assert validate(spec, {}, full=True) == {"steps": 50}
    assert validate(spec, {"steps": "7"}, full=True) == {"steps": 7}
    for given_values, words in [
        ({"step": "7"}, "did you mean steps"),
        ({"steps": "0"}, "out of range: 1 …"),
        ({"steps": "2.5"}, "whole number"),
        ({"steps": "many"}, "whole number"),
    ]:
        with pytest.raises(ParameterError, match=words):
            validate(spec, given_values)


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "state"
    write_atomically(path, b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["state"]
