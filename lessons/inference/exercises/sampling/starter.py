"""Sampling the next token: temperature, top-k, top-p.

Shapes: B rows, V words in the vocabulary.
"""

import torch
from torch import Tensor


def probabilities(
    logits: Tensor, temperature: float = 1.0, top_k: int | None = None, top_p: float | None = None
) -> Tensor:
    """logits (B, V) to what the next token is drawn from, (B, V); each row sums to 1."""
    return logits


def sample(
    logits: Tensor,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    generator: torch.Generator | None = None,
) -> Tensor:
    """logits (B, V) to one token a row, drawn with `generator`: whole numbers (B,)."""
    return torch.zeros(len(logits), dtype=torch.long)
