"""What if a model may look at the words that it is asked to guess?

Two models learn the same text, one with the causal mask and one without. Then both do what a model that writes
must do: guess the next character from those that are already there.

Shapes: B blocks, T characters of a block, V vocabulary.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from experiments.language_model import load_text, model_config, training, unseen_blocks, write_sample
from minimind_tui.nn.model import MiniMind
from minimind_tui.nn.training import evaluate
from minimind_tui.run.recorder import Recorder, Settings

LOOKS = 4
"""How often the losses on unseen text are measured."""


def run(settings: Settings, record: Recorder) -> None:
    """Records the loss in training, on unseen text read as in training, and on unseen text read as in writing."""
    text = load_text(settings, record)
    model = MiniMind(model_config(settings, text, causal=settings.mask))  # the factor
    unseen = unseen_blocks(text, settings.block, batches=1)
    every = max(1, settings.steps // LOOKS)
    record.plan(settings.steps)
    for step, loss, gradient_norm in training(model, text, settings, checkpoint=record.checkpoint):
        record.metric(step, loss=loss, gradient_norm=gradient_norm)
        if step % every == 0 or step == settings.steps:
            record.metric(step, validation_loss=evaluate(model, unseen), generation_loss=loss_in_writing(model, unseen))
    record.reference("equal_share", 1 / settings.block)
    record.metric(settings.steps, nearest_future=look_ahead(model, unseen[0][0]))
    write_sample(text, model, settings, record)


@torch.no_grad()
def loss_in_writing(model: MiniMind, batches: list[tuple[Tensor, Tensor]]) -> float:
    """The mean of -ln p(next) where nothing later is there to be seen: inputs and targets, each (B, T).

    A model that writes is given the first t characters and guesses the one after them. So we cut each block
    there, for every t, and ask for the last place alone.
    """
    losses = []
    for inputs, targets in batches:
        for t in range(1, inputs.shape[1] + 1):
            logits = model(inputs[:, :t]).logits[:, -1]  # (B, V) with t characters in sight
            losses.append(F.cross_entropy(logits, targets[:, t - 1]))  # ()
    return torch.stack(losses).mean().item()


@torch.no_grad()
def look_ahead(model: MiniMind, inputs: Tensor) -> Tensor:
    """The weight on the very next character, of the head that looks there most: inputs (B, T) to ()."""
    weights = torch.cat(model.attention_weights(inputs), dim=1)  # (B, H of all layers, T, T)
    return weights.diagonal(1, dim1=-2, dim2=-1).mean(dim=(0, -1)).max()
