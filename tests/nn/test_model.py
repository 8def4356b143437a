"""The whole decoder: its names and sizes are MiniMind's, its function is causal, its first loss is ln V."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from minimind_tui.nn.block import Block
from minimind_tui.nn.config import ModelConfig, Position, YaRN, minimind2_small, minimind3
from minimind_tui.nn.model import MiniMind, sinusoidal_positions
from minimind_tui.nn.norm import RMSNorm
from minimind_tui.nn.rope import rope_frequencies
from tests.nn.parts import attention_of, feed_forward_of, scale_of

TINY = ModelConfig(vocab_size=50, hidden_size=16, num_layers=2, num_heads=4, num_kv_heads=2, max_position=32)


def on_meta(config: ModelConfig) -> MiniMind:
    """The model without memory for its numbers."""
    with torch.device("meta"), pytest.MonkeyPatch.context() as patch:
        patch.setattr(MiniMind, "_initialize", lambda self, module: None)  # a second to import, for no numbers
        return MiniMind(config)


def some_ids(config: ModelConfig, batch: int = 2, length: int = 10, seed: int = 3) -> Tensor:
    return torch.randint(config.vocab_size, (batch, length), generator=torch.Generator().manual_seed(seed))


def norms(model: nn.Module) -> int:
    return sum(isinstance(module, RMSNorm) for module in model.modules())


@pytest.mark.parametrize("qk_norm", [True, False])
def test_parameters_have_the_names_of_minimind(qk_norm: bool) -> None:
    expected = {"model.embed_tokens.weight", "model.norm.weight", "lm_head.weight"}
    for layer in range(2):
        expected |= {
            f"model.layers.{layer}.{name}.weight"
            for name in (
                "input_layernorm",
                "self_attn.q_proj",
                "self_attn.k_proj",
                "self_attn.v_proj",
                "self_attn.o_proj",
                "post_attention_layernorm",
                "mlp.gate_proj",
                "mlp.up_proj",
                "mlp.down_proj",
                *(("self_attn.q_norm", "self_attn.k_norm") if qk_norm else ()),
            )
        }
    assert set(MiniMind(replace(TINY, qk_norm=qk_norm)).state_dict()) == expected


def test_shapes_of_minimind3() -> None:
    """Eight query heads and four KV heads of 96; the QK-norms are over one head."""
    shapes = {name: tuple(tensor.shape) for name, tensor in on_meta(minimind3()).state_dict().items()}
    layer = "model.layers.7."
    assert shapes["model.embed_tokens.weight"] == shapes["lm_head.weight"] == (6400, 768)
    assert shapes[layer + "self_attn.q_proj.weight"] == (768, 768)
    assert shapes[layer + "self_attn.k_proj.weight"] == shapes[layer + "self_attn.v_proj.weight"] == (384, 768)
    assert shapes[layer + "self_attn.o_proj.weight"] == (768, 768)
    assert shapes[layer + "self_attn.q_norm.weight"] == shapes[layer + "self_attn.k_norm.weight"] == (96,)
    assert shapes[layer + "mlp.gate_proj.weight"] == shapes[layer + "mlp.up_proj.weight"] == (2432, 768)
    assert shapes[layer + "mlp.down_proj.weight"] == (768, 2432)


@pytest.mark.parametrize(
    ("generation", "expected"), [(minimind2_small(), 25_829_888), (minimind3(), 63_912_192)], ids=["2", "3"]
)
def test_parameter_counts_of_the_published_models(generation: ModelConfig, expected: int) -> None:
    assert on_meta(generation).parameter_count() == expected


def test_an_untied_head_counts_of_its_own() -> None:
    tied, untied = MiniMind(TINY), MiniMind(replace(TINY, tied=False))
    assert tied.lm_head.weight is tied.model.embed_tokens.weight
    assert untied.lm_head.weight is not untied.model.embed_tokens.weight
    assert untied.parameter_count() - tied.parameter_count() == 50 * 16


@pytest.mark.parametrize(
    ("configuration", "width"),
    [
        (minimind2_small(), 1408),
        (minimind3(), 2432),
        (ModelConfig(hidden_size=768), 2048),
        (ModelConfig(hidden_size=16), 64),
        (ModelConfig(hidden_size=768, intermediate_size=100), 100),
    ],
)
def test_width_of_the_feed_forward_part(configuration: ModelConfig, width: int) -> None:
    assert configuration.ffn_size == width


def test_number_of_norms_in_eight_layers() -> None:
    """Two a layer and the last; with QK-norm two more a layer."""
    eight = replace(TINY, num_layers=8)
    assert norms(MiniMind(eight)) == 17
    assert norms(MiniMind(replace(eight, qk_norm=True))) == 33


def test_eps_of_the_configuration_reaches_every_norm() -> None:
    model = MiniMind(replace(TINY, qk_norm=True, rms_eps=0.25))
    assert {module.eps for module in model.modules() if isinstance(module, RMSNorm)} == {0.25}


def test_the_numbers_of_one_model_make_another_the_same(config: ModelConfig, model: MiniMind) -> None:
    torch.manual_seed(99)
    other = MiniMind(config).eval()
    ids = some_ids(config)
    assert not torch.allclose(other(ids).logits, model(ids).logits, atol=1e-3)
    other.load_state_dict(model.state_dict())
    torch.testing.assert_close(other(ids).logits, model(ids).logits)


def test_tokens_in_logits_out(config: ModelConfig, model: MiniMind) -> None:
    output = model(some_ids(config))
    assert output.logits.shape == (2, 10, config.vocab_size)
    assert output.loss is None
    assert len(output.cache) == config.num_layers


@pytest.mark.parametrize("changed", [1, 5, 9])
def test_a_later_token_never_changes_an_earlier_output(config: ModelConfig, model: MiniMind, changed: int) -> None:
    before = some_ids(config)
    after = before.clone()
    after[:, changed] = (after[:, changed] + 1) % config.vocab_size
    first, second = model(before).logits, model(after).logits
    torch.testing.assert_close(first[:, :changed], second[:, :changed], rtol=0, atol=1e-5)
    for position in range(changed, 10):
        assert not torch.allclose(first[:, position], second[:, position], atol=1e-4)


def test_texts_of_a_batch_do_not_see_each_other(config: ModelConfig, model: MiniMind) -> None:
    ids = some_ids(config)
    torch.testing.assert_close(model(ids).logits[1:], model(ids[1:]).logits, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("pieces", [(1,) * 10, (4, 6), (3, 1, 5, 1)], ids=str)
def test_logits_piece_by_piece_with_the_cache_equal_those_at_once(
    config: ModelConfig, model: MiniMind, pieces: tuple[int, ...]
) -> None:
    ids = some_ids(config)
    bounds = [sum(pieces[:count]) for count in range(len(pieces) + 1)]
    cache, logits = None, []
    for start, end in pairwise(bounds):
        output = model(ids[:, start:end], cache=cache)
        cache = output.cache
        logits.append(output.logits)
    torch.testing.assert_close(torch.cat(logits, dim=1), model(ids).logits, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("position", ["rope", "learned", "sinusoidal", "alibi", "none"])
@pytest.mark.parametrize("qk_norm", [True, False])
def test_the_first_loss_is_about_ln_of_the_vocabulary(position: Position, qk_norm: bool) -> None:
    torch.manual_seed(0)
    config = ModelConfig(
        vocab_size=300, hidden_size=64, num_layers=2, max_position=64, position=position, qk_norm=qk_norm
    )
    loss = MiniMind(config)(some_ids(config, 4, 50), some_ids(config, 4, 50, seed=4)).loss
    assert loss.item() == pytest.approx(math.log(300), abs=0.1)


def test_the_loss_is_the_mean_of_minus_ln_p() -> None:
    model, ids, targets = MiniMind(TINY), some_ids(TINY), some_ids(TINY, seed=4)
    output = model(ids, targets)
    probabilities = output.logits.softmax(-1)
    by_hand = [
        -math.log(probabilities[row, column, targets[row, column]].item()) for row in range(2) for column in range(10)
    ]
    assert output.loss.item() == pytest.approx(sum(by_hand) / 20, rel=1e-5)


def test_the_loss_leaves_out_targets_of_minus_100() -> None:
    model, ids, targets = MiniMind(TINY), some_ids(TINY), some_ids(TINY, seed=4)
    ignored = targets.clone()
    ignored[:, 4:] = -100
    left = F.cross_entropy(model(ids).logits[:, :4].flatten(0, 1), targets[:, :4].flatten())
    torch.testing.assert_close(model(ids, ignored).loss, left)
    assert not torch.isclose(model(ids, targets).loss, left)


def test_every_parameter_gets_a_gradient(config: ModelConfig, model: MiniMind) -> None:
    model(some_ids(config), some_ids(config, seed=4)).loss.backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().sum() > 0, name


def test_a_block_adds_attention_then_feed_forward_each_of_a_normalized_input() -> None:
    torch.manual_seed(0)
    block, x, rope = Block(TINY).eval(), torch.randn(2, 5, 16), rope_frequencies(4, 5)
    first, second = scale_of(block.input_layernorm), scale_of(block.post_attention_layernorm)
    with torch.no_grad():
        first.uniform_(0.5, 1.5)
        second.uniform_(0.5, 1.5)
    attended = x + block.self_attn(F.rms_norm(x, (16,), first, 1e-5), rope)[0]
    expected = attended + feed_forward_of(block)(F.rms_norm(attended, (16,), second, 1e-5))
    torch.testing.assert_close(block(x, rope)[0], expected)


def test_a_block_whose_branches_are_silent_changes_nothing() -> None:
    """Pre-LN: x itself runs through untouched, unnormalized."""
    block, x = Block(TINY), torch.randn(2, 5, 16) * 10
    nn.init.zeros_(attention_of(block).o_proj.weight)
    nn.init.zeros_(feed_forward_of(block).down_proj.weight)
    assert torch.equal(block(x, None)[0], x)


def test_the_last_hidden_state_is_normalized() -> None:
    hidden, _ = MiniMind(TINY).model(some_ids(TINY))
    torch.testing.assert_close(hidden.pow(2).mean(-1), torch.ones(2, 10), rtol=1e-2, atol=0)


def test_attention_weights_of_each_layer_are_those_that_the_model_uses(config: ModelConfig, model: MiniMind) -> None:
    """What goes into each layer is caught on its way, and its attention worked out from that."""
    ids, caught = some_ids(config), []
    for layer in model.model.layers:
        attention_of(layer).register_forward_hook(
            lambda module, given, _: caught.append(module.steps(*given[:2]).weights)
        )
    model(ids)
    expected = list(caught)
    weights = model.attention_weights(ids)
    assert len(weights) == len(expected) == config.num_layers
    for of_layer, from_hook in zip(weights, expected, strict=True):
        assert of_layer.shape == (2, config.num_heads, 10, 10)
        torch.testing.assert_close(of_layer, from_hook)
        torch.testing.assert_close(of_layer.sum(-1), torch.ones(2, config.num_heads, 10))
        assert (of_layer.triu(1) == 0).all()
    assert not torch.allclose(weights[0], weights[1], rtol=0, atol=1e-6)


@pytest.mark.parametrize("position", ["rope", "learned", "sinusoidal", "alibi", "none"])
def test_only_without_positions_is_the_order_of_earlier_tokens_lost(position: Position) -> None:
    """One layer: the last token sees the others as a set."""
    torch.manual_seed(0)
    model = MiniMind(replace(TINY, num_layers=1, position=position)).eval()
    with torch.no_grad():
        model.model.embed_tokens.weight.mul_(10)
    here, turned = torch.tensor([[1, 2, 3, 4, 5]]), torch.tensor([[4, 3, 2, 1, 5]])
    alike = torch.allclose(model(here).logits[:, -1], model(turned).logits[:, -1], atol=1e-5)
    assert alike is (position == "none")


def test_sinusoidal_positions_by_hand() -> None:
    """Four numbers: sine and cosine of m, then of m / 100."""
    expected = [[math.sin(m), math.cos(m), math.sin(m / 100), math.cos(m / 100)] for m in range(3)]
    torch.testing.assert_close(sinusoidal_positions(3, 4), torch.tensor(expected))


def test_positions_are_added_to_the_token_vectors() -> None:
    """Learned ones as they are; sines and cosines to vectors brought to their scale by sqrt(C)."""
    ids = torch.tensor([[5, 6, 7]])
    learned = MiniMind(replace(TINY, position="learned")).model
    expected = learned.embed_tokens.weight[5:8] + learned.embed_positions.weight[2:5]
    torch.testing.assert_close(learned.embed(ids, start=2)[0], expected)
    sinusoidal = MiniMind(replace(TINY, position="sinusoidal")).model
    expected = sinusoidal.embed_tokens.weight[5:8] * 4 + sinusoidal_positions(5, 16)[2:]
    torch.testing.assert_close(sinusoidal.embed(ids, start=2)[0], expected)
    for position in ("rope", "none"):
        model = MiniMind(replace(TINY, position=position)).model
        assert torch.equal(model.embed(ids, start=2)[0], model.embed_tokens.weight[5:8])


def test_theta_and_scaling_of_the_configuration_reach_the_model() -> None:
    scaling = YaRN(factor=4.0, original_length=1000)
    model = MiniMind(replace(TINY, head_dim=16, rope_theta=500.0, rope_scaling=scaling)).model
    rope, expected = model.rope(3, 9), rope_frequencies(16, 9, 500.0, scaling)
    assert rope is not None
    for used, table in zip(rope, expected, strict=True):
        torch.testing.assert_close(used, table[3:])
    assert MiniMind(replace(TINY, position="none")).model.rope(0, 4) is None


def test_learned_positions_are_parameters_and_the_others_are_not() -> None:
    for position in ("rope", "learned", "sinusoidal", "alibi", "none"):
        names = set(MiniMind(replace(TINY, position=position)).state_dict())
        assert ("model.embed_positions.weight" in names) is (position == "learned")
        assert not any("freqs" in name or "model.positions" in name for name in names)


def test_dropout_is_for_training_alone() -> None:
    model, ids = MiniMind(replace(TINY, dropout=0.5)), some_ids(TINY)
    assert not torch.equal(model(ids).logits, model(ids).logits)
    model.eval()
    assert torch.equal(model(ids).logits, model(ids).logits)


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        ({"hidden_size": 100, "num_heads": 8}, "change one of them, or give head_dim"),
        ({"num_heads": 8, "num_kv_heads": 3}, "num_kv_heads 3: each KV head must serve the same number"),
        ({"head_dim": 7}, "holds 7: make it even"),
        ({"position": "spiral"}, "'spiral' must be one of rope, learned, sinusoidal, alibi, none"),
        ({"norm": "batch"}, "'batch' must be one of rmsnorm, layernorm, none"),
    ],
)
def test_a_bad_configuration_is_told_what_to_change(bad: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        ModelConfig(**bad)


def test_the_advice_of_those_errors_helps() -> None:
    assert ModelConfig(hidden_size=100, num_heads=8, head_dim=16).head_size == 16
    assert ModelConfig(head_dim=7, position="none").head_size == 7


def test_more_positions_than_the_model_has_are_refused(config: ModelConfig, model: MiniMind) -> None:
    """Also where the cache holds the earlier ones."""
    full = model(some_ids(config, 1, config.max_position))
    with pytest.raises(ValueError, match=r"65 positions asked .* made for 64: shorten the text, or raise max_position"):
        model(some_ids(config, 1, 65))
    with pytest.raises(ValueError, match="65 positions"):
        model(some_ids(config, 1, 1), cache=full.cache)


def test_gpt2_begins_with_small_matrices_and_smaller_outputs() -> None:
    torch.manual_seed(0)
    config = replace(minimind2_small(), vocab_size=97, hidden_size=128, num_layers=8, initialization="gpt2")
    layer = dict(MiniMind(config).model.layers[0].named_parameters())
    for name in ("self_attn.q_proj.weight", "mlp.gate_proj.weight"):
        assert layer[name].std().item() == pytest.approx(0.02, rel=0.05)
    for name in ("self_attn.o_proj.weight", "mlp.down_proj.weight"):
        assert layer[name].std().item() == pytest.approx(0.02 / 4, rel=0.05)


def test_zero_outputs_begin_as_the_embedding_and_guess() -> None:
    torch.manual_seed(0)
    config = replace(minimind2_small(), vocab_size=97, hidden_size=64, num_layers=2, tied=False, zero_output=True)
    model, ids = MiniMind(config), torch.randint(97, (1, 8))
    hidden, _ = model.model(ids)
    assert torch.equal(hidden, model.model.norm(model.model.embed_tokens(ids)))
    assert model(ids, ids).loss.item() == pytest.approx(math.log(97), abs=1e-5)
