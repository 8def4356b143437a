"""Does attention notice the order of its tokens?

The same tokens are given in order and shuffled. If attention f cannot see positions, shuffling first and
attending then gives the same vectors as attending first and shuffling then: f(Px) = P f(x).

Shapes: T tokens, C hidden size.
"""

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


@torch.no_grad()
def run(settings: Settings, record: Recorder) -> None:
    """Records `difference`: the largest gap between f(Px) and P f(x), in standard deviations of f(x)."""
    T = settings.tokens
    config = ModelConfig(hidden_size=C, num_heads=settings.heads, num_kv_heads=settings.heads, causal=settings.causal)
    attention = Attention(config)
    rope = rope_frequencies(config.head_size, T, theta=10000.0) if settings.position == "rope" else None

    def f(tokens: Tensor) -> Tensor:
        """Attention over tokens (T, C), each with the position at which it now stands: (T, C)."""
        out, _ = attention(add_position(tokens, settings.position).unsqueeze(0), rope)  # (1, T, C)
        return out.squeeze(0)

    x = torch.randn(T, C)
    shuffle = torch.randperm(T)  # P, as an index
    gap = f(x[shuffle]) - f(x)[shuffle]  # (T, C)
    record.metric(0, difference=gap.abs().max() / f(x).std())
    record.layer("gap", gap.abs().amax(dim=-1) / f(x).std())  # (T,) for each token
