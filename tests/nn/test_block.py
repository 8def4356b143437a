"""The block's variants: where the norm stands, and what is left when a part is taken out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch

from minimind_tui.nn.block import Block, make_block
from minimind_tui.nn.config import BlockOrder, ModelConfig
from minimind_tui.nn.generate import generate
from minimind_tui.nn.model import MiniMind
from minimind_tui.nn.trace import trace_block
from tests.nn.parts import attention_of

CONFIG = ModelConfig(vocab_size=20, hidden_size=16, num_layers=1, num_heads=4, num_kv_heads=4, position="none")


def block(**changes: Any) -> Block:
    torch.manual_seed(0)
    return make_block(replace(CONFIG, **changes))


def x() -> torch.Tensor:
    return torch.randn(2, 5, 16, generator=torch.Generator().manual_seed(1))


def test_pre_ln_adds_each_branch_to_what_went_in() -> None:
    module = block()
    attended, _ = module.self_attn(module.input_layernorm(x()))
    middle = x() + attended
    assert module.mlp is not None
    torch.testing.assert_close(module(x(), None)[0], middle + module.mlp(module.post_attention_layernorm(middle)))


def test_post_ln_normalizes_the_sums() -> None:
    module = block(norm_place="post", norm="layernorm")
    attended, _ = module.self_attn(x())
    middle = module.input_layernorm(x() + attended)
    assert module.mlp is not None
    out = module(x(), None)[0]
    torch.testing.assert_close(out, module.post_attention_layernorm(middle + module.mlp(middle)))
    torch.testing.assert_close(out.mean(-1), torch.zeros(2, 5), atol=1e-5, rtol=0)


def test_without_the_residual_only_the_branches_go_on() -> None:
    module = block(residual=False)
    middle, _ = module.self_attn(module.input_layernorm(x()))
    assert module.mlp is not None
    torch.testing.assert_close(module(x(), None)[0], module.mlp(module.post_attention_layernorm(middle)))


def test_without_a_feed_forward_part_attention_is_all() -> None:
    module = block(ffn="none")
    attended, _ = module.self_attn(module.input_layernorm(x()))
    torch.testing.assert_close(module(x(), None)[0], x() + attended)
    assert not any("mlp" in name or "post_attention" in name for name, _ in module.named_parameters())


def test_without_a_mask_every_position_sees_the_last_one() -> None:
    changed = x()
    changed[:, -1] += 1
    for causal in (True, False):
        module = block(causal=causal)
        same = torch.allclose(module(x(), None)[0][:, 0], module(changed, None)[0][:, 0])
        assert same is causal


def test_unscaled_scores_are_sharper_by_the_root_of_the_head_size() -> None:
    scaled = attention_of(block()).steps(x())
    unscaled = attention_of(block(scale_scores=False)).steps(x())
    torch.testing.assert_close(unscaled.scaled, scaled.scaled * 2)  # head size 4


def test_feed_forward_first_thinks_before_it_looks() -> None:
    module = block(block_order="ffn-first")
    assert module.mlp is not None
    middle = x() + module.mlp(module.post_attention_layernorm(x()))
    attended, _ = module.self_attn(module.input_layernorm(middle))
    torch.testing.assert_close(module(x(), None)[0], middle + attended)


def test_feed_forward_first_normalizes_its_sums_under_post_ln() -> None:
    module = block(block_order="ffn-first", norm_place="post")
    assert module.mlp is not None
    middle = module.post_attention_layernorm(x() + module.mlp(x()))
    attended, _ = module.self_attn(middle)
    torch.testing.assert_close(module(x(), None)[0], module.input_layernorm(middle + attended))


def test_parallel_parts_read_the_same_and_are_added_at_once() -> None:
    module = block(block_order="parallel")
    attended, _ = module.self_attn(module.input_layernorm(x()))
    assert module.mlp is not None
    thought = module.mlp(module.post_attention_layernorm(x()))
    torch.testing.assert_close(module(x(), None)[0], x() + attended + thought)


def test_every_order_has_the_same_parameters_by_the_same_names() -> None:
    weights = block().state_dict()
    for order in ("ffn-first", "parallel"):
        assert block(block_order=order).load_state_dict(weights)
        torch.testing.assert_close(block(block_order=order).state_dict(), weights)


@pytest.mark.parametrize(
    "changes",
    [
        {"block_order": "ffn-first"},
        {"block_order": "parallel"},
        {"attention": False},
        {"attention": False, "ffn": "none"},
    ],
)
def test_the_cache_changes_nothing(changes: dict[str, Any]) -> None:
    torch.manual_seed(0)
    model = MiniMind(replace(CONFIG, num_layers=2, position="rope", **changes))
    ids = torch.tensor([[1, 2, 3]])
    with_cache, without = (generate(model, ids, 6, temperature=0, use_cache=use) for use in (True, False))
    assert torch.equal(with_cache, without)


def test_without_attention_no_position_sees_another() -> None:
    module = block(attention=False)
    changed = x()
    changed[:, 0] += 1
    torch.testing.assert_close(module(x(), None)[0][:, 1:], module(changed, None)[0][:, 1:], rtol=0, atol=0)
    assert module.mlp is not None
    torch.testing.assert_close(module(x(), None)[0], x() + module.mlp(module.post_attention_layernorm(x())))


@pytest.mark.parametrize("order", ["attention-first", "ffn-first", "parallel"])
def test_attention_is_seen_as_it_is_in_every_order(order: BlockOrder) -> None:
    torch.manual_seed(0)
    model = MiniMind(replace(CONFIG, block_order=order, num_layers=2))
    read: list[torch.Tensor] = []
    for layer in model.model.layers:
        attention_of(layer).register_forward_pre_hook(lambda _, args: read.append(args[0]))
    ids = torch.tensor([[1, 2, 3]])
    model(ids)
    seen = [attention_of(layer).steps(it).weights for layer, it in zip(model.model.layers, read, strict=True)]
    torch.testing.assert_close(model.attention_weights(ids), seen)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"block_order": "ffn-first", "ffn": "none"}, "orders two parts"),
        ({"block_order": "parallel", "attention": False}, "orders two parts"),
        ({"block_order": "parallel", "norm_place": "post"}, "one sum"),
        ({"block_order": "sideways"}, "must be one of"),
    ],
)
def test_an_order_without_meaning_is_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        block(**changes)


def test_what_cannot_be_looked_at_is_refused() -> None:
    with pytest.raises(ValueError, match="attention first"):
        trace_block(block(block_order="parallel"), x(), None)
    with pytest.raises(ValueError, match="attention=False"):
        MiniMind(replace(CONFIG, attention=False)).attention_weights(torch.tensor([[1, 2]]))
