"""RoPE turns pairs: by hand, by complex numbers, and by what it must never change."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from minimind_tui.nn.config import NTK, YaRN
from minimind_tui.nn.rope import apply_rope, attention_factor, pair_frequencies, rope_frequencies, rotate_half

HEAD, THETA = 64, 1e6
FIRST_SLOWED, LAST_KEPT = 14, 5
"""Within 2048 tokens, pairs 0 to 5 of a head of 64 turn more than 32 times, pairs 14 to 31 less than once."""


def random(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def at(vector: torch.Tensor, position: int, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    """One vector (D,), turned as at `position`."""
    turned = apply_rope(vector.view(1, 1, 1, -1), cos[position : position + 1], sin[position : position + 1])
    return turned.flatten()


def test_one_pair_by_hand() -> None:
    """With one pair, position m turns by m radians: (1, 0) to (cos m, sin m), (3, 4) at m = 1 as worked out."""
    cos, sin = rope_frequencies(head_dim=2, positions=3)
    torch.testing.assert_close(at(torch.tensor([1.0, 0.0]), 1, cos, sin), torch.tensor([0.5403023, 0.8414710]))
    torch.testing.assert_close(at(torch.tensor([1.0, 0.0]), 2, cos, sin), torch.tensor([-0.4161468, 0.9092974]))
    torch.testing.assert_close(at(torch.tensor([3.0, 4.0]), 1, cos, sin), torch.tensor([-1.7449770, 4.6856222]))


def test_position_zero_turns_nothing() -> None:
    vector = random(16)
    assert torch.equal(at(vector, 0, *rope_frequencies(16, 2)), vector)


def test_number_i_is_paired_with_number_i_plus_half() -> None:
    assert rotate_half(torch.tensor([1.0, 2.0, 3.0, 4.0])).tolist() == [-3.0, -4.0, 1.0, 2.0]


def test_the_first_pair_is_the_fastest_and_each_pair_turns_alone() -> None:
    """Head of 4, theta 100: pair (0, 2) turns by 1 and pair (1, 3) by 0.1 a step."""
    cos, sin = rope_frequencies(4, 2, theta=100.0)
    fast = torch.tensor([math.cos(1), 0, math.sin(1), 0])
    slow = torch.tensor([0, math.cos(0.1), 0, math.sin(0.1)])
    torch.testing.assert_close(at(torch.tensor([1.0, 0, 0, 0]), 1, cos, sin), fast)
    torch.testing.assert_close(at(torch.tensor([0, 1.0, 0, 0]), 1, cos, sin), slow)


def test_equals_a_product_of_complex_numbers() -> None:
    """Pair (a, b) is a + bi; position m multiplies it by exp(i m theta^(-2i/D))."""
    x = random(2, 3, 20, 16)
    frequency = 10000.0 ** (-2 * torch.arange(8) / 16)
    turn = torch.polar(torch.ones(20, 8), torch.outer(torch.arange(20.0), frequency))
    expected = torch.complex(x[..., :8].contiguous(), x[..., 8:].contiguous()) * turn
    out = apply_rope(x, *rope_frequencies(16, 20, theta=10000.0))
    torch.testing.assert_close(out, torch.cat((expected.real, expected.imag), dim=-1), rtol=1e-4, atol=1e-5)


def test_the_length_of_a_vector_is_kept() -> None:
    x = random(2, 3, 50, HEAD)
    turned = apply_rope(x, *rope_frequencies(HEAD, 50, THETA))
    assert not torch.allclose(turned, x)
    torch.testing.assert_close(turned.norm(dim=-1), x.norm(dim=-1))


@settings(deadline=None, max_examples=30)
@given(
    first=st.integers(0, 200),
    second=st.integers(0, 200),
    shift=st.integers(1, 300),
    pairs=st.integers(1, 16),
    theta=st.sampled_from([1e2, 1e4, 1e6]),
    seed=st.integers(0, 2**16),
)
def test_query_times_key_depends_on_the_distance_alone(
    first: int, second: int, shift: int, pairs: int, theta: float, seed: int
) -> None:
    query, key = random(2, 2 * pairs, seed=seed)
    cos, sin = rope_frequencies(2 * pairs, 501, theta)
    here = at(query, first, cos, sin) @ at(key, second, cos, sin)
    there = at(query, first + shift, cos, sin) @ at(key, second + shift, cos, sin)
    torch.testing.assert_close(here, there, rtol=1e-3, atol=2e-3)


def test_query_times_key_does_depend_on_the_distance() -> None:
    query, key = random(2, 16)
    cos, sin = rope_frequencies(16, 10)
    here, farther = (at(query, position, cos, sin) @ at(key, 0, cos, sin) for position in (1, 5))
    assert abs(here - farther) > 0.1


def test_wavelengths_follow_the_formula() -> None:
    wavelength = 2 * math.pi / pair_frequencies(HEAD, THETA).double()
    expected = torch.tensor([2 * math.pi * THETA ** (2 * i / HEAD) for i in range(HEAD // 2)], dtype=torch.float64)
    torch.testing.assert_close(wavelength, expected, rtol=1e-5, atol=0)


@pytest.mark.parametrize(("pair", "tokens"), [(0, 2 * math.pi), (15, 4080.0), (31, 4.08e6)])
def test_known_wavelengths_of_minimind2(pair: int, tokens: float) -> None:
    assert 2 * math.pi / pair_frequencies(HEAD, THETA)[pair].item() == pytest.approx(tokens, rel=1e-3)


def test_tables_have_one_row_a_position_and_both_halves_alike() -> None:
    cos, sin = rope_frequencies(HEAD, 7)
    assert cos.shape == sin.shape == (7, HEAD)
    for table in (cos, sin):
        assert torch.equal(table[:, : HEAD // 2], table[:, HEAD // 2 :])


def test_yarn_keeps_fast_pairs_and_slows_slow_ones_by_the_factor() -> None:
    scaling = YaRN(factor=16.0, original_length=2048)
    plain, stretched = pair_frequencies(HEAD, THETA), pair_frequencies(HEAD, THETA, scaling)
    turns = 2048 * plain / (2 * math.pi)
    fast, slow = turns > scaling.beta_fast, turns < scaling.beta_slow
    assert fast.sum() == LAST_KEPT + 1
    assert slow.sum() == HEAD // 2 - FIRST_SLOWED
    torch.testing.assert_close(stretched[fast], plain[fast])
    torch.testing.assert_close(stretched[slow], plain[slow] / 16)


def test_yarn_blends_the_pairs_between_in_a_straight_line() -> None:
    """Pair 8 is 3 of 9 steps from the last kept to the first slowed: 1 - 1/3 + 1/3 * 1/16 = 0.6875."""
    ratio = pair_frequencies(HEAD, THETA, YaRN(factor=16.0)) / pair_frequencies(HEAD, THETA)
    assert ratio[8].item() == pytest.approx(0.6875, rel=1e-5)
    between = ratio[LAST_KEPT : FIRST_SLOWED + 1]
    torch.testing.assert_close(between.diff(), torch.full((9,), (1 / 16 - 1) / 9), rtol=1e-3, atol=0)


def test_yarn_keeps_all_pairs_if_the_trained_length_is_enough_for_all() -> None:
    """Theta 2: even the slowest pair turns hundreds of times within 2048 tokens."""
    plain = pair_frequencies(16, 2.0)
    torch.testing.assert_close(pair_frequencies(16, 2.0, YaRN(factor=8.0)), plain)


def test_yarn_ends_the_blend_at_the_last_pair_as_minimind_does() -> None:
    """Theta 1e4, head 16, 65536 tokens: the blend begins at pair 5 and would end at 9, but the last pair is 7."""
    ratio = pair_frequencies(16, 1e4, YaRN(factor=4.0, original_length=65536)) / pair_frequencies(16, 1e4)
    torch.testing.assert_close(ratio[4:], torch.tensor([1.0, 1.0, 0.625, 0.25]))


def test_yarn_by_one_is_no_scaling() -> None:
    for with_scaling, without in zip(
        rope_frequencies(HEAD, 30, THETA, YaRN(factor=1.0)), rope_frequencies(HEAD, 30, THETA), strict=True
    ):
        torch.testing.assert_close(with_scaling, without)


@pytest.mark.parametrize(("factor", "expected"), [(1.0, 1.0), (math.e, 1.1), (16.0, 1.2772589), (4.0, 1.1386294)])
def test_attention_factor_of_yarn(factor: float, expected: float) -> None:
    assert attention_factor(YaRN(factor=factor)) == pytest.approx(expected)


def test_without_yarn_the_attention_factor_is_one() -> None:
    assert attention_factor(None) == 1.0


def test_the_attention_factor_multiplies_every_turned_vector() -> None:
    """Queries and keys are both longer by it, so that scores grow by its square."""
    x = random(1, 1, 9, HEAD)
    turned = apply_rope(x, *rope_frequencies(HEAD, 9, THETA, YaRN(factor=16.0)))
    torch.testing.assert_close(turned.norm(dim=-1), x.norm(dim=-1) * 1.2772589)


def test_ntk_slows_the_slowest_pair_by_the_factor_and_keeps_the_fastest() -> None:
    plain, scaled = pair_frequencies(HEAD, THETA), pair_frequencies(HEAD, THETA, NTK(factor=8.0))
    torch.testing.assert_close(scaled[0], plain[0])
    torch.testing.assert_close(scaled[-1], plain[-1] / 8, rtol=1e-4, atol=0)
    assert (scaled[1:] < plain[1:]).all()
    assert attention_factor(NTK()) == 1.0
