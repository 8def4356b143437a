"""RMSNorm: divide each vector by its root mean square."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class RMSNorm(nn.Module):
    """y = x / sqrt(mean(x^2) + eps) * weight (Zhang & Sennrich 2019, equation 4).

    LayerNorm also subtracts the mean and adds a bias; RMSNorm leaves both out. The mean of squares is taken
    in float32, because the square of a large float16 number overflows (65504 is the largest, 256^2 is above).

    Shape: (..., dim) to (..., dim).
    """

    def __init__(self, dim: int, eps: float = 1e-5) -> None:
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))  # (dim,)

    def forward(self, x: Tensor) -> Tensor:
        """Normalize the last dimension."""
        wide = x.float()  # (..., dim)
        mean_square = wide.pow(2).mean(dim=-1, keepdim=True)  # (..., 1)
        normalized = wide * torch.rsqrt(mean_square + self.eps)  # (..., dim)
        return (self.weight * normalized).to(x.dtype)  # (..., dim)
