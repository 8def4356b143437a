"""The same model at five depths, with the residual connection and without it.

Shapes: B batch, T block size; L blocks.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from experiments.diverging import build, diverges, letters_entropy, looks, seen, updates_while_finite
from experiments.language_model import Text, load_text, training_blocks, unseen_blocks
from minimind_tui.nn.model import MiniMind
from minimind_tui.nn.training import evaluate
from minimind_tui.run.recorder import Recorder, Settings

DEPTHS = (2, 4, 8, 16)
"""The depths that are tried, up to the greatest one, which the settings say."""


def run(settings: Settings, record: Recorder) -> None:
    """Records the loss on unseen text at each depth; of the deepest model the gradients, the loss and what it sees."""
    text = load_text(settings, record)
    record.reference("letters", letters_entropy(text))
    unseen = unseen_blocks(text, settings.block)
    depths = [*(depth for depth in DEPTHS if depth < settings.depth), settings.depth]

    losses = []
    for depth in depths:
        model = build(settings, text, settings.norm, depth, residual=settings.residual)  # residual: the factor
        deepest = depth == settings.depth
        diverged = watch(model, text, settings, record) if deepest else diverges(model, text, settings)
        losses.append(math.nan if diverged else evaluate(model, unseen))
        record.metric(depth, validation_loss=losses[-1])
    record.layer("losses", losses)  # (depths,)


def watch(model: MiniMind, text: Text, settings: Settings, record: Recorder) -> bool:
    """Train the deepest model and look into it: gradients before and after, the loss, how much it sees of the text.

    Returns whether the training ended at a loss that is not a finite number.
    """
    first = next(training_blocks(text, settings))  # inputs and targets, each (B, T)
    record.layer("gradient", gradient_of_each_block(model, first))  # (L,)
    at_first = seen(model, first[0])
    record.metric(0, seen=at_first, seen_first=at_first)
    finite = True
    for step, loss, gradient_norm in updates_while_finite(model, text, settings):
        record.metric(step, loss=loss, gradient_norm=gradient_norm)
        finite = bool(loss.isfinite())
        if looks(step):
            record.metric(step, seen=seen(model, first[0]))
    record.layer("gradient_after", gradient_of_each_block(model, first))  # (L,)
    return not finite


def gradient_of_each_block(model: MiniMind, batch: tuple[Tensor, Tensor]) -> list[float]:
    """The norm of the loss's gradient over all weights of each block, for one batch of inputs and targets (B, T)."""
    model.zero_grad()
    model(*batch).loss.backward()
    norms = []
    for block in model.model.layers:
        each = [weight.grad.norm() for weight in block.parameters() if weight.grad is not None]  # one () a matrix
        norms.append(torch.stack(each).norm().item())
    model.zero_grad()
    return norms
