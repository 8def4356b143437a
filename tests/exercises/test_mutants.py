"""The committed table of mutants is that of the exercises as they are, and each survivor has its reason."""

from __future__ import annotations

import re

import pytest

from tests.mutants.mutate import mutants
from tests.mutants.rewrite import rewrites
from tests.mutants.trial import EQUIVALENT, TABLE, equivalent, exercises, mutants_of, solution_of

LEAST_MUTANTS, LEAST_WAYS = 15, 7
ROW = re.compile(r"^\| (\S+/\S+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", re.MULTILINE)
ROWS = {name: [int(number) for number in numbers] for name, *numbers in ROW.findall(TABLE.read_text("utf-8"))}


@pytest.mark.parametrize("exercise", exercises())
def test_the_table_is_of_the_solution_as_it_is(exercise: str) -> None:
    every, caught, right, survived, ways, accepted = ROWS[exercise]
    assert every == len(mutants_of(exercise)), "make mutants"
    assert ways == len(rewrites(solution_of(exercise))), "make mutants"
    assert every >= LEAST_MUTANTS
    assert ways >= LEAST_WAYS
    assert (caught + right, survived, accepted) == (every, 0, ways)


def test_each_reason_is_about_a_mutant_that_there_is() -> None:
    for exercise, reasons in equivalent().items():
        changes = {mutant.change for mutant in mutants_of(exercise)}
        assert set(reasons) <= changes, EQUIVALENT
        assert all(len(reason) > 10 for reason in reasons.values())


def test_what_is_changed() -> None:
    source = "def f(x, dim: int = 1):\n    return x.float().sum(dim=-1, keepdim=True) - 2\n"
    found = {mutant.change for mutant in mutants(source, detached=True)}
    assert {
        "1 → 0",
        "x.float() → x",
        "x.float().sum(dim=-1, keepdim=True) → x.float().sum(dim=-1)",
        "-1 → -2",
        "True → False",
        "2 → 3",
        "x.float().sum → x.float().mean",
    } <= found
    assert any(change.endswith(".detach()") for change in found)
    assert not any(change.startswith("int") for change in found), "an annotation is no code"


def test_another_way_is_the_same() -> None:
    source = "import math\ndef f(a, b):\n    return (a - b) * math.sqrt(b) / 2\n"
    for _, code in rewrites(source):
        names: dict[str, object] = {}
        exec(code, names)
        assert names["f"](5.0, 4.0) == pytest.approx(1.0)  # type: ignore[operator]
    assert len(rewrites(source)) == 4
