"""One block: attend, then think, each as a branch that is added to what went into it.

Shapes: B batch, T positions, C hidden size.
"""

from __future__ import annotations

from torch import Tensor, nn

from minimind_tui.nn.attention import Attention, Cache
from minimind_tui.nn.config import ModelConfig
from minimind_tui.nn.feedforward import make_feed_forward
from minimind_tui.nn.norm import make_norm


class Block(nn.Module):
    """x + attention(norm(x)), then x + ffn(norm(x)) (Pre-LN: Xiong et al. 2020, figure 1b).

    The norm stands inside the branch, so that x itself runs through all blocks untouched. With
    `norm_place="post"` it stands behind the sum, as in Vaswani et al. 2017: norm(x + attention(x)).
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.pre, self.residual = config.norm_place == "pre", config.residual
        self.input_layernorm = make_norm(config.norm, config.hidden_size, config.rms_eps)
        self.self_attn = Attention(config)
        self.mlp = make_feed_forward(config)
        if self.mlp is not None:
            self.post_attention_layernorm = make_norm(config.norm, config.hidden_size, config.rms_eps)
        self.dropout = nn.Dropout(config.dropout)

    def forward(
        self, x: Tensor, rope: tuple[Tensor, Tensor] | None, cache: Cache | None = None
    ) -> tuple[Tensor, Cache]:
        """x (B, T, C) to (B, T, C), and the cache for the next position."""
        attended, cache = self.self_attn(self.input_layernorm(x) if self.pre else x, rope, cache)  # (B, T, C)
        x = self.add(x, attended, self.input_layernorm)  # (B, T, C)
        if self.mlp is not None:
            thought = self.mlp(self.post_attention_layernorm(x) if self.pre else x)  # (B, T, C)
            x = self.add(x, thought, self.post_attention_layernorm)  # (B, T, C)
        return x, cache

    def add(self, x: Tensor, branch: Tensor, norm: nn.Module) -> Tensor:
        """The residual connection: x + branch, each (B, T, C); under Post-LN normalized here."""
        total: Tensor = self.dropout(branch)
        if self.residual:
            total = x + total
        return total if self.pre else norm(total)
