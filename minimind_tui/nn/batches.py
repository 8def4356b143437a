"""From a long sequence of tokens to batches of blocks."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor


def split(tokens: Tensor, validation_fraction: float = 0.1) -> tuple[Tensor, Tensor]:
    """The first part for training, the last for validation: (N,) to (N_train,) and (N_validation,)."""
    cut = int(len(tokens) * (1 - validation_fraction))
    return tokens[:cut], tokens[cut:]


def random_blocks(
    tokens: Tensor, block_size: int, batch_size: int, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Blocks from random places, and the same blocks one token later: inputs and targets, each (B, T)."""
    if len(tokens) <= block_size:
        raise ValueError(f"{len(tokens)} tokens are too few for blocks of {block_size}: shorten the blocks")
    starts = torch.randint(len(tokens) - block_size, (batch_size, 1), generator=generator)  # (B, 1)
    index = starts + torch.arange(block_size)  # (B, T)
    return tokens[index], tokens[index + 1]


def endless(tokens: Tensor, block_size: int, batch_size: int, seed: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Random blocks for ever; the same seed gives the same batches to every arm."""
    generator = torch.Generator().manual_seed(seed)
    while True:
        yield random_blocks(tokens, block_size, batch_size, generator)
