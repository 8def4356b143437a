"""ALiBi: no position on the tokens; each score is lowered by the distance it reaches over.

Shapes: H heads, T new positions, S all positions so far.
"""

from __future__ import annotations

import torch
from torch import Tensor


def alibi_slopes(heads: int) -> Tensor:
    """How much each head loses a step of distance (Press et al. 2022, section 3). Shape (H,).

    For 8 heads 1/2, 1/4, ... 1/256: a geometric sequence that starts at 2^(-8/H), its own ratio too.
    """
    return 2.0 ** (-8.0 / heads * torch.arange(1, heads + 1))  # (H,)


def alibi_bias(heads: int, new: int, total: int, device: torch.device | None = None) -> Tensor:
    """What is added to the scores: -slope * distance. Shape (H, T, S), for the last T of S positions."""
    query = torch.arange(total - new, total, device=device).unsqueeze(1)  # (T, 1)
    key = torch.arange(total, device=device).unsqueeze(0)  # (1, S)
    distance = (query - key).abs()  # (T, S)
    return -alibi_slopes(heads).to(distance.device).view(heads, 1, 1) * distance  # (H, T, S)
