"""Does attention notice the order of its tokens?

The same tokens are given in order and shuffled. If attention f cannot see positions, shuffling first and
attending then gives the same vectors as attending first and shuffling then: f(Px) = P f(x).

Shapes: T tokens, C hidden size.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from minimind_tui.nn.attention import Attention
from minimind_tui.nn.config import ModelConfig
from minimind_tui.nn.model import sinusoidal_positions
from minimind_tui.nn.rope import rope_frequencies
from minimind_tui.run.recorder import Recorder, Settings

C = 64


def add_position(x: Tensor, kind: str) -> Tensor:
    """The factor, where it is a vector added to each token: x (T, C) to (T, C)."""
    T = x.shape[0]
    if kind == "learned":
        table = torch.randn(T, C, generator=torch.Generator().manual_seed(0))  # as before training: random rows
        return x + table
    if kind == "sinusoidal":
        return x + sinusoidal_positions(T, C)
    return x


def gap_of_each_token(f: Callable[[Tensor], Tensor], x: Tensor, shuffle: Tensor) -> Tensor:
    """How far f(Px) and P f(x) are apart, token by token, in standard deviations of f(x): (T,)."""
    out = f(x)  # (T, C)
    gap = f(x[shuffle]) - out[shuffle]  # (T, C)
    return gap.abs().amax(dim=-1) / out.std()  # (T,)


@torch.no_grad()
def run(settings: Settings, record: Recorder) -> None:
    """Records the largest gap of any token: `difference` without a mask, `difference_causal` under a causal one."""
    T = settings.tokens
    config = ModelConfig(
        hidden_size=C,
        num_heads=settings.heads,
        num_kv_heads=settings.heads,
        position=settings.position,  # the factor, where it is a part of attention
        causal=False,
    )
    attention = Attention(config)
    rope = rope_frequencies(config.head_size, T, theta=10000.0) if settings.position == "rope" else None

    def f(tokens: Tensor) -> Tensor:
        """Attention over tokens (T, C), each with the position at which it now stands: (T, C)."""
        out: Tensor = attention(add_position(tokens, settings.position).unsqueeze(0), rope)[0]  # (1, T, C)
        return out.squeeze(0)

    x = torch.randn(T, C)
    shuffle = torch.randperm(T)  # P, as an index
    gap = gap_of_each_token(f, x, shuffle)  # (T,)
    record.metric(0, difference=gap.max())
    record.layer("gap", gap)
    attention.causal = True  # the same weights; now a token sees itself and those before it
    record.metric(0, difference_causal=gap_of_each_token(f, x, shuffle).max())
