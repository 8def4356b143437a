"""A whole Pre-LN block: causal attention, then SwiGLU, each as a branch beside x.

Shapes: B batch, T positions, C = dim numbers in a position, H heads, D = C / H numbers in a head, M = hidden.
"""

import torch
from torch import Tensor, nn


class Attention(nn.Module):
    """Causal attention with H heads, without biases: q_proj, k_proj, v_proj, o_proj, each (C, C)."""

    def __init__(self, dim: int, heads: int) -> None:
        super().__init__()

    def forward(self, x: Tensor) -> Tensor:
        """x (B, T, C) to (B, T, C)."""
        return x


class SwiGLU(nn.Module):
    """Without biases: gate_proj and up_proj (M, C), down_proj (C, M)."""

    def __init__(self, dim: int, hidden: int) -> None:
        super().__init__()

    def forward(self, x: Tensor) -> Tensor:
        """x (..., C) to (..., C)."""
        return x


class Block(nn.Module):
    """input_layernorm, self_attn, post_attention_layernorm, mlp."""

    def __init__(self, dim: int, heads: int, hidden: int) -> None:
        super().__init__()

    def forward(self, x: Tensor) -> Tensor:
        """x (B, T, C) to (B, T, C)."""
        return torch.zeros_like(x)
