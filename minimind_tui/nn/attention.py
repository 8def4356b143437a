"""Causal self-attention with grouped KV heads.

Shapes: B batch, T new positions, S all positions so far (S = T without a cache), C hidden size, H query
heads, K key/value heads, D numbers in a head.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from minimind_tui.nn.alibi import alibi_bias
from minimind_tui.nn.config import ModelConfig
from minimind_tui.nn.norm import RMSNorm
from minimind_tui.nn.rope import apply_rope


class Cache(NamedTuple):
    """Keys and values of the positions already seen, each (B, K, S, D)."""

    keys: Tensor
    values: Tensor


class Steps(NamedTuple):
    """Every tensor on the way from queries and keys to weights, each (B, H, T, S)."""

    scores: Tensor
    scaled: Tensor
    masked: Tensor
    weights: Tensor


def causal_mask(new: int, total: int, device: torch.device | None = None) -> Tensor:
    """True where a query may look: position T - new + i at all positions up to itself. Shape (new, total)."""
    return torch.ones(new, total, dtype=torch.bool, device=device).tril(diagonal=total - new)


def attention_steps(
    query: Tensor, key: Tensor, mask: Tensor | None, bias: Tensor | None = None, scale: float | None = None
) -> Steps:
    """softmax(q k^T / sqrt(D) + bias + mask), step by step (Vaswani et al. 2017, equation 1).

    query is (B, H, T, D), key (B, H, S, D), mask (T, S) or None, bias (H, T, S) or None; `scale` takes the
    place of 1 / sqrt(D).
    """
    scores = query @ key.transpose(-2, -1)  # (B, H, T, S)
    scaled = scores * (scale or 1 / math.sqrt(query.shape[-1]))  # (B, H, T, S) standard deviation 1, not sqrt(D)
    if bias is not None:
        scaled = scaled + bias  # (B, H, T, S)
    masked = scaled if mask is None else scaled.masked_fill(~mask, -torch.inf)  # (B, H, T, S)
    return Steps(scores, scaled, masked, masked.softmax(dim=-1))  # each row of the weights sums to 1


def repeat_kv(x: Tensor, times: int) -> Tensor:
    """Give each of `times` query heads its shared key or value head: (B, K, S, D) to (B, K*times, S, D)."""
    return x if times == 1 else x.repeat_interleave(times, dim=1)


def attend(query: Tensor, key: Tensor, value: Tensor, **options: Any) -> Tensor:
    """PyTorch's fused attention, the same function as `attention_steps`' weights times the values.

    query is (B, H, T, D), key and value (B, H, S, D); returns (B, H, T, D). On a CPU it is computed in float32 under
    autocast too: PyTorch's kernel for bfloat16 takes about three times as long there.
    """
    if query.device.type != "cpu":
        return F.scaled_dot_product_attention(query, key, value, **options)
    wide = torch.promote_types(query.dtype, torch.float32)
    with torch.autocast("cpu", enabled=False):
        out = F.scaled_dot_product_attention(query.to(wide), key.to(wide), value.to(wide), **options)  # (B, H, T, D)
    return out.to(value.dtype)


class Attention(nn.Module):
    """Each position asks (query), each earlier one answers (key) and gives (value).

    With num_kv_heads < num_heads, groups of query heads share keys and values (Ainslie et al. 2023, GQA).
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.heads, self.kv_heads, self.head_dim = config.num_heads, config.num_kv_heads, config.head_size
        self.causal, self.dropout = config.causal, config.dropout
        self.alibi = config.position == "alibi"
        self.scale = 1 / math.sqrt(config.head_size) if config.scale_scores else 1.0
        C, D = config.hidden_size, config.head_size
        self.q_proj = nn.Linear(C, self.heads * D, bias=False)
        self.k_proj = nn.Linear(C, self.kv_heads * D, bias=False)
        self.v_proj = nn.Linear(C, self.kv_heads * D, bias=False)
        self.o_proj = nn.Linear(self.heads * D, C, bias=False)
        if config.qk_norm:
            self.q_norm: nn.Module = RMSNorm(D, config.rms_eps)
            self.k_norm: nn.Module = RMSNorm(D, config.rms_eps)
        else:
            self.q_norm = self.k_norm = nn.Identity()

    def project(self, x: Tensor, rope: tuple[Tensor, Tensor] | None) -> tuple[Tensor, Tensor, Tensor]:
        """Queries (B, H, T, D), keys and values (B, K, T, D) of x (B, T, C)."""
        B, T, _ = x.shape
        query = self.q_proj(x).view(B, T, self.heads, self.head_dim).transpose(1, 2)  # (B, H, T, D)
        key = self.k_proj(x).view(B, T, self.kv_heads, self.head_dim).transpose(1, 2)  # (B, K, T, D)
        value = self.v_proj(x).view(B, T, self.kv_heads, self.head_dim).transpose(1, 2)  # (B, K, T, D)
        query, key = self.q_norm(query), self.k_norm(key)
        if rope is not None:
            query, key = apply_rope(query, *rope), apply_rope(key, *rope)
        return query, key, value

    def forward(
        self, x: Tensor, rope: tuple[Tensor, Tensor] | None = None, cache: Cache | None = None
    ) -> tuple[Tensor, Cache]:
        """x (B, T, C) to the output (B, T, C) and the cache with the T new positions in it."""
        B, T, _ = x.shape
        query, key, value = self.project(x, rope)
        if cache is not None:
            key = torch.cat((cache.keys, key), dim=2)  # (B, K, S, D)
            value = torch.cat((cache.values, value), dim=2)  # (B, K, S, D)
        S, group = key.shape[2], self.heads // self.kv_heads
        square = T == S and not self.alibi  # the mask that PyTorch can make itself
        out = attend(
            query,
            repeat_kv(key, group),
            repeat_kv(value, group),
            attn_mask=None if square else self.added_to_scores(T, S, x.device),
            is_causal=self.causal and square and T > 1,
            dropout_p=self.dropout if self.training else 0.0,
            scale=self.scale,
        )  # (B, H, T, D)
        out = out.transpose(1, 2).reshape(B, T, self.heads * self.head_dim)  # (B, T, H*D)
        return self.o_proj(out), Cache(key, value)  # (B, T, C)

    def added_to_scores(self, T: int, S: int, device: torch.device) -> Tensor | None:
        """What stands in the scores before the softmax: ALiBi's bias (H, T, S), -inf or False where none may look."""
        mask = causal_mask(T, S, device) if self.causal and T > 1 else None  # (T, S)
        if not self.alibi:
            return mask
        bias = alibi_bias(self.heads, T, S, device)  # (H, T, S)
        return bias if mask is None else bias.masked_fill(~mask, -torch.inf)  # (H, T, S)

    def steps(self, x: Tensor, rope: tuple[Tensor, Tensor] | None = None) -> Steps:
        """The same attention written out, for looking: scores, scaled, masked, weights of x (B, T, C)."""
        query, key, _ = self.project(x, rope)
        T = x.shape[1]
        mask = causal_mask(T, T, x.device) if self.causal else None
        bias = alibi_bias(self.heads, T, T, x.device) if self.alibi else None
        return attention_steps(query, repeat_kv(key, self.heads // self.kv_heads), mask, bias, self.scale)


class NoAttention(nn.Module):
    """Stands where attention stood and adds nothing: no position sees another."""

    def forward(
        self, x: Tensor, rope: tuple[Tensor, Tensor] | None = None, cache: Cache | None = None
    ) -> tuple[Tensor, Cache]:
        """Zeros in the shape of x (B, T, C), and a cache that only counts the positions: (B, 0, S, 0)."""
        B, T, _ = x.shape
        S = T + (cache.keys.shape[2] if cache is not None else 0)
        counted = x.new_empty(B, 0, S, 0)  # (B, 0, S, 0)
        return torch.zeros_like(x), Cache(counted, counted)


def make_attention(config: ModelConfig) -> Attention | NoAttention:
    """The attention that `config` asks for."""
    return Attention(config) if config.attention else NoAttention()
