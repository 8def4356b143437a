"""Causal attention that keeps its keys and values.

Shapes: B batch, N new positions, S positions in all (the cache's and the new), C hidden size, H query heads,
K KV heads, D numbers in a head.
"""

import math

import torch
from torch import Tensor

Cache = tuple[Tensor, Tensor]


def step(
    x: Tensor, cache: Cache | None, wq: Tensor, wk: Tensor, wv: Tensor, wo: Tensor, heads: int, kv_heads: int
) -> tuple[Tensor, Cache]:
    """x (B, N, C), the new positions, and keys and values (B, K, S - N, D) of the old: to (B, N, C) and the cache."""
    B, N, _ = x.shape
    D = wq.shape[0] // heads
    q = (x @ wq.T).view(B, N, heads, D).transpose(1, 2)  # (B, H, N, D) of the new positions alone
    k = (x @ wk.T).view(B, N, kv_heads, D).transpose(1, 2)  # (B, K, N, D)
    v = (x @ wv.T).view(B, N, kv_heads, D).transpose(1, 2)  # (B, K, N, D)
    if cache is not None:
        k, v = torch.cat((cache[0], k), dim=2), torch.cat((cache[1], v), dim=2)  # (B, K, S, D)
    S = k.shape[2]
    every_k, every_v = (t.repeat_interleave(heads // kv_heads, dim=1) for t in (k, v))  # (B, H, S, D) not kept
    scores = q @ every_k.transpose(-2, -1) / math.sqrt(D)  # (B, H, N, S)
    mask = torch.ones(N, S, dtype=torch.bool, device=x.device).tril(diagonal=S - N)  # new i sees the old and up to i
    weights = scores.masked_fill(~mask, -torch.inf).softmax(dim=-1)  # (B, H, N, S)
    out = (weights @ every_v).transpose(1, 2).reshape(B, N, heads * D)  # (B, N, H*D)
    return out @ wo.T, (k, v)  # (B, N, C), and K heads, not H, in the cache
