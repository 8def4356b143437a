"""SwiGLU: the FFN of MiniMind, Llama and Qwen."""

import torch
import torch.nn.functional as F
from torch import nn


class SwiGLU(nn.Module):
    """down_proj(silu(gate_proj(x)) * up_proj(x)), without biases."""

    def __init__(self, dim: int, hidden: int) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(dim, hidden, bias=False)
        self.up_proj = nn.Linear(dim, hidden, bias=False)
        self.down_proj = nn.Linear(hidden, dim, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x (..., dim) to (..., dim)."""
        gate = F.silu(self.gate_proj(x))  # (..., hidden) how much passes
        return self.down_proj(gate * self.up_proj(x))  # (..., dim)
