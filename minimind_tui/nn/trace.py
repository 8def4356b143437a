"""One block, step by step: every tensor on the way from its input to its output, each with the code that makes it.

The modules of a model run their steps in one go; here the same parts are called one after the other, so that each
tensor can be looked at. A test holds the last one to what the block itself computes.

Shapes: B batch, T positions, C hidden size, H query heads, K key/value heads, D numbers in a head, M inner size of
the FFN, V vocabulary.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from minimind_tui.nn.alibi import alibi_bias
from minimind_tui.nn.attention import Attention, attention_steps, causal_mask, repeat_kv
from minimind_tui.nn.block import Block
from minimind_tui.nn.feedforward import FeedForward, SwiGLU
from minimind_tui.nn.model import MiniMind
from minimind_tui.nn.norm import LayerNorm
from minimind_tui.nn.rope import apply_rope

NN = "minimind_tui/nn/"
PROJECT = NN + "attention.py Attention.project"
STEPS = NN + "attention.py attention_steps"
FORWARD = NN + "attention.py Attention.forward"
SWIGLU = NN + "feedforward.py SwiGLU"
PLAIN = NN + "feedforward.py PlainFeedForward"


class Traced(NamedTuple):
    """A tensor on the way: its name, unique in a trace, its shape in letters, and the code that makes it.

    `code` is a file and a symbol in it.
    """

    name: str
    symbols: str
    tensor: Tensor
    code: str


@torch.no_grad()
def trace_block(block: Block, x: Tensor, rope: tuple[Tensor, Tensor] | None) -> list[Traced]:
    """Every tensor of `block` (in eval mode, without a cache) from x (B, T, C) to its output (B, T, C)."""
    if type(block) is not Block or not isinstance(block.self_attn, Attention):
        raise ValueError("only a block with attention, and with attention first, can be traced")
    traced = [Traced("x", "B T C", x, NN + "block.py Block.forward")]
    if block.pre:
        traced += _norm("norm_1", block.input_layernorm, x)
    traced += _attention(block.self_attn, traced[-1].tensor, rope)
    traced.append(_sum("residual_1", block, x, traced[-1].tensor))
    if not block.pre:
        traced += _norm("norm_1", block.input_layernorm, traced[-1].tensor)
    if block.mlp is None:
        return traced
    middle = traced[-1].tensor  # (B, T, C)
    if block.pre:
        traced += _norm("norm_2", block.post_attention_layernorm, middle)
    traced += _feed_forward(block.mlp, traced[-1].tensor)
    traced.append(_sum("residual_2", block, middle, traced[-1].tensor))
    if not block.pre:
        traced += _norm("norm_2", block.post_attention_layernorm, traced[-1].tensor)
    return traced


@torch.no_grad()
def trace_model(model: MiniMind, ids: Tensor) -> list[Traced]:
    """From ids (B, T) to the probabilities (B, T, V): the first block in full, a later one in one step."""
    decoder = model.model
    traced = [Traced("ids", "B T", ids, NN + "model.py MiniMind.forward")]
    x, rope = decoder.embed(ids), decoder.rope(0, ids.shape[1])  # (B, T, C), (T, D) each
    for index, block in enumerate(decoder.layers):
        if index == 0:
            steps = trace_block(block, x, rope)
            traced += [steps[0]._replace(code=NN + "model.py Decoder.embed"), *steps[1:]]
            x = steps[-1].tensor  # (B, T, C)
        else:
            x, _ = block(x, rope)  # (B, T, C)
            traced.append(Traced(f"block_{index + 1}", "B T C", x, NN + "block.py Block"))
    final = decoder.norm(x)  # (B, T, C)
    logits = model.lm_head(final)  # (B, T, V)
    probabilities = logits.softmax(dim=-1)  # (B, T, V)
    return [
        *traced,
        *_norm("final_norm", decoder.norm, x),
        Traced("logits", "B T V", logits, NN + "model.py MiniMind.forward"),
        Traced("probabilities", "B T V", probabilities, NN + "generate.py next_token_probabilities"),
    ]


def _norm(name: str, norm: nn.Module, x: Tensor) -> list[Traced]:
    """x (B, T, C) normalized; no step where the model has no norm."""
    if isinstance(norm, nn.Identity):
        return []
    code = "LayerNorm" if isinstance(norm, LayerNorm) else "RMSNorm"
    return [Traced(name, "B T C", norm(x), f"{NN}norm.py {code}")]


def _sum(name: str, block: Block, x: Tensor, branch: Tensor) -> Traced:
    """The residual connection: what went into the branch, plus the branch, each (B, T, C)."""
    total = x + branch if block.residual else branch  # (B, T, C)
    return Traced(name, "B T C", total, NN + "block.py Block.add")


def _attention(attention: Attention, x: Tensor, rope: tuple[Tensor, Tensor] | None) -> list[Traced]:
    """From x (B, T, C) to the attention's output (B, T, C)."""
    B, T, _ = x.shape
    D, H, K = attention.head_dim, attention.heads, attention.kv_heads
    q, k, v = attention.q_proj(x), attention.k_proj(x), attention.v_proj(x)  # (B, T, H*D), (B, T, K*D) twice
    query = q.view(B, T, H, D).transpose(1, 2)  # (B, H, T, D)
    key, value = (each.view(B, T, K, D).transpose(1, 2) for each in (k, v))  # (B, K, T, D)
    traced = [
        Traced("q_proj", "B T H·D", q, PROJECT),
        Traced("k_proj", "B T K·D", k, PROJECT),
        Traced("v_proj", "B T K·D", v, PROJECT),
        Traced("q", "B H T D", query, PROJECT),
        Traced("k", "B K T D", key, PROJECT),
        Traced("v", "B K T D", value, PROJECT),
    ]
    if not isinstance(attention.q_norm, nn.Identity):
        query, key = attention.q_norm(query), attention.k_norm(key)  # (B, H, T, D), (B, K, T, D)
        traced += [
            Traced("q_norm", "B H T D", query, NN + "norm.py RMSNorm"),
            Traced("k_norm", "B K T D", key, NN + "norm.py RMSNorm"),
        ]
    if rope is not None:
        query, key = apply_rope(query, *rope), apply_rope(key, *rope)  # (B, H, T, D), (B, K, T, D)
        traced += [
            Traced("q_rope", "B H T D", query, NN + "rope.py apply_rope"),
            Traced("k_rope", "B K T D", key, NN + "rope.py apply_rope"),
        ]
    if H != K:
        key, value = repeat_kv(key, H // K), repeat_kv(value, H // K)  # (B, H, T, D)
        traced += [
            Traced("k_repeated", "B H T D", key, NN + "attention.py repeat_kv"),
            Traced("v_repeated", "B H T D", value, NN + "attention.py repeat_kv"),
        ]
    return [*traced, *_weighted(attention, query, key, value)]


def _weighted(attention: Attention, query: Tensor, key: Tensor, value: Tensor) -> list[Traced]:
    """From queries, keys and values, each (B, H, T, D), to the attention's output."""
    B, H, T, D = query.shape
    mask = causal_mask(T, T, query.device) if attention.causal else None  # (T, T)
    bias = alibi_bias(H, T, T, query.device) if attention.alibi else None  # (H, T, T)
    steps = attention_steps(query, key, mask, bias, attention.scale)  # (B, H, T, T) each
    mixed = steps.weights @ value  # (B, H, T, D)
    joined = mixed.transpose(1, 2).reshape(B, T, H * D)  # (B, T, H*D)
    return [
        Traced("scores", "B H T T", steps.scores, STEPS),
        Traced("scaled", "B H T T", steps.scaled, STEPS),
        *([Traced("masked", "B H T T", steps.masked, NN + "attention.py causal_mask")] if attention.causal else []),
        Traced("weights", "B H T T", steps.weights, STEPS),
        Traced("mixed", "B H T D", mixed, FORWARD),
        Traced("joined", "B T H·D", joined, FORWARD),
        Traced("o_proj", "B T C", attention.o_proj(joined), FORWARD),
    ]


def _feed_forward(part: FeedForward, x: Tensor) -> list[Traced]:
    """From x (B, T, C) to the FFN's output (B, T, C)."""
    if isinstance(part, SwiGLU):
        gate, up = part.gate_proj(x), part.up_proj(x)  # (B, T, M)
        opened = F.silu(gate)  # (B, T, M)
        inner = opened * up  # (B, T, M)
        return [
            Traced("gate_proj", "B T M", gate, SWIGLU),
            Traced("silu", "B T M", opened, SWIGLU),
            Traced("up_proj", "B T M", up, SWIGLU),
            Traced("inner", "B T M", inner, SWIGLU),
            Traced("down_proj", "B T C", part.down_proj(inner), SWIGLU),
        ]
    up = part.up_proj(x)  # (B, T, M)
    inner = part.activation(up)  # (B, T, M)
    return [
        Traced("up_proj", "B T M", up, PLAIN),
        Traced("inner", "B T M", inner, PLAIN),
        Traced("down_proj", "B T C", part.down_proj(inner), PLAIN),
    ]
