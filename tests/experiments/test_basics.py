"""The first module: its step by hand, and every figure that its texts of practice state as arithmetic."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch import Tensor

from tests.experiments.loading import code_of, defaults_of
from tests.experiments.toys import Notes

REF = "basics/one-step"


class Tabled(Notes):
    """A recorder that also keeps tables and what was planned."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: dict[str, Any] = {}

    def plan(self, steps: int) -> None:
        """Nothing to keep."""

    def table(self, name: str, columns: Any, rows: Any) -> None:
        """Keep the rows."""
        self.tables[name] = rows


def softmax(*logits: float) -> list[float]:
    total = sum(map(math.exp, logits))
    return [math.exp(each) / total for each in logits]


def noted(learning_rate: float, **changes: Any) -> Tabled:
    notes: Any = Tabled()
    code_of(REF).run(defaults_of(REF, learning_rate=learning_rate, **changes), notes)
    return notes  # type: ignore[no-any-return]


def test_the_first_step_is_the_one_by_hand() -> None:
    """Gradient p - f; a row moves by it times (1, 1), so a logit by twice as much."""
    share, p = [0.8, 0.1, 0.1], [1 / 3] * 3
    logits = [2 * (f - before) for f, before in zip(share, p, strict=True)]
    after = softmax(*logits)
    loss = -sum(f * math.log(each) for f, each in zip(share, after, strict=True))
    assert loss == pytest.approx(math.log(1 + 2 * math.exp(-1.4)) + 0.2 * 1.4)
    notes = noted(1.0, steps=1)
    assert notes.metrics[0]["loss"].item() == pytest.approx(math.log(3))  # type: ignore[attr-defined]
    assert notes.metrics[1]["loss"].item() == pytest.approx(loss)  # type: ignore[attr-defined]
    assert [row[0] for row in notes.tables["first_step"]] == ["cat", "dog", "bird"]
    for row, numbers in zip(notes.tables["first_step"], zip(share, p, logits, after, strict=True), strict=True):
        f, before, logit, new = numbers
        assert row[1:] == pytest.approx([f, before, before - f, logit, new], abs=1e-4)


@pytest.mark.parametrize(("cats", "share"), [(8, (0.8, 0.1, 0.1)), (6, (0.6, 0.2, 0.2)), (4, (0.4, 0.3, 0.3))])
def test_the_floor_is_the_entropy_of_the_sentences(cats: int, share: tuple[float, ...]) -> None:
    notes = noted(1.0, cats=cats)
    assert len(code_of(REF).sentences(cats)) == 10
    assert notes.references["entropy"] == pytest.approx(-sum(f * math.log(f) for f in share))
    losses: list[Tensor] = [values["loss"] for values in notes.metrics.values()]  # type: ignore[misc]
    assert torch.stack(losses).min().item() == pytest.approx(notes.references["entropy"], abs=1e-6)
    assert notes.metrics[30]["cat"].item() == pytest.approx(share[0], abs=1e-4)  # type: ignore[attr-defined]


def test_figures_of_the_quiz_the_cards_and_the_exercise() -> None:
    assert [round(p, 4) for p in softmax(2, 1, 0)] == [0.6652, 0.2447, 0.09]
    assert [round(p, 2) for p in softmax(4, 2, 0)] == [0.87, 0.12, 0.02]
    assert [round(p, 2) for p in softmax(1, 0.5, 0)] == [0.51, 0.31, 0.19]
    assert softmax(20, 10, 0)[0] > 0.9999
    assert round(-math.log(softmax(2, 1, 0)[1]), 4) == 1.4076
    assert [round(p, 2) for p in (math.log(6400), math.log2(6400), math.log(2))] == [8.76, 12.64, 0.69]
    assert round(-(math.log(0.9) + math.log(0.1)) / 2, 2) == 1.2
    assert -1 / 0.2 == -5
    assert round(6400 * 768 / 1e6, 1) == 4.9
    assert torch.tensor(89.0).exp().isinf()
    assert torch.tensor(88.0).exp().isfinite()
    assert torch.tensor(-200.0).exp() == 0
    assert torch.nn.Linear(64, 256).weight.shape == (256, 64)
