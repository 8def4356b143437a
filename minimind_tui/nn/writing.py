"""Writing with a kept model, character by character."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import torch

from minimind_tui.nn.checkpoint import Kept
from minimind_tui.nn.generate import stream


def unknown(kept: Kept, prompt: str) -> list[str]:
    """The characters of `prompt` that the model has no token for, each once."""
    return [character for character in dict.fromkeys(prompt) if character not in kept.vocabulary]


def write(
    kept: Kept,
    prompt: str,
    length: int,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    seed: int = 0,
) -> Iterator[str]:
    """`length` characters that go on from `prompt`, one at a time; an empty prompt is the beginning of a line."""
    places = {character: place for place, character in enumerate(kept.vocabulary)}
    beginning = prompt or ("\n" if "\n" in places else kept.vocabulary[0])
    ids = torch.tensor([[places[character] for character in beginning]])  # (1, T)
    generator = torch.Generator().manual_seed(seed)
    for token in islice(stream(kept.model, ids, kept.window, temperature, top_k, top_p, generator), length):
        yield kept.vocabulary[int(token)]
