"""What the experiments have in common whose trainings may not survive: the model, and a training that ends at NaN.

The model leaves out what would favour an arm. Token vectors start at standard deviation 1 and are not shared with the
output layer: at 0.02, the usual size, a norm would win by enlarging them alone. The FFN is GELU:
SwiGLU multiplies two numbers that both grow, which a stack without a norm does not survive once.

Shapes: B batch, T block size, C width.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from experiments.language_model import Text, model_config, training_blocks
from minimind_tui.nn.config import Changes
from minimind_tui.nn.model import MiniMind
from minimind_tui.nn.training import Checkpoint, Update, adamw, updates
from minimind_tui.run.recorder import Settings

ARRANGEMENTS: dict[str, Changes] = {
    "none": {"norm": "none"},
    "post-layernorm": {"norm": "layernorm", "norm_place": "post"},
    "pre-layernorm": {"norm": "layernorm", "norm_place": "pre"},
    "pre-rmsnorm": {"norm": "rmsnorm", "norm_place": "pre"},
}
"""Which norm, and where it stands."""

EARLY = 10
"""Steps by which a model that goes blind has gone blind."""


def build(settings: Settings, text: Text, norm: str, layers: int, **changes: Any) -> MiniMind:
    """A model of `layers` blocks whose first weights depend on the seed alone: a norm draws no random numbers."""
    torch.manual_seed(settings.seed)
    arranged = {**ARRANGEMENTS[norm], **changes}
    config = model_config(settings, text, num_layers=layers, tied=False, ffn=settings.ffn, **arranged)
    model = MiniMind(config)
    nn.init.normal_(model.model.embed_tokens.weight, std=1.0)  # (V, C)
    return model


def updates_while_finite(
    model: MiniMind,
    text: Text,
    settings: Settings,
    *,
    learning_rate: float | None = None,
    checkpoint: Checkpoint | None = None,
) -> Iterator[Update]:
    """The updates of a training, up to the first whose loss is not a finite number: that one is the last.

    `learning_rate` is the settings' where none is given.
    """
    for update in updates(
        model,
        [adamw(model, settings.learning_rate if learning_rate is None else learning_rate)],
        training_blocks(text, settings),
        steps=settings.steps,
        warmup=settings.warmup,
        checkpoint=checkpoint,
    ):
        yield update
        if not update.loss.isfinite():
            return


def diverges(model: MiniMind, text: Text, settings: Settings, learning_rate: float | None = None) -> bool:
    """Train, looking at nothing but the losses; whether one of them was not a finite number."""
    finite = True
    for update in updates_while_finite(model, text, settings, learning_rate=learning_rate):
        finite = math.isfinite(update.loss.item())
    return not finite


@torch.no_grad()
def seen(model: MiniMind, ids: Tensor) -> float:
    """How much of the last hidden states depends on the text, from 0 to 1: their variance over their mean square.

    At 0 every token of ids (B, T) gets one and the same vector: whatever the model reads, it says the same.
    """
    hidden, _ = model.model(ids)  # (B, T, C)
    hidden = hidden.flatten(0, 1)  # (B * T, C)
    variance = hidden.var(dim=0, unbiased=False).sum()  # ()
    return float(variance / hidden.square().mean(dim=0).sum())


def looks(step: int) -> bool:
    """Whether `seen` is worth its time after this step: each of the first ten, then every fifth."""
    return step <= EARLY or step % 5 == 0


def letters_entropy(text: Text) -> float:
    """The loss of a model that knows how frequent each character is, and nothing else."""
    frequency = torch.bincount(text.training).double() / len(text.training)  # (V,)
    return float(torch.special.entr(frequency).sum())
