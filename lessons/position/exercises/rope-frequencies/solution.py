"""RoPE's table of angles: how fast each pair turns, and where it stands at each position.

Shapes: D numbers in a head, N positions.
"""

import torch
from torch import Tensor


def pair_frequencies(head_dim: int, theta: float) -> Tensor:
    """The angle, in radians, by which one step turns each pair, the fastest first: (D/2,), fp32."""
    exponent = torch.arange(0, head_dim, 2).float() / head_dim  # (D/2,) = 2i/D
    return theta**-exponent  # (D/2,)


def ntk_theta(theta: float, factor: float, head_dim: int) -> float:
    """The theta with which the slowest pair turns `factor` times slower, and the fastest as before."""
    return theta * factor ** (head_dim / (head_dim - 2))


def rope_table(head_dim: int, start: int, end: int, theta: float) -> tuple[Tensor, Tensor]:
    """Cosines and sines at the positions start, ..., end - 1, each (end - start, D/2)."""
    position = torch.arange(start, end).float()  # (N,)
    angle = torch.outer(position, pair_frequencies(head_dim, theta))  # (N, D/2)
    return angle.cos(), angle.sin()
