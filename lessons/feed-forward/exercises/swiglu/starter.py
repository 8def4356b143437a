"""SwiGLU: the FFN of MiniMind, Llama and Qwen."""

import torch
from torch import nn


class SwiGLU(nn.Module):
    """down_proj(silu(gate_proj(x)) * up_proj(x)), without biases."""

    def __init__(self, dim: int, hidden: int) -> None:
        super().__init__()
        # gate_proj: (hidden, dim), up_proj: (hidden, dim), down_proj: (dim, hidden)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x (..., dim) to (..., dim)."""
        return x
