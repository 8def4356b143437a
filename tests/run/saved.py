"""A small saved model."""

from __future__ import annotations

import torch

from minimind_tui.nn.checkpoint import SavedModel
from minimind_tui.nn.config import ModelConfig
from minimind_tui.nn.model import MiniMind
from minimind_tui.nn.tokenizer import Characters, Tokenizer

ALPHABET = Characters("\n abc猫")


def saved(step: int = 7, tokenizer: Tokenizer = ALPHABET) -> SavedModel:
    torch.manual_seed(step)
    config = ModelConfig(
        vocab_size=tokenizer.size,
        hidden_size=16,
        num_layers=1,
        num_heads=2,
        num_kv_heads=1,
        max_position=16,
        tied=False,
    )
    return SavedModel(MiniMind(config).eval(), tokenizer, 8, step)
