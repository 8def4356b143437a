"""What is drawn from, and that the cache changes nothing but the work."""

from __future__ import annotations

import math
from itertools import islice
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from minimind_tui.nn.config import ModelConfig
from minimind_tui.nn.generate import generate, next_token_probabilities, stream
from minimind_tui.nn.model import MiniMind

TINY = ModelConfig(vocab_size=50, hidden_size=16, num_layers=2, num_heads=4, num_kv_heads=2, max_position=32)
HALVES = torch.tensor([[0.125, 0.5, 0.25, 0.125]]).log()
"""Logits of the probabilities 1/8, 1/2, 1/4 and 1/8."""


def tiny_model() -> MiniMind:
    torch.manual_seed(0)
    return MiniMind(TINY).eval()


def start(batch: int = 2, length: int = 5, vocabulary: int = 50) -> Tensor:
    return torch.randint(vocabulary, (batch, length), generator=torch.Generator().manual_seed(7))


def lengths_fed(model: MiniMind) -> list[int]:
    """A list that grows by the number of positions of each call of the model."""
    fed: list[int] = []
    model.model.embed_tokens.register_forward_pre_hook(lambda _, given: fed.append(given[0].shape[1]))
    return fed


def test_cached_and_uncached_write_the_same(config: ModelConfig, model: MiniMind) -> None:
    ids = start(vocabulary=config.vocab_size)
    cached = generate(model, ids, 20, temperature=0)
    assert cached.shape == (2, 25)
    assert torch.equal(cached, generate(model, ids, 20, temperature=0, use_cache=False))
    assert len(cached[:, 5:].unique()) > 1


def test_cached_and_uncached_draw_the_same(config: ModelConfig, model: MiniMind) -> None:
    ids = start(vocabulary=config.vocab_size)
    drawn = [
        generate(model, ids, 12, top_k=20, use_cache=use_cache, generator=torch.Generator().manual_seed(5))
        for use_cache in (True, False)
    ]
    assert torch.equal(*drawn)


def test_the_cache_saves_the_work() -> None:
    model = tiny_model()
    fed = lengths_fed(model)
    generate(model, start(), 4)
    assert fed == [5, 1, 1, 1]
    fed.clear()
    generate(model, start(), 4, use_cache=False)
    assert fed == [5, 6, 7, 8]


def test_greedy_takes_the_likeliest_of_each_step() -> None:
    model, ids = tiny_model(), start()
    for _ in range(6):
        ids = torch.cat((ids, model(ids).logits[:, -1].argmax(-1, keepdim=True)), dim=1)
    assert torch.equal(generate(model, start(), 6, temperature=0), ids)


def test_the_given_text_stays_in_front() -> None:
    assert torch.equal(generate(tiny_model(), start(), 6)[:, :5], start())


def test_nothing_is_kept_for_gradients() -> None:
    model, recorded = tiny_model(), []
    model.register_forward_hook(lambda _, __, output: recorded.append(output.logits.requires_grad))
    generate(model, start(), 2)
    assert recorded == [False, False]


def test_nothing_asked_nothing_added() -> None:
    assert torch.equal(generate(tiny_model(), start(), 0), start())


def test_the_same_seed_writes_the_same_and_another_seed_does_not() -> None:
    model = tiny_model()
    first, again, other = (
        generate(model, start(), 15, generator=torch.Generator().manual_seed(seed)) for seed in (1, 1, 2)
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_top_k_of_one_is_greedy() -> None:
    model = tiny_model()
    assert torch.equal(generate(model, start(), 10, top_k=1), generate(model, start(), 10, temperature=0))


def test_a_tiny_top_p_is_greedy() -> None:
    model = tiny_model()
    assert torch.equal(generate(model, start(), 10, top_p=1e-6), generate(model, start(), 10, temperature=0))


@pytest.mark.parametrize("training", [True, False])
def test_dropout_is_off_while_writing_and_the_model_is_left_as_it_was(training: bool) -> None:
    torch.manual_seed(0)
    model = MiniMind(ModelConfig(**{**vars(TINY), "dropout": 0.5})).train(training)
    written = [generate(model, start(), 8, temperature=0) for _ in range(2)]
    assert torch.equal(*written)
    assert model.training is training
    assert all(module.training is training for module in model.modules())


def test_too_long_a_text_is_told_what_to_change() -> None:
    with pytest.raises(ValueError, match="shorten the text, or raise max_position"):
        generate(tiny_model(), start(), 29)
    assert generate(tiny_model(), start(), 28).shape == (2, 33)


def test_without_settings_the_softmax_is_drawn_from() -> None:
    torch.testing.assert_close(next_token_probabilities(HALVES), HALVES.exp())


@pytest.mark.parametrize(
    ("temperature", "expected"),
    [
        (0.5, [1 / 22, 16 / 22, 4 / 22, 1 / 22]),
        (1.0, [1 / 8, 4 / 8, 2 / 8, 1 / 8]),
        (2.0, [1 / (4 + math.sqrt(2)), 2 / (4 + math.sqrt(2)), math.sqrt(2) / (4 + math.sqrt(2)), None]),
        (0.0, [0.0, 1.0, 0.0, 0.0]),
    ],
)
def test_temperature_by_hand(temperature: float, expected: list[float | None]) -> None:
    """p^(1/temperature), brought to sum 1: weights 1, 4, 2, 1 become 1, 16, 4, 1 and 1, 2, sqrt 2, 1."""
    probabilities = next_token_probabilities(HALVES, temperature)[0].tolist()
    for got, wanted in zip(probabilities, expected, strict=True):
        assert wanted is None or got == pytest.approx(wanted, rel=1e-5)
    assert sum(probabilities) == pytest.approx(1)


@pytest.mark.parametrize(
    ("top_k", "expected"), [(1, [0, 1, 0, 0]), (2, [0, 2 / 3, 1 / 3, 0]), (4, [1 / 8, 1 / 2, 1 / 4, 1 / 8])]
)
def test_top_k_by_hand(top_k: int, expected: list[float]) -> None:
    torch.testing.assert_close(next_token_probabilities(HALVES, top_k=top_k), torch.tensor([expected]).float())


def test_more_than_the_vocabulary_as_top_k_keeps_all() -> None:
    torch.testing.assert_close(next_token_probabilities(HALVES, top_k=99), HALVES.exp())


@pytest.mark.parametrize(
    ("top_p", "expected"),
    [
        (0.01, [0, 1, 0, 0]),
        (0.49, [0, 1, 0, 0]),
        (0.51, [0, 2 / 3, 1 / 3, 0]),
        (0.74, [0, 2 / 3, 1 / 3, 0]),
        (0.99, [1 / 8, 1 / 2, 1 / 4, 1 / 8]),
        (1.0, [1 / 8, 1 / 2, 1 / 4, 1 / 8]),
    ],
)
def test_top_p_by_hand(top_p: float, expected: list[float]) -> None:
    """The smallest set that reaches p, with the token that crosses it."""
    torch.testing.assert_close(next_token_probabilities(HALVES, top_p=top_p), torch.tensor([expected]).float())


def test_rows_of_a_batch_are_cut_each_on_its_own() -> None:
    both = torch.cat((HALVES, HALVES.flip(-1), torch.zeros(1, 4).index_fill(1, torch.tensor([3]), 9.0)))
    for settings_ in ({"top_k": 2}, {"top_p": 0.6}, {"temperature": 0}):
        together = next_token_probabilities(both, **settings_)
        for row in range(3):
            torch.testing.assert_close(together[row], next_token_probabilities(both[row : row + 1], **settings_)[0])


def test_top_k_comes_before_top_p() -> None:
    """Of 1/2, 1/4, 1/8, 1/8 the best two are 2/3 and 1/3: p = 0.6 is then reached by the first alone."""
    out = next_token_probabilities(HALVES, top_k=2, top_p=0.6)
    torch.testing.assert_close(out, torch.tensor([[0.0, 1.0, 0.0, 0.0]]))


@settings(deadline=None, max_examples=40)
@given(
    size=st.integers(1, 30),
    temperature=st.sampled_from([0.0, 0.3, 1.0, 3.0]),
    top_k=st.none() | st.integers(1, 40),
    top_p=st.none() | st.floats(0.01, 1.0),
    seed=st.integers(0, 2**16),
)
def test_always_a_distribution_of_likelier_tokens_first(
    size: int, temperature: float, top_k: int | None, top_p: float | None, seed: int
) -> None:
    """The rows sum to 1, the likeliest stays, no more than k stay, and none is kept before a likelier one."""
    logits = torch.randn(2, size, generator=torch.Generator().manual_seed(seed)) * 3
    before = logits.clone()
    probabilities = next_token_probabilities(logits, temperature, top_k, top_p)
    assert torch.equal(logits, before)
    torch.testing.assert_close(probabilities.sum(-1), torch.ones(2))
    assert torch.equal(probabilities.argmax(-1), logits.argmax(-1))
    kept = probabilities > 0
    if temperature == 0:
        assert (kept.sum(-1) == 1).all()
    if top_k is not None and len(logits.unique()) == logits.numel():
        assert (kept.sum(-1) <= top_k).all()
    in_order = probabilities.gather(-1, logits.argsort(-1, descending=True))
    assert (in_order.diff(dim=-1) <= 0).all()


@pytest.mark.parametrize(
    "bad",
    [{"temperature": -0.1}, {"top_k": 0}, {"top_k": -3}, {"top_p": 0.0}, {"top_p": -0.5}, {"top_p": 1.01}],
    ids=str,
)
def test_bad_settings_are_refused_with_the_good_ones(bad: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="temperature must be >= 0, top_k >= 1 and 0 < top_p <= 1"):
        next_token_probabilities(HALVES, **bad)
    with pytest.raises(ValueError, match="temperature must be >= 0"):
        generate(tiny_model(), start(), 1, **bad)


def test_drawn_as_often_as_the_probabilities_say() -> None:
    """400 texts of one new token: never one outside the best three, and all of those three."""
    model = tiny_model()
    ids = start(1, 5).expand(400, 5)
    best = model(ids[:1]).logits[0, -1].topk(3)
    drawn = generate(model, ids, 1, top_k=3, generator=torch.Generator().manual_seed(0))[:, -1]
    share = torch.stack([(drawn == token).float().mean() for token in best.indices])
    assert share.sum() == pytest.approx(1)
    torch.testing.assert_close(share, best.values.softmax(-1), rtol=0, atol=0.1)


def test_a_stream_is_generation_until_its_window_is_full_and_goes_on_from_half_of_it() -> None:
    torch.manual_seed(0)
    model = tiny_model()
    ids = torch.randint(50, (2, 3))
    streamed = torch.cat(list(islice(stream(model, ids, window=8, temperature=0), 12)), dim=1)  # (2, 12)
    whole = torch.cat((ids, streamed), dim=1)
    assert torch.equal(generate(model, ids, 6, temperature=0), whole[:, :9])
    assert torch.equal(generate(model, whole[:, 5:9], 5, temperature=0), whole[:, 5:14])
    assert torch.equal(generate(model, whole[:, 10:14], 1, temperature=0), whole[:, 10:15])


def test_what_does_not_fit_into_the_window_is_not_read() -> None:
    torch.manual_seed(0)
    model, ids = tiny_model(), torch.randint(50, (1, 20))
    assert torch.equal(next(stream(model, ids, 8, temperature=0)), next(stream(model, ids[:, -8:], 8, temperature=0)))
