"""Attention against torch's own, against hand-worked numbers, and by what it must not see."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from minimind_tui.nn.attention import Attention, Cache, attention_steps, causal_mask, repeat_kv
from minimind_tui.nn.config import ModelConfig
from minimind_tui.nn.rope import rope_frequencies
from tests.nn.parts import scale_of

C, H, D, T = 32, 4, 8, 7


def attention(kv_heads: int = 2, qk_norm: bool = False, causal: bool = True, dropout: float = 0.0) -> Attention:
    torch.manual_seed(1)
    config = ModelConfig(
        hidden_size=C, num_heads=H, num_kv_heads=kv_heads, qk_norm=qk_norm, dropout=dropout, causal=causal
    )
    module = Attention(config).eval()
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            if "norm" in name:
                parameter.uniform_(0.5, 1.5)
    return module


def some_input(batch: int = 2, length: int = T) -> Tensor:
    return torch.randn(batch, length, C, generator=torch.Generator().manual_seed(2))


def reference(module: Attention, x: Tensor, kv_heads: int, qk_norm: bool, causal: bool, use_rope: bool) -> Tensor:
    """The output by torch's functions, head by head: query head h reads KV head h // (H / K)."""
    batch, length, _ = x.shape
    query = F.linear(x, module.q_proj.weight).view(batch, length, H, D)
    key = F.linear(x, module.k_proj.weight).view(batch, length, kv_heads, D)
    value = F.linear(x, module.v_proj.weight).view(batch, length, kv_heads, D)
    if qk_norm:
        query = F.rms_norm(query, (D,), scale_of(module.q_norm), 1e-5)
        key = F.rms_norm(key, (D,), scale_of(module.k_norm), 1e-5)
    if use_rope:
        angle = torch.outer(torch.arange(length), 1e6 ** (-2 * torch.arange(D // 2) / D))
        turn = torch.polar(torch.ones_like(angle), angle).unsqueeze(1)

        def turned(vectors: Tensor) -> Tensor:
            pairs = torch.complex(vectors[..., : D // 2].contiguous(), vectors[..., D // 2 :].contiguous()) * turn
            return torch.cat((pairs.real, pairs.imag), dim=-1)

        query, key = turned(query), turned(key)
    heads = [
        F.scaled_dot_product_attention(
            query[:, :, head], key[:, :, shared], value[:, :, shared], is_causal=causal
        )  # each (B, T, D)
        for head in range(H)
        for shared in [head // (H // kv_heads)]
    ]
    return F.linear(torch.cat(heads, dim=-1), module.o_proj.weight)


@pytest.mark.parametrize("use_rope", [True, False], ids=["rope", "no rope"])
@pytest.mark.parametrize("causal", [True, False], ids=["causal", "both ways"])
@pytest.mark.parametrize("qk_norm", [True, False], ids=["qk norm", "no qk norm"])
@pytest.mark.parametrize("kv_heads", [1, 2, 4])
def test_equals_the_attention_of_torch(kv_heads: int, qk_norm: bool, causal: bool, use_rope: bool) -> None:
    module, x = attention(kv_heads, qk_norm, causal), some_input()
    out, _ = module(x, rope_frequencies(D, T) if use_rope else None)
    expected = reference(module, x, kv_heads, qk_norm, causal, use_rope)
    torch.testing.assert_close(out, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("qk_norm", [True, False])
@pytest.mark.parametrize("causal", [True, False])
def test_the_written_out_steps_give_the_same_output(qk_norm: bool, causal: bool) -> None:
    module, x, rope = attention(2, qk_norm, causal), some_input(), rope_frequencies(D, T)
    out, cache = module(x, rope)
    mixed = module.steps(x, rope).weights @ repeat_kv(cache.values, 2)
    torch.testing.assert_close(module.o_proj(mixed.transpose(1, 2).flatten(2)), out, rtol=1e-4, atol=1e-5)


def test_two_positions_by_hand() -> None:
    """Query 2 has scores 0 and 4 ln 3, scaled by sqrt(4) to 0 and 2 ln 3: weights 1 / 10 and 9 / 10."""
    query = torch.tensor([[7.0, 0, 0, 0], [0, 4 * math.log(3), 0, 0]]).view(1, 1, 2, 4)
    key = torch.tensor([[1.0, 0, 0, 0], [5.0, 1, 0, 0]]).view(1, 1, 2, 4)
    steps = attention_steps(query, key, causal_mask(2, 2))
    torch.testing.assert_close(steps.scores[0, 0], torch.tensor([[7.0, 35.0], [0, 4 * math.log(3)]]))
    torch.testing.assert_close(steps.scaled[0, 0], torch.tensor([[3.5, 17.5], [0, 2 * math.log(3)]]))
    torch.testing.assert_close(steps.masked[0, 0], torch.tensor([[3.5, -math.inf], [0, 2 * math.log(3)]]))
    torch.testing.assert_close(steps.weights[0, 0], torch.tensor([[1.0, 0.0], [0.1, 0.9]]))


def test_without_a_mask_every_position_is_seen() -> None:
    """Equal keys get equal weights, later ones too."""
    steps = attention_steps(torch.ones(1, 1, 3, 4), torch.ones(1, 1, 3, 4), None)
    torch.testing.assert_close(steps.weights, torch.full((1, 1, 3, 3), 1 / 3))
    assert torch.equal(steps.masked, steps.scaled)


def test_scaled_scores_are_scores_over_the_root_of_the_head_size() -> None:
    steps = attention().steps(some_input(), rope_frequencies(D, T))
    assert steps.scores.shape == (2, H, T, T)
    torch.testing.assert_close(steps.scaled, steps.scores / math.sqrt(D))


@pytest.mark.parametrize("causal", [True, False])
def test_each_row_of_weights_sums_to_one(causal: bool) -> None:
    weights = attention(causal=causal).steps(some_input(), rope_frequencies(D, T)).weights
    assert weights.min() >= 0
    torch.testing.assert_close(weights.sum(-1), torch.ones(2, H, T))
    later = weights[..., torch.ones(T, T, dtype=torch.bool).triu(1)]
    assert (later == 0).all() if causal else (later > 0).all()


def test_causal_mask_by_hand() -> None:
    assert causal_mask(3, 3).int().tolist() == [[1, 0, 0], [1, 1, 0], [1, 1, 1]]
    assert causal_mask(2, 4).int().tolist() == [[1, 1, 1, 0], [1, 1, 1, 1]]
    assert causal_mask(1, 3).int().tolist() == [[1, 1, 1]]


@pytest.mark.parametrize("changed", range(1, T))
def test_a_later_position_never_changes_an_earlier_output(changed: int) -> None:
    module, rope = attention(), rope_frequencies(D, T)
    before = some_input()
    after = before.clone()
    after[:, changed] += 3.0
    first, second = module(before, rope)[0], module(after, rope)[0]
    torch.testing.assert_close(first[:, :changed], second[:, :changed], rtol=0, atol=1e-6)
    for position in range(changed, T):
        assert not torch.allclose(first[:, position], second[:, position], atol=1e-4)


def test_with_causal_off_a_later_position_does_change_an_earlier_output() -> None:
    module = attention(causal=False)
    after = some_input()
    after[:, -1] += 3.0
    assert not torch.allclose(module(some_input())[0][:, 0], module(after)[0][:, 0], atol=1e-3)


def test_repeated_heads_stand_next_to_each_other() -> None:
    """Heads a, b given to two query heads each: a, a, b, b; not a, b, a, b."""
    heads = torch.tensor([1.0, 2.0]).view(1, 2, 1, 1)
    assert repeat_kv(heads, 2).flatten().tolist() == [1, 1, 2, 2]
    assert torch.equal(repeat_kv(heads, 1), heads)


def test_query_heads_of_a_group_share_key_and_value() -> None:
    """Two query heads of one group with equal query weights have equal attention weights; other groups not."""
    module = attention(kv_heads=2)
    with torch.no_grad():
        module.q_proj.weight.copy_(module.q_proj.weight[:D].repeat(H, 1))
    weights = module.steps(some_input(), rope_frequencies(D, T)).weights
    torch.testing.assert_close(weights[:, 0], weights[:, 1])
    torch.testing.assert_close(weights[:, 2], weights[:, 3])
    assert not torch.allclose(weights[:, 1], weights[:, 2], atol=1e-3)


@pytest.mark.parametrize("pieces", [(7,), (1,) * 7, (3, 4), (1, 5, 1), (4, 1, 2)])
@pytest.mark.parametrize("qk_norm", [True, False])
def test_piece_by_piece_with_the_cache_equals_all_at_once(pieces: tuple[int, ...], qk_norm: bool) -> None:
    module, x = attention(2, qk_norm), some_input()
    cos, sin = rope_frequencies(D, T)
    expected, expected_cache = module(x, (cos, sin))
    bounds = [sum(pieces[:count]) for count in range(len(pieces) + 1)]
    cache: Cache | None = None
    outs = []
    for start, end in pairwise(bounds):
        out, cache = module(x[:, start:end], (cos[start:end], sin[start:end]), cache)
        outs.append(out)
    torch.testing.assert_close(torch.cat(outs, dim=1), expected, rtol=1e-4, atol=1e-5)
    assert cache is not None
    torch.testing.assert_close(cache.keys, expected_cache.keys)
    torch.testing.assert_close(cache.values, expected_cache.values)


@pytest.mark.parametrize("kv_heads", [1, 2, 4])
def test_the_cache_holds_the_kv_heads_alone(kv_heads: int) -> None:
    """Grouped heads make the cache smaller by H / K."""
    _, cache = attention(kv_heads)(some_input())
    assert cache.keys.shape == cache.values.shape == (2, kv_heads, T, D)


def test_qk_norm_takes_away_the_length_of_queries_and_keys() -> None:
    """Queries ten times as long give the same weights with QK-norm, and sharper ones without."""
    x = some_input()
    for qk_norm in (True, False):
        module = attention(qk_norm=qk_norm)
        before = module.steps(x).weights
        with torch.no_grad():
            module.q_proj.weight.mul_(10)
        assert torch.allclose(module.steps(x).weights, before, atol=1e-3) is qk_norm


def test_dropout_is_for_training_alone() -> None:
    module, x = attention(dropout=0.5), some_input()
    assert torch.equal(module(x)[0], module(x)[0])
    module.train()
    assert not torch.equal(module(x)[0], module(x)[0])
