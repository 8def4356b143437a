"""What the experiments with a small language model have in common: the text, the training, the loss on unseen text.

An experiment's own file says what differs; this one says what never does.

Shapes: B batch, T block size.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
from torch import Tensor

from data.corpus import Corpus, TokenizerName, load
from minimind_tui.nn.batches import RandomBlocks, random_blocks, split
from minimind_tui.nn.config import Changes, ModelConfig
from minimind_tui.nn.generate import generate
from minimind_tui.nn.model import MiniMind
from minimind_tui.nn.training import Checkpoint, Schedule, Update, adamw, evaluate, updates
from minimind_tui.run.recorder import Recorder, Settings

CHARACTERS = 200_000
EVALUATE_EVERY = 25
WARMUP = 10

FAST: Changes = {"qk_norm": True, "tied": False, "zero_output": True, "embedding_std": 1.0}
"""What a model that is to learn fast has besides MiniMind's parts: output projections and head begin at zero."""

FAST_WARMUP = 3
FAST_SCHEDULE: Schedule = "wsd"


class Text(NamedTuple):
    """A corpus, cut into the part that is learned from and the part that is not."""

    corpus: Corpus
    training: Tensor  # (N_train,)
    validation: Tensor  # (N_validation,)

    @property
    def vocab_size(self) -> int:
        """V: how many different tokens there are."""
        return self.corpus.tokenizer.size


def load_text(
    settings: Settings, record: Recorder, characters: int = CHARACTERS, tokenizer: TokenizerName = "characters"
) -> Text:
    """The corpus that the settings name. Its reference lines: the loss of guessing, and the floor where it is known."""
    corpus = load(settings.corpus, settings.language, characters, seed=0, tokenizer=tokenizer)
    record.reference("uniform", math.log(corpus.tokenizer.size))
    if corpus.entropy is not None:
        record.reference("entropy", corpus.entropy)
    return Text(corpus, *split(corpus.tokens))


def model_config(settings: Settings, text: Text, **changes: Any) -> ModelConfig:
    """A small MiniMind of the settings' size. `changes` are the experiment's own: its factor."""
    heads = changes.pop("num_heads", None) or settings.heads
    layers = changes.pop("num_layers", None) or settings.layers
    size = {
        "vocab_size": text.vocab_size,
        "hidden_size": settings.width,
        "num_layers": layers,
        "num_heads": heads,
        "num_kv_heads": heads,
        "max_position": 2 * settings.block,
        "rope_theta": 10000.0,
    }
    return ModelConfig(**{**size, **changes})


def fast_model(settings: Settings, text: Text, **changes: Any) -> MiniMind:
    """The model of the fast recipe, with SwiGLU four times as wide as the model."""
    return MiniMind(model_config(settings, text, **{**FAST, "intermediate_size": 4 * settings.width, **changes}))


def train_on(text: Text, model: MiniMind, settings: Settings, record: Recorder, *, warmup: int = WARMUP) -> None:
    """Train, and record the loss and gradient norm of every step and the loss on unseen text now and then."""
    record.plan(settings.steps)
    unseen = unseen_blocks(text, settings.block)
    for update in training(model, text, settings, warmup=warmup, checkpoint=record.checkpoint):
        record.metric(update.step, loss=update.loss, gradient_norm=update.gradient_norm)
        if measures(update.step, settings.steps):
            record.metric(update.step, validation_loss=evaluate(model, unseen))


def training(
    model: MiniMind, text: Text, settings: Settings, *, warmup: int = WARMUP, checkpoint: Checkpoint | None = None
) -> Iterator[Update]:
    """The updates of a training with AdamW at the settings' rate, which does not fall, on the blocks of every arm."""
    return updates(
        model,
        [adamw(model, settings.learning_rate)],
        training_blocks(text, settings),
        steps=settings.steps,
        warmup=warmup,
        checkpoint=checkpoint,
    )


def measures(step: int, steps: int) -> bool:
    """Whether the loss on unseen text is measured after this step of `steps`."""
    return step % EVALUATE_EVERY == 0 or step == steps


def training_blocks(text: Text, settings: Settings) -> RandomBlocks:
    """Random blocks for ever, inputs and targets each (B, T); every arm gets the same ones."""
    return RandomBlocks(text.training, settings.block, settings.batch, seed=settings.seed)


def unseen_blocks(text: Text, block: int, batches: int = 2) -> list[tuple[Tensor, Tensor]]:
    """The same few batches of unseen text for every arm and every seed: inputs and targets, each (32, T)."""
    held_out = torch.Generator().manual_seed(1)
    part = "the held-out last tenth of the text"
    return [random_blocks(text.validation, block, 32, held_out, part) for _ in range(batches)]


def bytes_per_token(text: Text, batches: list[tuple[Tensor, Tensor]]) -> float:
    """How many bytes a target of these batches stands for, on average.

    A loss per token divided by it is one per byte, which can be compared whatever the tokens are.
    """
    tokenizer = text.corpus.tokenizer
    lengths = torch.tensor([len(tokenizer.bytes_of(token)) for token in range(tokenizer.size)])  # (V,)
    return torch.cat([lengths[targets] for _, targets in batches]).double().mean().item()


def write_sample(text: Text, model: MiniMind, settings: Settings, record: Recorder) -> None:
    """Let the model go on from the corpus's first words, and record what it writes."""
    ids = text.corpus.tokens[None, : settings.block // 4]  # (1, T/4)
    generator = torch.Generator().manual_seed(0)
    written = generate(model, ids, settings.block, temperature=0.8, generator=generator)  # (1, T/4 + T)
    decode = text.corpus.tokenizer.decode
    continued = decode(written[0, ids.shape[1] :].tolist())
    record.sample(continued, prompt=decode(ids[0].tolist()), step=settings.steps)
