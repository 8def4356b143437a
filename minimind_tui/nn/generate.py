"""Writing text, one token at a time."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from minimind_tui.nn.attention import Cache
from minimind_tui.nn.model import MiniMind


def next_token_probabilities(
    logits: Tensor, temperature: float = 1.0, top_k: int | None = None, top_p: float | None = None
) -> Tensor:
    """What the next token is drawn from: logits (B, V) to probabilities (B, V).

    `top_k` keeps the k likeliest (Fan et al. 2018), `top_p` the smallest set whose probability reaches p
    (Holtzman et al. 2020); temperature 0 keeps the likeliest alone.
    """
    if temperature < 0 or (top_k is not None and top_k < 1) or (top_p is not None and not 0 < top_p <= 1):
        raise ValueError("temperature must be >= 0, top_k >= 1 and 0 < top_p <= 1")
    if temperature == 0:
        return torch.zeros_like(logits).scatter(-1, logits.argmax(-1, keepdim=True), 1.0)  # (B, V)
    logits = logits / temperature  # (B, V)
    if top_k is not None and top_k < logits.shape[-1]:
        kept = logits.topk(top_k)  # values and indices (B, k)
        logits = torch.full_like(logits, -torch.inf).scatter(-1, kept.indices, kept.values)  # (B, V)
    probabilities = logits.softmax(-1)  # (B, V)
    if top_p is not None and top_p < 1:
        ordered, index = probabilities.sort(-1, descending=True)  # (B, V)
        before = ordered.cumsum(-1) - ordered  # (B, V) the probability of all likelier tokens
        ordered = ordered.masked_fill(before >= top_p, 0.0)  # the likeliest always stays
        probabilities = torch.zeros_like(probabilities).scatter(-1, index, ordered)  # (B, V)
        probabilities = probabilities / probabilities.sum(-1, keepdim=True)
    return probabilities


def next_token(
    logits: Tensor,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    generator: torch.Generator | None = None,
) -> Tensor:
    """A token drawn by `next_token_probabilities`: logits (B, V) to (B, 1)."""
    probabilities = next_token_probabilities(logits, temperature, top_k, top_p)  # (B, V)
    if temperature == 0:
        return probabilities.argmax(-1, keepdim=True)  # (B, 1)
    chosen = torch.multinomial(probabilities.cpu(), 1, generator=generator)  # (B, 1): one chance for every device
    return chosen.to(logits.device)


@torch.no_grad()
def generate(
    model: MiniMind,
    ids: Tensor,
    max_new_tokens: int,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    use_cache: bool = True,
    generator: torch.Generator | None = None,
) -> Tensor:
    """Continue ids (B, T) by `max_new_tokens`: (B, T + max_new_tokens).

    With the cache each step computes one new position; without it, all of them again.
    """
    was_training = model.training
    model.eval()
    cache: list[Cache] | None = None
    try:
        for _ in range(max_new_tokens):
            fed = ids if cache is None else ids[:, -1:]  # (B, T) the first time, (B, 1) then
            output = model(fed, cache=cache)
            cache = output.cache if use_cache else None
            chosen = next_token(output.logits[:, -1], temperature, top_k, top_p, generator)  # (B, 1)
            ids = torch.cat((ids, chosen), dim=1)  # (B, T + 1)
    finally:
        model.train(was_training)
    return ids


def stream(
    model: MiniMind,
    ids: Tensor,
    window: int,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    generator: torch.Generator | None = None,
) -> Iterator[Tensor]:
    """Continue ids (B, T) for ever, a token (B, 1) at a time, within the `window` positions that it was trained on.

    Where the window is full, the second half of it is read again as the beginning of the next: what stood before is
    forgotten. The cache cannot just drop its oldest keys, for each key was turned by its place from the beginning.
    """
    model.eval()
    cache: list[Cache] | None = None
    fed = ids = ids[:, -window:]  # (B, T)
    while True:
        with torch.no_grad():
            output = model(fed, cache=cache)
        chosen = next_token(output.logits[:, -1], temperature, top_k, top_p, generator)  # (B, 1)
        yield chosen
        ids = torch.cat((ids, chosen), dim=1)  # (B, T + 1)
        if ids.shape[1] > window:
            ids = ids[:, -(window // 2) :]  # (B, window/2)
            fed, cache = ids, None
        else:
            fed, cache = chosen, output.cache
