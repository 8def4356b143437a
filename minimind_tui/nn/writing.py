"""Writing with a saved model, token by token."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from itertools import islice

import torch

from minimind_tui.nn.checkpoint import SavedModel
from minimind_tui.nn.generate import stream
from minimind_tui.nn.tokenizer import UnknownCharacters


def write(
    saved: SavedModel,
    prompt: str,
    length: int,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    seed: int = 0,
) -> Iterator[str]:
    """The text of `length` tokens that go on from `prompt`, a piece at a time, as soon as a character is whole.

    An empty prompt is the beginning of a line. Raises `UnknownCharacters` for a prompt that the model cannot read.
    """
    ids = torch.tensor([_beginning(saved, prompt)])  # (1, T)
    generator = torch.Generator().manual_seed(seed)
    characters = codecs.getincrementaldecoder("utf-8")("replace")  # a token may be a part of one
    for token in islice(stream(saved.model, ids, saved.window, temperature, top_k, top_p, generator), length):
        yield characters.decode(saved.tokenizer.bytes_of(int(token)))
    yield characters.decode(b"", final=True)


def _beginning(saved: SavedModel, prompt: str) -> list[int]:
    """The tokens of the prompt; of an empty one, the end of the line before, or any token where there are no lines."""
    if prompt:
        return saved.tokenizer.encode(prompt)
    try:
        return saved.tokenizer.encode("\n")
    except UnknownCharacters:
        return [0]
