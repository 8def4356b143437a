"""The trace computes what the modules compute: each tensor against the parts' own code, the last against the block."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from minimind_tui.content.course import load_course
from minimind_tui.content.lesson import symbol_source
from minimind_tui.content.roots import bundled_root
from minimind_tui.nn.attention import Attention, repeat_kv
from minimind_tui.nn.block import Block
from minimind_tui.nn.config import ModelConfig
from minimind_tui.nn.model import MiniMind
from minimind_tui.nn.rope import rope_frequencies
from minimind_tui.nn.trace import trace_block, trace_model
from tests.nn.conftest import SMALL_2, SMALL_3

VARIANTS = {
    "minimind2": SMALL_2,
    "minimind3": SMALL_3,
    "plain heads": replace(SMALL_2, num_kv_heads=8),
    "post-LN": replace(SMALL_2, norm_place="post", norm="layernorm"),
    "no residual, no mask": replace(SMALL_2, residual=False, causal=False),
    "alibi, unscaled": replace(SMALL_2, position="alibi", scale_scores=False),
    "no norm, ReLU": replace(SMALL_2, norm="none", ffn="relu"),
    "attention alone": replace(SMALL_2, ffn="none", position="none"),
}
T = 7


def made(config: ModelConfig) -> tuple[Block, torch.Tensor, tuple[torch.Tensor, torch.Tensor] | None]:
    torch.manual_seed(0)
    block = Block(config).eval()
    rope = rope_frequencies(config.head_size, T, config.rope_theta) if config.position == "rope" else None
    return block, torch.randn(2, T, config.hidden_size), rope


@pytest.mark.parametrize("config", VARIANTS.values(), ids=VARIANTS)
def test_the_last_tensor_is_the_blocks_output(config: ModelConfig) -> None:
    block, x, rope = made(config)
    traced = trace_block(block, x, rope)
    torch.testing.assert_close(traced[-1].tensor, block(x, rope)[0])
    assert len({step.name for step in traced}) == len(traced)


@pytest.mark.parametrize("config", VARIANTS.values(), ids=VARIANTS)
def test_the_letters_are_the_shapes(config: ModelConfig) -> None:
    block, x, rope = made(config)
    letters = {"B": 2, "T": T, "C": config.hidden_size, "H": config.num_heads, "K": config.num_kv_heads}
    letters |= {"D": config.head_size, "M": config.ffn_size}
    for step in trace_block(block, x, rope):
        shape = [letters[part[0]] * (letters[part[2]] if "·" in part else 1) for part in step.symbols.split()]
        assert list(step.tensor.shape) == shape, step.name


@pytest.mark.parametrize("config", [SMALL_2, SMALL_3], ids=["minimind2", "minimind3"])
def test_each_tensor_is_what_the_parts_own_code_computes(config: ModelConfig) -> None:
    block, x, rope = made(config)
    steps = {step.name: step.tensor for step in trace_block(block, x, rope)}
    attention = block.self_attn
    assert isinstance(attention, Attention)
    normed = block.input_layernorm(x)
    query, key, value = attention.project(normed, rope)
    group = config.num_heads // config.num_kv_heads
    expected = {"norm_1": normed, "q_rope": query, "k_rope": key, "v": value}
    expected |= {"k_repeated": repeat_kv(key, group), "v_repeated": repeat_kv(value, group)}
    expected |= dict(zip(("scores", "scaled", "masked", "weights"), attention.steps(normed, rope), strict=True))
    expected["o_proj"] = attention(normed, rope)[0]
    middle = expected["residual_1"] = x + expected["o_proj"]
    expected["norm_2"] = block.post_attention_layernorm(middle)
    assert block.mlp is not None
    expected["down_proj"] = block.mlp(expected["norm_2"])
    torch.testing.assert_close({name: steps[name] for name in expected}, expected)
    assert ("q_norm" in steps) is config.qk_norm


@pytest.mark.parametrize("config", [SMALL_2, SMALL_3], ids=["minimind2", "minimind3"])
def test_the_model_ends_at_its_own_probabilities(config: ModelConfig) -> None:
    torch.manual_seed(0)
    model = MiniMind(config).eval()
    ids = torch.randint(0, config.vocab_size, (1, T))
    steps = {step.name: step.tensor for step in trace_model(model, ids)}
    torch.testing.assert_close(steps["logits"], model(ids).logits)
    torch.testing.assert_close(steps["probabilities"].sum(-1), torch.ones(1, T))
    assert "block_2" in steps


@pytest.mark.parametrize("config", VARIANTS.values(), ids=VARIANTS)
def test_the_code_of_each_step_exists(config: ModelConfig) -> None:
    course = load_course(bundled_root())
    model = MiniMind(config).eval()
    for step in trace_model(model, torch.zeros(1, T, dtype=torch.long)):
        file, _, symbol = step.code.partition(" ")
        assert symbol_source(course.quoted_file(file), symbol), step


def test_a_model_without_norms_has_no_step_for_them() -> None:
    block, x, rope = made(VARIANTS["no norm, ReLU"])
    names = [step.name for step in trace_block(block, x, rope)]
    assert not [name for name in names if "norm" in name]
    assert names[-1] == "residual_2"
