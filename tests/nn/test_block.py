"""The block's variants: where the norm stands, and what is left when a part is taken out."""

from __future__ import annotations

from dataclasses import replace

import torch

from minimind_tui.nn.block import Block
from minimind_tui.nn.config import ModelConfig

CONFIG = ModelConfig(vocab_size=20, hidden_size=16, num_layers=1, num_heads=4, num_kv_heads=4, position="none")


def block(**changes: object) -> Block:
    torch.manual_seed(0)
    return Block(replace(CONFIG, **changes))  # type: ignore[arg-type]


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
    scaled = block().self_attn.steps(x())
    unscaled = block(scale_scores=False).self_attn.steps(x())
    torch.testing.assert_close(unscaled.scaled, scaled.scaled * 2)  # head size 4
