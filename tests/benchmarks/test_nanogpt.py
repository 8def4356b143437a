"""The recipe that trainings are measured against is the published one, as far as its log and its code tell."""

from __future__ import annotations

import math

import pytest
import torch

from tests.benchmarks import nanogpt


def test_it_is_the_published_model() -> None:
    """nanoGPT says "number of parameters: 0.80M" without positions, and its log begins at 4.17, near ln 65."""
    torch.manual_seed(1)
    model = nanogpt.GPT(65)
    counted = sum(parameter.numel() for parameter in model.parameters())
    assert counted == 65 * 128 + 64 * 128 + 4 * (12 * 128 * 128 + 2 * 128) + 128
    assert f"{(counted - 64 * 128) / 1e6:.2f}M" == "0.80M"
    inputs, targets = torch.randint(65, (2, 4, 64))
    assert model(inputs, targets).loss.item() == pytest.approx(math.log(65), abs=0.15)


def test_no_position_sees_a_later_one() -> None:
    model = nanogpt.GPT(7)
    inputs = torch.randint(7, (1, 20))
    known = torch.full((1, 20), -100)
    known[0, 9] = 3
    loss = model(inputs, known).loss
    inputs[0, 10:] = 0
    assert torch.equal(model(inputs, known).loss, loss)


def test_the_rate_rises_and_falls() -> None:
    assert nanogpt.rate_at(0) == pytest.approx(1e-3 / 101)
    assert nanogpt.rate_at(100) == pytest.approx(1e-3)
    assert nanogpt.rate_at(1050) == pytest.approx((1e-3 + 1e-4) / 2)
    assert nanogpt.rate_at(1999) == pytest.approx(1e-4, rel=1e-4)


def test_it_learns(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text that repeats itself is nearly known after few steps."""
    monkeypatch.setattr(nanogpt, "STEPS", 60)
    monkeypatch.setattr(nanogpt, "WARMUP", 5)
    torch.manual_seed(1)
    model, tokens = nanogpt.GPT(10), torch.arange(500) % 10
    nanogpt.train(model, tokens, seed=1)
    with torch.no_grad():
        assert model(tokens[None, :64], tokens[None, 1:65]).loss.item() < 0.3
