"""The two norms of language models: LayerNorm, and RMSNorm, which leaves half of it out."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from minimind_tui.nn.config import Norm


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


class LayerNorm(nn.Module):
    """y = (x - mean(x)) / sqrt(var(x) + eps) * weight + bias (Ba et al. 2016, equation 4).

    The variance is the biased one: the mean of the squared distances from the mean.

    Shape: (..., dim) to (..., dim).
    """

    def __init__(self, dim: int, eps: float = 1e-5) -> None:
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))  # (dim,)
        self.bias = nn.Parameter(torch.zeros(dim))  # (dim,)

    def forward(self, x: Tensor) -> Tensor:
        """Normalize the last dimension."""
        wide = x.float()  # (..., dim)
        centred = wide - wide.mean(dim=-1, keepdim=True)  # (..., dim)
        variance = centred.pow(2).mean(dim=-1, keepdim=True)  # (..., 1)
        normalized = centred * torch.rsqrt(variance + self.eps)  # (..., dim)
        return (self.weight * normalized + self.bias).to(x.dtype)  # (..., dim)


def make_norm(kind: Norm, dim: int, eps: float = 1e-5) -> nn.Module:
    """The norm of that kind for vectors of `dim` numbers; `none` lets them pass."""
    if kind == "rmsnorm":
        return RMSNorm(dim, eps)
    return LayerNorm(dim, eps) if kind == "layernorm" else nn.Identity()
