"""RMSNorm: divide each vector by its root mean square, then scale each number."""

import torch
from torch import Tensor, nn


class RMSNorm(nn.Module):
    """y = x / sqrt(mean(x^2) + eps) * weight, over the last dimension."""

    def __init__(self, dim: int, eps: float = 1e-5) -> None:
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))  # (dim,)

    def forward(self, x: Tensor) -> Tensor:
        """x (..., dim) to (..., dim), in the dtype of x."""
        wide = x.float()  # (..., dim) float32: in float16 the square of 256 overflows
        mean_square = wide.pow(2).mean(dim=-1, keepdim=True)  # (..., 1)
        normalized = wide * torch.rsqrt(mean_square + self.eps)  # (..., dim)
        return (self.weight * normalized).to(x.dtype)  # (..., dim)
