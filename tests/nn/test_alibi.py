"""ALiBi's slopes and biases by the paper's own example, and its cached form."""

from __future__ import annotations

import torch

from minimind_tui.nn.alibi import alibi_bias, alibi_slopes


def test_slopes_of_eight_heads_are_those_of_the_paper() -> None:
    torch.testing.assert_close(alibi_slopes(8), torch.tensor([2.0**-power for power in range(1, 9)]))


def test_the_bias_is_the_slope_times_the_distance() -> None:
    bias = alibi_bias(2, 3, 3)
    assert bias.shape == (2, 3, 3)
    torch.testing.assert_close(bias[0, 2], torch.tensor([-2 / 16, -1 / 16, 0.0]))
    torch.testing.assert_close(bias[1, 2], torch.tensor([-2 / 256, -1 / 256, 0.0]))


def test_new_positions_are_the_last_rows() -> None:
    torch.testing.assert_close(alibi_bias(4, 2, 6), alibi_bias(4, 6, 6)[:, -2:])
