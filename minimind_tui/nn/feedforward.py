"""The FFN: what each position does on its own.

Shapes: C hidden size, M inner size; (..., C) to (..., C).
"""

from __future__ import annotations

from collections.abc import Callable

import torch.nn.functional as F
from torch import Tensor, nn

from minimind_tui.nn.config import ModelConfig

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {"gelu": F.gelu, "relu": F.relu, "linear": lambda x: x}


class SwiGLU(nn.Module):
    """down(silu(gate(x)) * up(x)) (Shazeer 2020, equation 6)."""

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


class PlainFeedForward(nn.Module):
    """down(activation(up(x))) (Vaswani et al. 2017, section 3.3, without biases).

    With the activation `linear` two matrices in a row are one matrix, of rank C at most: the part that can only mix.
    """

    def __init__(self, hidden_size: int, inner_size: int, activation: str) -> None:
        super().__init__()
        self.up_proj = nn.Linear(hidden_size, inner_size, bias=False)
        self.down_proj = nn.Linear(inner_size, hidden_size, bias=False)
        self.activation = ACTIVATIONS[activation]

    def forward(self, x: Tensor) -> Tensor:
        """Each inner number is a question asked of x; the activation decides which answers count."""
        inner = self.activation(self.up_proj(x))  # (..., M)
        out: Tensor = self.down_proj(inner)  # (..., C)
        return out


FeedForward = SwiGLU | PlainFeedForward


def make_feed_forward(config: ModelConfig) -> FeedForward | None:
    """The FFN that `config` asks for; None for a block that has attention alone."""
    if config.ffn == "none":
        return None
    if config.ffn == "swiglu":
        return SwiGLU(config.hidden_size, config.ffn_size)
    return PlainFeedForward(config.hidden_size, config.ffn_size, config.ffn)
