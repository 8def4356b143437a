"""Attention first, FFN first, or both at once: one small model in three orders with the same weights.

Each order is trained twice: in a model of one block, where what comes second alone can use what came first, and in
one of several blocks.

The token vectors start at standard deviation 1 and are not shared with the output layer. At 0.02, the usual size, the
first attention's output outweighs them: then an order would win by what it does to small embeddings.

Shapes: V vocabulary, C width.
"""

import torch
from torch import nn

from experiments.language_model import (
    Text,
    load_text,
    measures,
    model_config,
    training,
    unseen_blocks,
)
from minimind_tui.nn.model import MiniMind
from minimind_tui.nn.training import evaluate
from minimind_tui.run.recorder import Recorder, Settings


def build(settings: Settings, text: Text, layers: int) -> MiniMind:
    """A model of `layers` blocks in the arm's order. Its first weights depend on the seed alone."""
    torch.manual_seed(settings.seed)
    model = MiniMind(
        model_config(
            settings,
            text,
            num_layers=layers,
            tied=False,
            block_order=settings.order,  # the factor
        )
    )
    nn.init.normal_(model.model.embed_tokens.weight, std=settings.embedding)  # (V, C)
    return model


def learn(text: Text, layers: int, name: str, settings: Settings, record: Recorder) -> int:
    """Train a model of `layers` blocks and record its loss on unseen text as `name`. How many numbers it has."""
    model, unseen = build(settings, text, layers), unseen_blocks(text, settings.block)
    for update in training(model, text, settings):
        if measures(update.step, settings.steps):
            record.metric(update.step, **{name: evaluate(model, unseen)})
    return model.parameter_count()


def run(settings: Settings, record: Recorder) -> None:
    """Records the loss of both models on unseen text, and how many numbers the deeper one has."""
    text = load_text(settings, record)
    record.plan(settings.steps)
    learn(text, 1, "one_validation_loss", settings, record)
    record.metric(settings.steps, parameters=learn(text, settings.layers, "validation_loss", settings, record))
