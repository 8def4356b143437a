"""A whole small MiniMind learns to write: noise, then words, then sentences."""

import math
import time
from collections.abc import Sequence
from itertools import islice

import torch
from torch import Tensor

from experiments.language_model import (
    FAST_SCHEDULE,
    FAST_WARMUP,
    Text,
    bytes_per_token,
    fast_model,
    load_text,
    measures,
    training_blocks,
    unseen_blocks,
)
from minimind_tui.nn.checkpoint import SavedModel, Stage, pack_model
from minimind_tui.nn.generate import stream
from minimind_tui.nn.model import MiniMind
from minimind_tui.nn.muon import muon_and_adamw
from minimind_tui.nn.precision import PRECISIONS
from minimind_tui.nn.training import evaluate, updates
from minimind_tui.run.recorder import Recorder, Settings

KEPT = (0.0, 0.1, 0.3, 0.6, 1.0)
"""Parts of the training after which the model is kept: any of them can be written with later."""

WRITES = (0.0, 0.02, 0.05, 0.07, 0.1, 0.2, 0.3, 0.6, 1.0)
"""Parts of the training after which it writes."""

PROMPTS = 3
WRITTEN = 80
"""Tokens after each prompt."""

PIECE = 5
"""Characters of a piece that is looked for in the text: about a word."""

MOST_CHARACTERS = 2_000_000


def run(settings: Settings, record: Recorder) -> None:
    """Records losses, gradient norm, rate and speed, what the model writes, and how much of that the text knows."""
    characters = MOST_CHARACTERS if settings.corpus != "tinytales" else 200_000
    text = load_text(settings, record, characters, settings.tokenizer)
    model = fast_model(settings, text).to(settings.device)
    record.plan(settings.steps)
    unseen = unseen_blocks(text, settings.block)
    prompts = some_prompts(text, settings.block // 4).to(settings.device)  # (P, T/4)
    bytes_of_a_token = bytes_per_token(text, unseen)
    if text.corpus.entropy is not None:
        record.reference("entropy_per_byte", text.corpus.entropy / bytes_of_a_token)
    kept_after, written_after = ({round(part * settings.steps) for part in parts} for parts in (KEPT, WRITES))

    def look(step: int) -> None:
        """What is done between two steps: keep, write, measure."""
        if step in kept_after:
            lineage = (Stage(record.run, settings.corpus, settings.seed),)
            saved = SavedModel(model, text.corpus.tokenizer, settings.block, step, lineage)
            record.checkpoint.keep_model(step, pack_model(saved))
        if step in written_after:
            known = write(model, text, prompts, settings.block, record, step)
            record.metric(step, known_pieces=known)
            if step == 0:
                record.metric(step, known_at_first=known)
        if measures(step, settings.steps):
            loss = evaluate(model, unseen)
            record.metric(step, validation_loss=loss, nats_per_byte=loss / bytes_of_a_token)
        model.train()

    precision = PRECISIONS[settings.precision]
    muon, adamw = muon_and_adamw(model, settings.learning_rate, precision.dtype)
    if record.checkpoint.step is None:
        record.metric(0, parameters=model.parameter_count())
        look(0)
    began = time.perf_counter()
    for update in updates(
        model,
        [muon, adamw],
        training_blocks(text, settings),
        steps=settings.steps,
        warmup=FAST_WARMUP,
        schedule=FAST_SCHEDULE,
        clip=math.inf,
        precision=precision,
        checkpoint=record.checkpoint,
    ):
        seconds = time.perf_counter() - began
        record.metric(
            update.step,
            loss=update.loss,
            gradient_norm=update.gradient_norm,
            learning_rate=muon.param_groups[0]["lr"],
            tokens_per_second=settings.batch * settings.block / seconds,
        )
        look(update.step)
        began = time.perf_counter()


def some_prompts(text: Text, length: int) -> Tensor:
    """Beginnings of lines that the model has not learned from, evenly apart: (P, length)."""
    unseen, bytes_of = text.validation.tolist(), text.corpus.tokenizer.bytes_of
    line_ends = [place for place, token in enumerate(unseen[:-length]) if bytes_of(token).endswith(b"\n")]
    starts = [end + 1 for end in line_ends] or list(range(len(unseen) - length))
    chosen = [starts[number * len(starts) // PROMPTS] for number in range(PROMPTS)]
    return torch.stack([text.validation[start : start + length] for start in chosen])


def write(model: MiniMind, text: Text, prompts: Tensor, window: int, record: Recorder, step: int) -> float:
    """Let the model go on from each prompt (P, T), and record it; the share of its pieces that the text knows."""
    generator = torch.Generator().manual_seed(0)  # the same chance at every step: what changes is the model
    tokens = islice(stream(model, prompts, window, temperature=0.8, generator=generator), WRITTEN)
    written = torch.cat(list(tokens), dim=1)  # (P, WRITTEN)
    decode = text.corpus.tokenizer.decode
    continued = [decode(row) for row in written.tolist()]
    for prompt, words in zip(prompts.tolist(), continued, strict=True):
        record.sample(words, prompt=decode(prompt), step=step)
    return known_pieces(continued, text)


def known_pieces(written: Sequence[str], text: Text) -> float:
    """The part of all pieces of `written`, PIECE characters each, that stand somewhere in the training text."""
    learned = text.corpus.tokenizer.decode(text.training.tolist())
    pieces = [line[start : start + PIECE] for line in written for start in range(len(line) - PIECE + 1)]
    return sum(piece in learned for piece in pieces) / len(pieces)
