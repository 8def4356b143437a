"""`make confirm`: what counts as the same, and what does not."""

from __future__ import annotations

import pytest

from tests.benchmarks.claims import differences, unlike

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


def test_what_differs_between_two_runs_of_one_code_is_not_compared() -> None:
    now, again, earlier = changed(ratio=1.8), changed(ratio=1.7), changed(ratio=1.9)
    times = {place for place, _ in differences(now, again)}
    assert unlike(earlier, now, set()) == ".arms.a.ratio: 1.9 before, 1.8 now"
    assert unlike(earlier, now, times) == ""
    assert unlike(changed(ratio=1.9, loss=0.25), now, times) == ".arms.a.loss: 0.25 before, 0.5 now"
