"""The feed-forward part: what each position does on its own."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn


class SwiGLU(nn.Module):
    """down(silu(gate(x)) * up(x)) (Shazeer 2020, equation 6).

    Shapes: C hidden size, M inner size; (..., C) to (..., C).
    """

    def __init__(self, hidden_size: int, inner_size: int) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(hidden_size, inner_size, bias=False)
        self.up_proj = nn.Linear(hidden_size, inner_size, bias=False)
        self.down_proj = nn.Linear(inner_size, hidden_size, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """One half of the inner numbers decides how much of the other half passes."""
        gate = F.silu(self.gate_proj(x))  # (..., M) silu(z) = z * sigmoid(z)
        out: Tensor = self.down_proj(gate * self.up_proj(x))  # (..., C)
        return out
