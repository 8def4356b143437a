"""What makes training fast: the whole recipe, and the recipe with a single part of it set back.

Parts of the model go back to GPT-2's; parts of the training go back to what one would take first.
"""

import math

import torch

from experiments.language_model import (
    FAST_SCHEDULE,
    FAST_WARMUP,
    fast_model,
    load_text,
    measures,
    training_blocks,
    unseen_blocks,
)
from minimind_tui.nn.config import Changes
from minimind_tui.nn.model import MiniMind
from minimind_tui.nn.muon import muon_and_adamw
from minimind_tui.nn.precision import PRECISIONS
from minimind_tui.nn.training import adamw, evaluate, updates
from minimind_tui.run.recorder import Recorder, Settings

MODELS: dict[str, Changes] = {
    "position": {"position": "learned"},
    "initialization": {"initialization": "gpt2", "zero_output": False, "embedding_std": 0.02},
    "ffn": {"ffn": "gelu"},
    "norm": {"norm": "layernorm"},
}
"""What a part that is set back changes in the model; the others change the training."""

MODELS["model"] = MODELS["position"] | MODELS["initialization"] | MODELS["ffn"] | MODELS["norm"]
"""All four at once."""

ADAMW_RATE = 0.01
"""For AdamW alone: the best, over both languages, of 0.0025, 0.005, 0.01, 0.02 and 0.04 with 60 steps."""

LESS = 5
"""Times smaller a learning rate, and times larger a batch: with as many times fewer steps it reads the same text."""


def run(settings: Settings, record: Recorder) -> None:
    """Records the loss by the steps of equal text, and the loss on unseen text."""
    text = load_text(settings, record)
    back = settings.set_back  # the factor: which part is set back, or none
    changed = MODELS.get(back, {})
    inner = 4 * settings.width if "ffn" in changed else 43 * settings.width // 16  # as many numbers in two matrices
    model = fast_model(settings, text, **{"intermediate_size": inner, "max_position": settings.block, **changed})
    larger = LESS if back == "batch" else 1
    blocks = training_blocks(text, Settings({**settings.as_dict(), "batch": larger * settings.batch}))
    record.metric(0, parameters=model.parameter_count())
    steps, unseen = settings.steps // larger, unseen_blocks(text, settings.block)
    record.plan(settings.steps)
    for update in updates(
        model,
        optimizers(model, settings, back),
        blocks,
        steps=steps,
        warmup=FAST_WARMUP,
        schedule="constant" if back == "schedule" else FAST_SCHEDULE,
        clip=math.inf,
        checkpoint=record.checkpoint,
    ):
        read = larger * update.step  # in the steps of the other arms
        record.metric(read, loss=update.loss, gradient_norm=update.gradient_norm)
        if measures(read, larger * steps):
            record.metric(read, validation_loss=evaluate(model, unseen))


def optimizers(model: MiniMind, settings: Settings, back: str) -> list[torch.optim.Optimizer]:
    """Muon and AdamW, or AdamW alone."""
    if back == "optimizer":
        return [adamw(model, ADAMW_RATE, weight_decay=0.0)]
    rate = settings.learning_rate / (LESS if back == "learning_rate" else 1)
    return [*muon_and_adamw(model, rate, PRECISIONS[settings.precision].dtype)]
