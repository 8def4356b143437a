"""From a long sequence of tokens to batches of blocks."""

from __future__ import annotations

import torch
from torch import Tensor


def split(tokens: Tensor, validation_fraction: float = 0.1) -> tuple[Tensor, Tensor]:
    """The first part for training, the last for validation: (N,) to (N_train,) and (N_validation,)."""
    cut = int(len(tokens) * (1 - validation_fraction))
    return tokens[:cut], tokens[cut:]


def random_blocks(
    tokens: Tensor, block_size: int, batch_size: int, generator: torch.Generator, part: str = "the training text"
) -> tuple[Tensor, Tensor]:
    """Blocks from random places, and the same blocks one token later: inputs and targets, each (B, T).

    `part` is what `tokens` are called where they are too few; then ValueError is raised.
    """
    if len(tokens) <= block_size:
        raise ValueError(
            f"{part} has {len(tokens)} tokens, but a context of {block_size} needs at least {block_size + 1} there: "
            "choose a shorter context or a text of more characters"
        )
    starts = torch.randint(len(tokens) - block_size, (batch_size, 1), generator=generator)  # (B, 1)
    index = starts + torch.arange(block_size)  # (B, T)
    return tokens[index], tokens[index + 1]


class RandomBlocks:
    """Random blocks for ever, inputs and targets each (B, T); the same seed gives the same batches to every arm."""

    def __init__(self, tokens: Tensor, block_size: int, batch_size: int, seed: int) -> None:
        self._tokens, self._block_size, self._batch_size = tokens, block_size, batch_size
        self._generator = torch.Generator().manual_seed(seed)

    def __iter__(self) -> RandomBlocks:
        return self

    def __next__(self) -> tuple[Tensor, Tensor]:
        return random_blocks(self._tokens, self._block_size, self._batch_size, self._generator)

    def position(self) -> Tensor:
        """Where they are: the state of the random generator."""
        return self._generator.get_state()

    def go_to(self, position: Tensor) -> None:
        """Go on from there."""
        self._generator.set_state(position)
