"""Scaled dot-product attention with a mask.

Shapes: B batch, H heads, T queries, S keys, D numbers in a head.
"""

import math

import torch
from torch import Tensor


def attention(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None) -> Tensor:
    """q (B, H, T, D), k and v (B, H, S, D), mask True where a query may look: to (B, H, T, D) in q's dtype."""
    scores = q.float() @ k.float().transpose(-2, -1) / math.sqrt(q.shape[-1])  # (B, H, T, S) in fp32
    if mask is None:
        return (scores.softmax(dim=-1) @ v.float()).to(q.dtype)  # (B, H, T, D)
    lowest = torch.finfo(scores.dtype).min  # finite, so that a row of nothing else is no 0 / 0
    weights = scores.masked_fill(~mask, lowest).softmax(dim=-1)  # (B, H, T, S)
    weights = weights.masked_fill(~mask, 0.0)  # a row without any True becomes all 0
    return (weights @ v.float()).to(q.dtype)  # (B, H, T, D)
