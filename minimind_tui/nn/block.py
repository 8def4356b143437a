"""The Pre-LN block: normalize, attend, add; normalize, think, add."""

from __future__ import annotations

from torch import Tensor, nn

from minimind_tui.nn.attention import Attention, Cache
from minimind_tui.nn.config import ModelConfig
from minimind_tui.nn.feedforward import SwiGLU
from minimind_tui.nn.norm import RMSNorm


class Block(nn.Module):
    """x + attention(norm(x)), then x + ffn(norm(x)) (Pre-LN: Xiong et al. 2020, figure 1b).

    The norm stands inside the branch, so that x itself runs through all blocks untouched.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.input_layernorm = RMSNorm(config.hidden_size, config.rms_eps)
        self.self_attn = Attention(config)
        self.post_attention_layernorm = RMSNorm(config.hidden_size, config.rms_eps)
        self.mlp = SwiGLU(config.hidden_size, config.ffn_size)
        self.dropout = nn.Dropout(config.dropout)

    def forward(
        self, x: Tensor, rope: tuple[Tensor, Tensor] | None, cache: Cache | None = None
    ) -> tuple[Tensor, Cache]:
        """x (B, T, C) to (B, T, C), and the cache for the next position."""
        attended, cache = self.self_attn(self.input_layernorm(x), rope, cache)  # (B, T, C)
        x = x + self.dropout(attended)  # (B, T, C)
        return x + self.dropout(self.mlp(self.post_attention_layernorm(x))), cache  # (B, T, C)
