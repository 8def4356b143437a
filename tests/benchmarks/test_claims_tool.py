"""`make confirm`: what counts as the same, and what does not."""

from __future__ import annotations

import pytest

from tests.benchmarks.claims import differences

BEFORE = {"arms": {"a": {"loss": 0.5, "milliseconds": 3.0}}, "claims": [{"id": "c", "verdict": "holds"}]}


def changed(**arm: object) -> dict[str, object]:
    return {**BEFORE, "arms": {"a": {"loss": 0.5, "milliseconds": 3.0, **arm}}}


def test_the_same_and_what_only_took_longer() -> None:
    assert not list(differences(BEFORE, changed()))
    assert not list(differences(BEFORE, changed(milliseconds=4.0)))


@pytest.mark.parametrize(
    ("now", "place", "how"),
    [
        (changed(loss=0.5 + 2**-40), ".arms.a.loss", "0.5 before"),
        (changed(more=1), ".arms.a", "['more']"),
        ({**BEFORE, "claims": [{"id": "c", "verdict": "inconclusive"}]}, ".claims[0].verdict", "holds before"),
        ({**BEFORE, "claims": []}, ".claims", "[{"),
        ({"failed": "no such experiment"}, "", "['arms', 'claims', 'failed']"),
    ],
)
def test_a_difference_is_named_with_its_place(now: object, place: str, how: str) -> None:
    [(where, words)] = differences(BEFORE, now)
    assert where == place
    assert words.startswith(how)
