"""Rotary position embedding: the position of a token turns its query and key.

Shapes: B batch, H heads, T positions, D numbers in a head. Number i of a head is paired with number
i + D/2 ("rotate half", the layout of MiniMind and of the Llama and Qwen checkpoints in transformers).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from minimind_tui.nn.config import NTK, YaRN


def pair_frequencies(head_dim: int, theta: float, scaling: YaRN | NTK | None = None) -> Tensor:
    """The angle, in radians, by which one step turns each pair: theta^(-2i/D) (Su et al. 2021, section 3.2.2).

    Returns (D/2,), from the fastest pair to the slowest.
    """
    if isinstance(scaling, NTK):
        theta = theta * scaling.factor ** (head_dim / (head_dim - 2))
    exponent = torch.arange(0, head_dim, 2).float() / head_dim  # (D/2,) = 2i/D
    frequency = 1.0 / theta**exponent  # (D/2,) written as MiniMind does: theta**-exponent differs in the last bit
    return _yarn(frequency, head_dim, theta, scaling) if isinstance(scaling, YaRN) else frequency


def _yarn(frequency: Tensor, head_dim: int, theta: float, scaling: YaRN) -> Tensor:
    """Blend the slowed and the original frequencies, pair by pair (Peng et al. 2023, definition 2)."""

    def pair_that_turns(times: float) -> float:
        """The (fractional) pair that makes `times` turns within the original length."""
        return head_dim * math.log(scaling.original_length / (times * 2 * math.pi)) / (2 * math.log(theta))

    first = max(math.floor(pair_that_turns(scaling.beta_fast)), 0)
    last = min(math.ceil(pair_that_turns(scaling.beta_slow)), head_dim // 2 - 1)
    pair = torch.arange(head_dim // 2).float()  # (D/2,)
    slowed = ((pair - first) / max(last - first, 1e-3)).clamp(0, 1)  # (D/2,) 0 keeps, 1 slows
    return frequency * (1 - slowed + slowed / scaling.factor)  # (D/2,)


def attention_factor(scaling: YaRN | NTK | None) -> float:
    """YaRN's temperature on queries and keys: 0.1 ln(factor) + 1 (Peng et al. 2023, equation 22).

    MiniMind's own setting is 1, no temperature; `YaRN.attention_factor` says so.
    """
    if not isinstance(scaling, YaRN):
        return 1.0
    return scaling.attention_factor or 0.1 * math.log(scaling.factor) + 1.0


def rope_frequencies(
    head_dim: int, positions: int, theta: float = 1e6, scaling: YaRN | NTK | None = None
) -> tuple[Tensor, Tensor]:
    """Cosine and sine of every angle: two tensors of shape (positions, D)."""
    position = torch.arange(positions).float()  # (T,)
    angle = torch.outer(position, pair_frequencies(head_dim, theta, scaling))  # (T, D/2)
    angle = torch.cat((angle, angle), dim=-1)  # (T, D) both halves of a pair turn by the same angle
    factor = attention_factor(scaling)
    return angle.cos() * factor, angle.sin() * factor


def rotate_half(x: Tensor) -> Tensor:
    """A quarter turn, counter-clockwise, of every pair: (a, b) to (-b, a). Shape (..., D) to (..., D)."""
    first, second = x.chunk(2, dim=-1)  # (..., D/2) each
    return torch.cat((-second, first), dim=-1)  # (..., D)


def apply_rope(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Turn each vector by its position's angles (Su et al. 2021, equation 34).

    x is (B, H, T, D), cos and sin are (T, D). The dot product of a query turned by m and a key turned by n
    depends on the content and on m - n alone.
    """
    return x * cos + rotate_half(x) * sin  # (B, H, T, D)
