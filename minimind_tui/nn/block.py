"""One block: attend, then think, each as a branch that is added to what went into it.

Shapes: B batch, T positions, C hidden size.
"""

from __future__ import annotations

from torch import Tensor, nn

from minimind_tui.nn.attention import Cache, make_attention
from minimind_tui.nn.config import ModelConfig
from minimind_tui.nn.feedforward import make_feed_forward
from minimind_tui.nn.norm import make_norm


class Block(nn.Module):
    """x + attention(norm(x)), then x + ffn(norm(x)) (Pre-LN: Xiong et al. 2020, figure 1b).

    The norm stands inside the branch, so that x itself runs through all blocks untouched. With
    `norm_place="post"` it stands after the sum, as in Vaswani et al. 2017: norm(x + attention(x)).
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.pre, self.residual = config.norm_place == "pre", config.residual
        self.input_layernorm = make_norm(config.norm, config.hidden_size, config.rms_eps)
        self.self_attn = make_attention(config)
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

    def attention_input(self, x: Tensor) -> Tensor:
        """What this block's attention reads when the block is given x, each (B, T, C)."""
        read: Tensor = self.input_layernorm(x) if self.pre else x  # (B, T, C)
        return read

    def add(self, x: Tensor, branch: Tensor, norm: nn.Module) -> Tensor:
        """The residual connection: x + branch, each (B, T, C); under Post-LN normalized here."""
        total: Tensor = self.dropout(branch)
        if self.residual:
            total = x + total
        return total if self.pre else norm(total)


class FeedForwardFirst(Block):
    """The other order: x + ffn(norm(x)), then x + attention(norm(x)), with the Block's parameters and their names."""

    def forward(
        self, x: Tensor, rope: tuple[Tensor, Tensor] | None, cache: Cache | None = None
    ) -> tuple[Tensor, Cache]:
        """x (B, T, C) to (B, T, C), and the cache for the next position."""
        x = self.think(x)  # (B, T, C)
        attended, cache = self.self_attn(self.input_layernorm(x) if self.pre else x, rope, cache)  # (B, T, C)
        return self.add(x, attended, self.input_layernorm), cache

    def think(self, x: Tensor) -> Tensor:
        """The FFN alone, as a branch: x (B, T, C) to (B, T, C)."""
        assert self.mlp is not None
        thought = self.mlp(self.post_attention_layernorm(x) if self.pre else x)  # (B, T, C)
        return self.add(x, thought, self.post_attention_layernorm)

    def attention_input(self, x: Tensor) -> Tensor:
        """Attention reads what the FFN has made of x, each (B, T, C)."""
        return super().attention_input(self.think(x))


class ParallelBlock(Block):
    """x + attention(norm(x)) + ffn(norm(x)): neither waits for the other (Chowdhery et al. 2022, PaLM, section 2).

    GPT-J and PaLM share one norm between the two; here each keeps its own, as in GPT-NeoX (Black et al. 2022, section
    2.1.2), so that all orders have the same parameters.
    """

    def forward(
        self, x: Tensor, rope: tuple[Tensor, Tensor] | None, cache: Cache | None = None
    ) -> tuple[Tensor, Cache]:
        """x (B, T, C) to (B, T, C), and the cache for the next position."""
        assert self.mlp is not None
        attended, cache = self.self_attn(self.input_layernorm(x), rope, cache)  # (B, T, C)
        thought = self.mlp(self.post_attention_layernorm(x))  # (B, T, C) of the same x
        return self.add(x, attended + thought, self.input_layernorm), cache


def make_block(config: ModelConfig) -> Block:
    """A block in the order that `config` asks for."""
    kinds = {"attention-first": Block, "ffn-first": FeedForwardFirst, "parallel": ParallelBlock}
    return kinds[config.block_order](config)
