"""Sampling the next token: temperature, top-k, top-p.

Shapes: B rows, V words in the vocabulary.
"""

import torch
from torch import Tensor


def probabilities(
    logits: Tensor, temperature: float = 1.0, top_k: int | None = None, top_p: float | None = None
) -> Tensor:
    """logits (B, V) to what the next token is drawn from, (B, V); each row sums to 1."""
    if temperature == 0:
        return torch.zeros_like(logits).scatter(-1, logits.argmax(-1, keepdim=True), 1.0)  # (B, V)
    logits = logits / temperature  # (B, V)
    if top_k is not None and top_k < logits.shape[-1]:
        kept = logits.topk(top_k)  # values and indices (B, k)
        logits = torch.full_like(logits, -torch.inf).scatter(-1, kept.indices, kept.values)  # (B, V)
    chances = logits.softmax(-1)  # (B, V)
    if top_p is not None and top_p < 1:  # at 1 all stay, also where rounded sums reach 1 too soon
        ordered, index = chances.sort(-1, descending=True)  # (B, V)
        before = ordered.cumsum(-1) - ordered  # (B, V) the chance of all likelier words
        gone = before >= top_p  # (B, V) the word that crosses p stays
        gone[:, 0] = False  # the likeliest stays whatever p is
        ordered = ordered.masked_fill(gone, 0.0)
        chances = torch.zeros_like(chances).scatter(-1, index, ordered)  # (B, V) back in the words' own order
        chances = chances / chances.sum(-1, keepdim=True)
    return chances


def sample(
    logits: Tensor,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    generator: torch.Generator | None = None,
) -> Tensor:
    """logits (B, V) to one token a row, drawn with `generator`: whole numbers (B,)."""
    chances = probabilities(logits, temperature, top_k, top_p)  # (B, V)
    return torch.multinomial(chances, 1, generator=generator).squeeze(-1)  # (B,)
