"""Causal attention with several heads and fewer KV heads.

Shapes: B batch, T positions, C hidden size, H query heads, K KV heads, D numbers in a head.
"""

import math

import torch
from torch import Tensor


def gqa(x: Tensor, wq: Tensor, wk: Tensor, wv: Tensor, wo: Tensor, heads: int, kv_heads: int) -> Tensor:
    """x (B, T, C); wq (H*D, C), wk and wv (K*D, C), wo (C, H*D), laid out as in nn.Linear: to (B, T, C)."""
    B, T, _ = x.shape
    D = wq.shape[0] // heads
    q = (x @ wq.T).view(B, T, heads, D).transpose(1, 2)  # (B, H, T, D)
    k = (x @ wk.T).view(B, T, kv_heads, D).transpose(1, 2)  # (B, K, T, D)
    v = (x @ wv.T).view(B, T, kv_heads, D).transpose(1, 2)  # (B, K, T, D)
    k, v = (t.repeat_interleave(heads // kv_heads, dim=1) for t in (k, v))  # (B, H, T, D) neighbours share
    scores = q @ k.transpose(-2, -1) / math.sqrt(D)  # (B, H, T, T)
    mask = torch.ones(T, T, dtype=torch.bool, device=x.device).tril()  # itself and what is before it
    weights = scores.masked_fill(~mask, -torch.inf).softmax(dim=-1)  # (B, H, T, T)
    out = (weights @ v).transpose(1, 2).reshape(B, T, heads * D)  # (B, T, H*D) the heads side by side
    return out @ wo.T  # (B, T, C)
