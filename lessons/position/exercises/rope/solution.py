"""RoPE in both layouts, and the way from one to the other.

Shapes: B batch, H heads, T positions, D numbers in a head, C hidden size.
"""

import torch
from torch import Tensor


def turn(first: Tensor, second: Tensor, cos: Tensor, sin: Tensor) -> tuple[Tensor, Tensor]:
    """Turn the arrows (first, second), each (B, H, T, D/2), counter-clockwise; computed in fp32."""
    first, second = first.float(), second.float()
    return first * cos - second * sin, first * sin + second * cos  # (B, H, T, D/2) each


def apply_rope_half(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Turn each pair (number i, number i + D/2) of x (B, H, T, D) by its angle; cos and sin are (T, D/2)."""
    first, second = x.chunk(2, dim=-1)  # (B, H, T, D/2) each
    return torch.cat(turn(first, second, cos, sin), dim=-1).to(x.dtype)  # (B, H, T, D)


def apply_rope_interleaved(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """The same for the pairs (number 2i, number 2i + 1): x (B, H, T, D), cos and sin (T, D/2)."""
    turned = turn(x[..., 0::2], x[..., 1::2], cos, sin)
    return torch.stack(turned, dim=-1).flatten(-2).to(x.dtype)  # (B, H, T, D/2, 2) to (B, H, T, D)


def half_to_interleaved(weight: Tensor, heads: int) -> Tensor:
    """Put the rows of a q or k projection (H*D, C) into the interleaved layout, head by head."""
    rows, C = weight.shape
    by_half = weight.view(heads, 2, rows // heads // 2, C)  # (H, half, pair, C)
    return by_half.transpose(1, 2).reshape(rows, C)  # (H, pair, half, C) to (H*D, C)
