"""A tiny decoder: embedding, blocks, final norm, head with the embedding's weight, and the loss.

Shapes: B batch, T positions, C = dim numbers in a position, V words in the vocabulary.
"""

import torch.nn.functional as F
from torch import Tensor, nn


class Decoder(nn.Module):
    """embed_tokens, layers, norm, lm_head; lm_head.weight is embed_tokens.weight."""

    def __init__(self, vocab: int, dim: int, blocks: list[nn.Module]) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(vocab, dim)
        self.layers = nn.ModuleList(blocks)
        self.norm = nn.RMSNorm(dim, eps=1e-5)
        self.lm_head = nn.Linear(dim, vocab, bias=False)
        nn.init.normal_(self.embed_tokens.weight, std=0.02)  # small: the first logits are, and the loss starts at ln V
        self.lm_head.weight = self.embed_tokens.weight  # one tensor under two names

    def forward(self, ids: Tensor, labels: Tensor | None = None) -> tuple[Tensor, Tensor | None]:
        """ids and labels (B, T), to logits (B, T, V) and the mean loss, None without labels."""
        x = self.embed_tokens(ids)  # (B, T, C)
        for layer in self.layers:
            x = layer(x)  # (B, T, C)
        logits = self.lm_head(self.norm(x))  # (B, T, V)
        loss = None
        if labels is not None:
            guesses = logits[:, :-1].flatten(0, 1)  # (B*(T-1), V) position t predicts token t + 1
            loss = F.cross_entropy(guesses, labels[:, 1:].flatten(), ignore_index=-100)  # ()
        return logits, loss
