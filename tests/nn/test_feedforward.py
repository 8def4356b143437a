"""SwiGLU and the plain FFN, by hand and against PyTorch."""

from __future__ import annotations

import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from minimind_tui.nn.config import ModelConfig
from minimind_tui.nn.feedforward import PlainFeedForward, SwiGLU, make_feed_forward


def test_one_number_by_hand() -> None:
    """x = 1: gate ln 3 passes silu as ln 3 * 3/4, up is 4, down is 2: 6 ln 3 = 6.5917."""
    module = SwiGLU(1, 1)
    with torch.no_grad():
        module.gate_proj.weight.fill_(math.log(3))
        module.up_proj.weight.fill_(4)
        module.down_proj.weight.fill_(2)
    torch.testing.assert_close(module(torch.ones(1, 1)), torch.tensor([[6.5916737]]))


def test_it_is_the_gate_that_goes_through_silu() -> None:
    """A gate of -20 lets nothing pass, an up of -20 passes whole."""
    module = SwiGLU(1, 1)
    with torch.no_grad():
        module.down_proj.weight.fill_(1)
        module.gate_proj.weight.fill_(-20)
        module.up_proj.weight.fill_(1)
        assert abs(module(torch.ones(1)).item()) < 1e-6
        module.gate_proj.weight.fill_(1)
        module.up_proj.weight.fill_(-20)
        assert math.isclose(module(torch.ones(1)).item(), -20 * 0.7310586, rel_tol=1e-5)


def test_equals_the_equation_at_any_shape() -> None:
    torch.manual_seed(0)
    module, x = SwiGLU(6, 10), torch.randn(2, 3, 6)
    gate, up = x @ module.gate_proj.weight.T, x @ module.up_proj.weight.T
    expected = (gate * torch.sigmoid(gate) * up) @ module.down_proj.weight.T
    assert module(x).shape == x.shape
    torch.testing.assert_close(module(x), expected)
    torch.testing.assert_close(module(x[0, 0]), expected[0, 0])


def test_each_position_is_on_its_own() -> None:
    torch.manual_seed(0)
    module, x = SwiGLU(4, 8), torch.randn(1, 5, 4)
    order = [3, 0, 4, 1, 2]
    torch.testing.assert_close(module(x[:, order]), module(x)[:, order])


def test_three_matrices_and_no_bias() -> None:
    shapes = {name: tuple(parameter.shape) for name, parameter in SwiGLU(6, 10).named_parameters()}
    assert shapes == {"gate_proj.weight": (10, 6), "up_proj.weight": (10, 6), "down_proj.weight": (6, 10)}


def test_zero_in_gives_zero_out() -> None:
    assert torch.equal(SwiGLU(4, 8)(torch.zeros(3, 4)), torch.zeros(3, 4))
    assert F.silu(torch.zeros(1)).item() == 0


@pytest.mark.parametrize(("kind", "activation"), [("gelu", nn.GELU()), ("relu", nn.ReLU()), ("linear", nn.Identity())])
def test_a_plain_part_equals_two_linear_layers_with_the_activation_between(kind: str, activation: nn.Module) -> None:
    torch.manual_seed(0)
    module, x = PlainFeedForward(6, 10, kind), torch.randn(2, 3, 6)
    expected = F.linear(activation(F.linear(x, module.up_proj.weight)), module.down_proj.weight)
    torch.testing.assert_close(module(x), expected)


def test_without_a_non_linearity_two_matrices_are_one() -> None:
    torch.manual_seed(0)
    module, x = PlainFeedForward(6, 24, "linear"), torch.randn(5, 6)
    torch.testing.assert_close(module(x), x @ (module.down_proj.weight @ module.up_proj.weight).T)


def test_the_kinds_that_a_config_can_ask_for() -> None:
    sizes = {}
    for kind in ("swiglu", "gelu", "relu", "linear"):
        part = make_feed_forward(ModelConfig(hidden_size=48, num_heads=4, ffn=kind))
        assert part is not None
        sizes[kind] = sum(parameter.numel() for parameter in part.parameters())
    assert sizes == {"swiglu": 3 * 48 * 128, "gelu": 2 * 48 * 192, "relu": 2 * 48 * 192, "linear": 2 * 48 * 192}
    assert make_feed_forward(ModelConfig(ffn="none")) is None
