"""The same small model learns to write TinyTales without positions, with a learned table, with RoPE.

Shapes: B batch, T block size.
"""

import math

import torch

from data.corpus import load
from minimind_tui.nn.batches import endless, random_blocks, split
from minimind_tui.nn.config import ModelConfig
from minimind_tui.nn.generate import generate
from minimind_tui.nn.model import MiniMind
from minimind_tui.nn.training import evaluate, train
from minimind_tui.run.recorder import Recorder, Settings

CHARACTERS = 200_000
EVALUATE_EVERY = 25


def run(settings: Settings, record: Recorder) -> None:
    """Records the loss of every step, the loss on unseen text now and then, and what the model writes."""
    corpus = load(settings.corpus, settings.language, CHARACTERS, seed=0)
    V = len(corpus.vocabulary)
    training, validation = split(torch.tensor(corpus.tokens))  # (N_train,), (N_validation,)
    T, B = settings.block, settings.batch
    config = ModelConfig(
        vocab_size=V,
        hidden_size=settings.width,
        num_layers=settings.layers,
        num_heads=settings.heads,
        num_kv_heads=settings.heads,
        max_position=2 * T,
        rope_theta=10000.0,
        position=settings.position,  # the factor
    )
    model = MiniMind(config)

    record.plan(settings.steps)
    record.reference("uniform", math.log(V))
    if corpus.entropy is not None:
        record.reference("entropy", corpus.entropy)

    held_out = torch.Generator().manual_seed(1)
    unseen = [random_blocks(validation, T, 32, held_out) for _ in range(2)]  # each (32, T) twice

    def on_step(step: int, loss: torch.Tensor, gradient_norm: torch.Tensor) -> None:
        record.metric(step, loss=loss, gradient_norm=gradient_norm)
        if step % EVALUATE_EVERY == 0 or step == settings.steps:
            record.metric(step, validation_loss=evaluate(model, unseen))

    train(
        model,
        endless(training, T, B, seed=settings.seed),
        steps=settings.steps,
        learning_rate=settings.learning_rate,
        warmup=10,
        on_step=on_step,
        checkpoint=record.checkpoint,
    )

    prompt = corpus.text[: T // 4]
    ids = torch.tensor([corpus.encode(prompt)])  # (1, T/4)
    written = generate(model, ids, T, temperature=0.8, generator=torch.Generator().manual_seed(0))  # (1, T/4 + T)
    record.sample(corpus.decode(written[0, ids.shape[1] :].tolist()), prompt=prompt, step=settings.steps)
