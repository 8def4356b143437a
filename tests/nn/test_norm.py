"""Both norms against torch's own and against numbers worked out by hand."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from minimind_tui.nn.norm import LayerNorm, RMSNorm, make_norm


def test_three_and_four_by_hand() -> None:
    """The mean of 9 and 16 is 12.5, its root 3.5355; 3 and 4 over it are 0.8485 and 1.1314."""
    out = RMSNorm(2, eps=0.0)(torch.tensor([3.0, 4.0]))
    torch.testing.assert_close(out, torch.tensor([0.8485281, 1.1313708]))


def test_the_mean_is_not_subtracted() -> None:
    """LayerNorm would give zeros."""
    torch.testing.assert_close(RMSNorm(3, eps=0.0)(torch.full((3,), 5.0)), torch.ones(3))


def test_eps_is_added_to_the_mean_square_under_the_root() -> None:
    """A mean square of 1e-6 and an eps of 1e-6: 1e-3 / sqrt(2e-6) = 0.7071."""
    out = RMSNorm(4, eps=1e-6)(torch.full((4,), 1e-3))
    torch.testing.assert_close(out, torch.full((4,), 0.70710678))


def test_a_vector_of_zeros_stays_zeros() -> None:
    assert torch.equal(RMSNorm(4)(torch.zeros(2, 4)), torch.zeros(2, 4))


def test_the_weight_begins_at_one_and_multiplies_each_number_of_its_own() -> None:
    norm = RMSNorm(2, eps=0.0)
    assert torch.equal(norm.weight, torch.ones(2))
    with torch.no_grad():
        norm.weight.copy_(torch.tensor([2.0, -1.0]))
    torch.testing.assert_close(norm(torch.tensor([3.0, 4.0])), torch.tensor([1.6970563, -1.1313708]))


def test_the_weight_is_all_it_trains() -> None:
    assert [name for name, _ in RMSNorm(8).named_parameters()] == ["weight"]


@settings(deadline=None, max_examples=25)
@given(
    leading=st.lists(st.integers(1, 4), max_size=3),
    dim=st.integers(1, 40),
    eps=st.sampled_from([1e-5, 1e-6, 1e-2]),
    seed=st.integers(0, 2**16),
)
def test_equals_the_norm_of_torch_at_any_shape(leading: list[int], dim: int, eps: float, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(*leading, dim, generator=generator) * 3
    norm = RMSNorm(dim, eps)
    with torch.no_grad():
        norm.weight.copy_(torch.randn(dim, generator=generator))
    out = norm(x)
    assert out.shape == x.shape
    torch.testing.assert_close(out, F.rms_norm(x, (dim,), norm.weight, eps))


@settings(deadline=None, max_examples=25)
@given(scale=st.floats(0.1, 100), dim=st.integers(1, 40), seed=st.integers(0, 2**16))
def test_the_length_of_the_input_does_not_matter(scale: float, dim: int, seed: int) -> None:
    x = torch.randn(3, dim, generator=torch.Generator().manual_seed(seed))
    norm = RMSNorm(dim, eps=0.0)
    torch.testing.assert_close(norm(x * scale), norm(x), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
def test_keeps_the_dtype(dtype: torch.dtype) -> None:
    assert RMSNorm(8).to(dtype)(torch.randn(2, 8).to(dtype)).dtype == dtype


def test_large_float16_numbers_do_not_overflow() -> None:
    """The square of 300 is more than float16 holds; the normalized number is 1."""
    out = RMSNorm(8).half()(torch.full((8,), 300.0, dtype=torch.float16))
    torch.testing.assert_close(out, torch.ones(8, dtype=torch.float16))


def test_the_gradient_equals_that_of_torch() -> None:
    x = torch.randn(3, 6, generator=torch.Generator().manual_seed(0))
    ours, theirs = x.clone().requires_grad_(), x.clone().requires_grad_()
    norm = RMSNorm(6)
    norm(ours).pow(3).sum().backward()
    F.rms_norm(theirs, (6,), None, norm.eps).pow(3).sum().backward()
    torch.testing.assert_close(ours.grad, theirs.grad)


def test_layer_norm_of_three_and_five_by_hand() -> None:
    """The mean is 4, each stands 1 away from it: -1 and 1."""
    torch.testing.assert_close(LayerNorm(2, eps=0.0)(torch.tensor([3.0, 5.0])), torch.tensor([-1.0, 1.0]))


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_layer_norm_equals_torchs_own(dtype: torch.dtype) -> None:
    torch.manual_seed(0)
    norm, x = LayerNorm(48, eps=1e-3), (torch.randn(5, 7, 48) * 3 + 2).to(dtype)
    with torch.no_grad():
        norm.weight.uniform_(0.5, 1.5)
        norm.bias.uniform_(-1, 1)
    expected = F.layer_norm(x.float(), (48,), norm.weight, norm.bias, 1e-3).to(dtype)
    torch.testing.assert_close(norm(x), expected)


def test_layer_norms_gradient_equals_torchs_own() -> None:
    torch.manual_seed(0)
    norm, x, towards = LayerNorm(16), torch.randn(3, 16, requires_grad=True), torch.randn(3, 16)
    (norm(x) * towards).sum().backward()
    mine, x.grad = x.grad, None
    (F.layer_norm(x, (16,), norm.weight, norm.bias, 1e-5) * towards).sum().backward()
    torch.testing.assert_close(mine, x.grad)


def test_the_kinds_that_a_config_can_ask_for() -> None:
    x = torch.randn(2, 8)
    assert isinstance(make_norm("rmsnorm", 8), RMSNorm)
    assert isinstance(make_norm("layernorm", 8), LayerNorm)
    assert make_norm("none", 8)(x) is x
