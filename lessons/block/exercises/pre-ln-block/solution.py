"""A whole Pre-LN block: causal attention, then SwiGLU, each as a branch beside x.

Shapes: B batch, T positions, C = dim numbers in a position, H heads, D = C / H numbers in a head, M = hidden.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Attention(nn.Module):
    """Causal attention with H heads, without biases: q_proj, k_proj, v_proj, o_proj, each (C, C)."""

    def __init__(self, dim: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.q_proj, self.k_proj, self.v_proj, self.o_proj = (nn.Linear(dim, dim, bias=False) for _ in range(4))

    def forward(self, x: Tensor) -> Tensor:
        """x (B, T, C) to (B, T, C)."""
        B, T, C = x.shape
        projections = (self.q_proj, self.k_proj, self.v_proj)
        q, k, v = (p(x).view(B, T, self.heads, -1).transpose(1, 2) for p in projections)  # each (B, H, T, D)
        scores = q @ k.transpose(-2, -1) / math.sqrt(C // self.heads)  # (B, H, T, T)
        seen = torch.ones(T, T, dtype=torch.bool, device=x.device).tril()  # itself and what is before it
        weights = scores.masked_fill(~seen, -torch.inf).softmax(dim=-1)  # (B, H, T, T)
        return self.o_proj((weights @ v).transpose(1, 2).reshape(B, T, C))  # (B, T, C)


class SwiGLU(nn.Module):
    """Without biases: gate_proj and up_proj (M, C), down_proj (C, M)."""

    def __init__(self, dim: int, hidden: int) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(dim, hidden, bias=False)
        self.up_proj = nn.Linear(dim, hidden, bias=False)
        self.down_proj = nn.Linear(hidden, dim, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """x (..., C) to (..., C)."""
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Block(nn.Module):
    """input_layernorm, self_attn, post_attention_layernorm, mlp."""

    def __init__(self, dim: int, heads: int, hidden: int) -> None:
        super().__init__()
        self.input_layernorm = nn.RMSNorm(dim, eps=1e-5)
        self.self_attn = Attention(dim, heads)
        self.post_attention_layernorm = nn.RMSNorm(dim, eps=1e-5)
        self.mlp = SwiGLU(dim, hidden)

    def forward(self, x: Tensor) -> Tensor:
        """x (B, T, C) to (B, T, C)."""
        x = x + self.self_attn(self.input_layernorm(x))  # (B, T, C) x itself passes the norm by
        return x + self.mlp(self.post_attention_layernorm(x))  # (B, T, C)
