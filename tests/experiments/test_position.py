"""The experiments on positions: what they compare is comparable, and what their lessons work out by hand is so."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import pytest
import torch
from torch import Tensor

from minimind_tui.nn.attention import Attention
from minimind_tui.nn.config import NTK, ModelConfig, YaRN
from minimind_tui.nn.model import MiniMind
from minimind_tui.nn.rope import pair_frequencies
from tests.experiments.loading import code_of

BLOCK, LONGEST = 64, 512
TOY_HEAD, TOY_THETA = 16, 1e4


class Read(NamedTuple):
    """What a model gives back, as far as it is asked for here."""

    logits: Tensor


def unigram(ids: Tensor) -> Read:
    """A model that knows how common each of 7 characters is and nothing else: its loss depends on the target alone."""
    return Read(torch.arange(7.0).expand(*ids.shape, 7))


class Notes:
    """A recorder that keeps the matrices."""

    def __init__(self) -> None:
        self.matrices: dict[str, Any] = {}

    def matrix(self, name: str, rows: Tensor, **labels: Any) -> None:
        """Keep the rows."""
        self.matrices[name] = (rows, labels)


def toy(position: str, **changes: Any) -> MiniMind:
    """A model as small as can be, with the head size and theta of the experiment."""
    config: dict[str, Any] = {
        "vocab_size": 7,
        "hidden_size": 32,
        "num_layers": 1,
        "num_heads": 2,
        "num_kv_heads": 2,
        "max_position": LONGEST,
        "rope_theta": TOY_THETA,
        "position": position,
    }
    return MiniMind(ModelConfig(**{**config, **changes})).eval()


def test_every_length_is_scored_on_the_same_characters() -> None:
    """A model that ignores what it read has one and the same loss at each length, whatever the characters are."""
    length = code_of("position/length-extrapolation")
    tokens = torch.randint(7, (9000,), generator=torch.Generator().manual_seed(0))
    losses = [length.last_quarter(unigram, tokens, BLOCK * times, LONGEST).item() for times in length.TIMES]
    assert losses == pytest.approx([losses[0]] * 4, abs=1e-5)
    scored = tokens[LONGEST + 1 : LONGEST + 1 + length.SCORED]
    expected = -torch.arange(7.0).log_softmax(dim=-1)[scored].mean()
    assert losses[0] == pytest.approx(expected.item(), abs=1e-5)


def test_a_short_text_is_scored_in_whole_quarters() -> None:
    """With 700 characters there is room for one quarter of the longest text, not for 6144."""
    length = code_of("position/length-extrapolation")
    tokens = torch.randint(7, (700,), generator=torch.Generator().manual_seed(0))
    losses = [length.last_quarter(unigram, tokens, BLOCK * times, LONGEST).item() for times in length.TIMES]
    assert losses == pytest.approx([losses[0]] * 4, abs=1e-5)


def test_losses_by_position_are_those_of_the_next_token() -> None:
    length = code_of("position/length-extrapolation")
    model, tokens = toy("rope"), torch.randint(7, (60,))
    losses = length.losses_of(model, tokens, torch.tensor([3, 20]), 10)
    expected = model(tokens[20:30].unsqueeze(0), tokens[21:31].unsqueeze(0)).loss
    assert losses.shape == (2, 10)
    torch.testing.assert_close(losses[1].mean(), expected, rtol=1e-4, atol=1e-5)


def test_a_stretched_table_leaves_the_weights_and_changes_the_reading() -> None:
    length = code_of("position/length-extrapolation")
    model, ids = toy("rope"), torch.randint(7, (1, 40))
    for kind in ("rope_interpolated", "rope_ntk", "rope_yarn"):
        reader = length.table_for(model, kind, 8, BLOCK)
        for name, weight in model.state_dict().items():
            assert torch.equal(weight, reader.state_dict()[name])
        assert not torch.allclose(model(ids).logits, reader(ids).logits)
        assert torch.allclose(model(ids).logits, length.table_for(model, kind, 1, BLOCK)(ids).logits, atol=1e-5)
    assert length.table_for(model, "rope", 8, BLOCK) is model


def test_interpolation_divides_positions() -> None:
    """Every eighth row of the table for 8 times the length is a row of the trained one; the model's own table stays."""
    length = code_of("position/length-extrapolation")
    model = toy("rope")
    reader = length.table_for(model, "rope_interpolated", 8, BLOCK)
    for name in ("freqs_cos", "freqs_sin"):
        own, stretched = model.model.get_buffer(name), reader.model.get_buffer(name)
        torch.testing.assert_close(stretched[::8], own[: len(stretched[::8])])
        torch.testing.assert_close(own, toy("rope").model.get_buffer(name))
    first_pair_at_4 = reader.model.get_buffer("freqs_cos")[4, 0].item()
    assert first_pair_at_4 == pytest.approx(math.cos(4 / 8))


def test_the_gap_is_nothing_for_what_treats_each_token_alone() -> None:
    permutation = code_of("position/permutation")
    x, shuffle = torch.randn(6, 4), torch.tensor([3, 0, 5, 1, 2, 4])
    assert permutation.gap_of_each_token(lambda tokens: tokens**2, x, shuffle).max() == 0
    gap = permutation.gap_of_each_token(lambda tokens: tokens.cumsum(dim=0), x, shuffle)
    assert gap.shape == (6,)
    assert gap.max() > 0.1


def test_one_layer_under_a_mask_does_not_see_the_order_of_the_past() -> None:
    """As the lesson says: the last token's output stays when those before it are shuffled, a middle one's does not."""
    attention = Attention(ModelConfig(hidden_size=16, num_heads=2, num_kv_heads=2, position="none"))
    x = torch.randn(1, 5, 16)
    out, _ = attention(x)
    shuffled, _ = attention(x[:, [2, 0, 3, 1, 4]])
    torch.testing.assert_close(shuffled[:, 4], out[:, 4])
    assert not torch.allclose(shuffled[:, 0], out[:, 2], atol=1e-3)


def test_the_picture_of_rope_has_fast_rows_above_slow_ones() -> None:
    rotation, notes = code_of("position/rope-rotation"), Notes()
    rotation.draw_turns(pair_frequencies(64, 1e4), 256, notes)
    rows, labels = notes.matrices["turn"]
    assert rows.shape == (8, 40)
    torch.testing.assert_close(rows[:, 0], torch.ones(8))
    torch.testing.assert_close(rows[0], torch.arange(40.0).cos(), rtol=1e-4, atol=1e-4)
    assert rows.std(dim=1).diff().max() < 0.1
    assert rows[-1].std() < 1e-4
    assert len(labels["row_labels"]) == 8
    assert len(labels["column_labels"]) == 40


def test_the_picture_fits_small_heads() -> None:
    rotation, notes = code_of("position/rope-rotation"), Notes()
    rotation.draw_turns(pair_frequencies(2, 1e4), 16, notes)
    assert notes.matrices["turn"][0].shape == (1, 16)


def test_the_toy_models_pairs_as_the_lesson_counts_them() -> None:
    """At most 63 positions apart, pairs 0 to 2 go round, pairs 3 to 7 do not; YaRN keeps 0 and slows 3 to 7 by 8."""
    plain = pair_frequencies(TOY_HEAD, TOY_THETA)
    assert (63 * plain / (2 * math.pi) >= 1).tolist() == [True] * 3 + [False] * 5
    assert BLOCK * plain[0] / (2 * math.pi) < 32
    ratio = pair_frequencies(TOY_HEAD, TOY_THETA, YaRN(8.0, original_length=BLOCK)) / plain
    torch.testing.assert_close(ratio[0], torch.tensor(1.0))
    assert ((ratio[1:3] < 0.99) & (ratio[1:3] > 0.13)).all()
    torch.testing.assert_close(ratio[3:], torch.full((5,), 1 / 8))
    theta = pair_frequencies(TOY_HEAD, TOY_THETA, NTK(8.0))[1] ** -(TOY_HEAD / 2)
    assert theta.item() == pytest.approx(1e4 * 8 ** (16 / 14), rel=1e-4)


def test_positions_that_half_precision_cannot_write() -> None:
    assert torch.tensor(257.0).bfloat16().item() == 256
    assert torch.tensor(2048.0).half().item() == 2048
    assert torch.tensor(2049.0).half().item() == 2048


def test_the_hand_worked_token_does_not_see_the_order() -> None:
    """A 1, B 2, C 0 as query, key and value at once: B's output, in both orders, and alone under a mask."""
    for order in ((1.0, 2.0, 0.0), (0.0, 2.0, 1.0)):
        content = torch.tensor(order)
        assert (content[1] * content).softmax(dim=0) @ content == pytest.approx(1.851, abs=1e-3)
