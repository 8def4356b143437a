"""The shape of a model: one dataclass, and the two published generations of MiniMind.

Most fields say how large a part is. The last ones say which part it is (`norm`, `ffn`, `position`), or leave one
out (`attention`, `causal`, `residual`): with them an experiment asks what a model is without it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal, get_args

Position = Literal["rope", "learned", "sinusoidal", "alibi", "none"]
Norm = Literal["rmsnorm", "layernorm", "none"]
NormPlace = Literal["pre", "post"]
FeedForwardKind = Literal["swiglu", "gelu", "relu", "linear", "none"]
BlockOrder = Literal["attention-first", "ffn-first", "parallel"]
Initialization = Literal["fan-in", "gpt2"]

Changes = dict[str, Any]
"""Fields of a ModelConfig by name, and what an experiment gives them in place of the others."""


@dataclass(frozen=True)
class YaRN:
    """How RoPE is stretched to a longer context (Peng et al. 2023, "YaRN", section 3.2 to 3.4).

    `factor` is the wanted length over the trained one. Pairs that turn more than `beta_fast` times within
    `original_length` keep their frequency, those that turn less than `beta_slow` times are slowed by
    `factor`, and the ones between are blended.
    """

    factor: float = 16.0
    original_length: int = 2048
    beta_fast: float = 32.0
    beta_slow: float = 1.0
    attention_factor: float | None = None
    """The scale of cosines and sines; None for the paper's rule. MiniMind sets 1."""


@dataclass(frozen=True)
class NTK:
    """How RoPE is stretched without any training: a larger theta ("NTK-aware" scaling; Peng et al. 2023, section 3.1).

    theta becomes theta * factor^(D / (D - 2)): the slowest pair turns `factor` times slower, the fastest as before.
    """

    factor: float = 8.0


@dataclass(frozen=True)
class ModelConfig:
    """Everything that fixes a model's parameters and its function. The defaults are MiniMind2-small's."""

    vocab_size: int = 6400
    hidden_size: int = 512
    num_layers: int = 8
    num_heads: int = 8
    num_kv_heads: int = 2
    head_dim: int | None = None
    intermediate_size: int | None = None
    max_position: int = 32768
    rope_theta: float = 1e6
    rope_scaling: YaRN | NTK | None = None
    rms_eps: float = 1e-5
    qk_norm: bool = False
    tied: bool = True
    dropout: float = 0.0
    position: Position = "rope"
    norm: Norm = "rmsnorm"
    norm_place: NormPlace = "pre"
    """`pre`: inside the branch, before attention and FFN. `post`: after the sum, as in the first Transformer."""
    ffn: FeedForwardKind = "swiglu"
    causal: bool = True
    """Whether a position is kept from looking at later ones."""
    scale_scores: bool = True
    """Whether scores are divided by the root of the head size."""
    residual: bool = True
    """Whether each branch is added to what went into it, or takes its place."""
    attention: bool = True
    """Whether positions see each other at all; without it a block is its FFN."""
    block_order: BlockOrder = "attention-first"
    """Which part of a block comes first, or whether both read the same numbers (`parallel`)."""
    initialization: Initialization = "fan-in"
    """How large a matrix begins: 1 / sqrt(inputs), or GPT-2's 0.02 whatever its size."""
    embedding_std: float = 0.02
    """How large the tokens' vectors begin. Tied they are the head as well, and must be small for small logits."""
    zero_output: bool = False
    """Whether the last matrix of each branch, and an untied head, begin at zero: a block that changes nothing yet."""

    def __post_init__(self) -> None:
        if min(self.num_heads, self.num_kv_heads, self.num_layers, self.hidden_size, self.vocab_size) < 1:
            raise ValueError("heads, KV heads, layers, hidden size and vocabulary must be at least 1")
        if self.head_dim is None and self.hidden_size % self.num_heads:
            raise ValueError(
                f"hidden_size {self.hidden_size} is not a multiple of num_heads {self.num_heads}: "
                "change one of them, or give head_dim"
            )
        if self.num_heads % self.num_kv_heads:
            raise ValueError(
                f"num_heads {self.num_heads} is not a multiple of num_kv_heads {self.num_kv_heads}: "
                "each KV head must serve the same number of query heads"
            )
        if self.position == "rope" and self.head_size % 2:
            raise ValueError(f"RoPE turns pairs of numbers, but a head holds {self.head_size}: make it even")
        if self.position == "sinusoidal" and self.hidden_size % 2:
            raise ValueError(f"sines and cosines come in pairs, but hidden_size is {self.hidden_size}: make it even")
        for name, kinds in (
            ("position", Position),
            ("norm", Norm),
            ("norm_place", NormPlace),
            ("ffn", FeedForwardKind),
            ("initialization", Initialization),
            ("block_order", BlockOrder),
        ):
            if getattr(self, name) not in get_args(kinds):
                raise ValueError(f"{name} {getattr(self, name)!r} must be one of {', '.join(get_args(kinds))}")
        if self.block_order != "attention-first" and (self.ffn == "none" or not self.attention):
            raise ValueError(f"block_order {self.block_order!r} orders two parts: keep both attention and ffn")
        if self.block_order == "parallel" and self.norm_place == "post":
            raise ValueError("parallel parts are added in one sum, and Post-LN has a norm for each: use norm_place pre")

    @property
    def head_size(self) -> int:
        """D: numbers in one head."""
        return self.head_dim or self.hidden_size // self.num_heads

    @property
    def ffn_size(self) -> int:
        """The width inside the FFN: 8/3 of the hidden size, rounded up to a multiple of 64.

        SwiGLU has three matrices where a plain FFN has two; 8/3 instead of 4 keeps their size equal
        (Shazeer 2020, section 2; Touvron et al. 2023, section 2.2). The plain ones have 4 times the hidden size.
        """
        if self.intermediate_size is not None:
            return self.intermediate_size
        return 64 * math.ceil(self.hidden_size * 8 / 3 / 64) if self.ffn == "swiglu" else 4 * self.hidden_size


def minimind2_small() -> ModelConfig:
    """MiniMind2-small, 26 M parameters."""
    return ModelConfig()


def minimind3() -> ModelConfig:
    """minimind-3, 64 M parameters: wider, four KV heads, query and key normalized, FFN of 64 ceil(pi d / 64)."""
    return ModelConfig(
        hidden_size=768,
        num_kv_heads=4,
        head_dim=96,
        intermediate_size=64 * math.ceil(math.pi * 768 / 64),
        rms_eps=1e-6,
        qk_norm=True,
    )
