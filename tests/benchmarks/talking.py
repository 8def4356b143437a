"""What a small model of words learns of the talking world in a minute of two cores, in both languages.

It reads whole stories, each row from a story's first word, and then writes some of its own, which are checked.
Time is the processor's, all threads together, so that what else the machine does hardly counts.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import torch
from torch import Tensor

from data import talking_world
from data.talking_world import CHECKS, LOOK_UPS, Report
from data.tinytales.grammar import LANGUAGES, Language
from experiments.language_model import FAST, FAST_SCHEDULE, FAST_WARMUP
from minimind_tui.nn.config import ModelConfig
from minimind_tui.nn.generate import generate
from minimind_tui.nn.model import MiniMind
from minimind_tui.nn.muon import muon_and_adamw
from minimind_tui.nn.precision import BF16
from minimind_tui.nn.training import IGNORED, Batch, evaluate, updates
from tests.benchmarks import Figure

STEPS = 380
BATCH = 64
LEARNING_RATE = 0.06
WRITTEN = 200
BUDGET = 120
"""Seconds of processor time: a minute of two cores."""

EDGE = 0
"""The token before a story's first word and after its last."""


@dataclass(frozen=True)
class Learned:
    """A trained model's figures: seconds of the clock and of the processor, nats a word, the checks of its stories."""

    seconds: float
    processor_seconds: float
    parameters: int
    loss: float
    floor: float
    reports: list[Report]

    def share(self, checks: Sequence[str]) -> float:
        """The share of its stories that pass all of these checks."""
        return sum(all(report.passes(check) for check in checks) for report in self.reports) / len(self.reports)


def rows(stories: Sequence[talking_world.Story], tokens: dict[str, int]) -> Batch:
    """Inputs and targets, a story to a row, shorter ones padded with targets that do not count: each (N, T)."""
    longest = 1 + max(len(story.words) for story in stories)
    inputs, targets = torch.full((len(stories), longest), EDGE), torch.full((len(stories), longest), IGNORED)  # (N, T)
    for row, story in enumerate(stories):
        words = torch.tensor([EDGE, *(tokens[word] for word in story.words), EDGE])  # (words + 2,)
        inputs[row, : len(words) - 1], targets[row, : len(words) - 1] = words[:-1], words[1:]
    return inputs, targets


def batches(language: Language, tokens: dict[str, int], seed: int) -> Iterator[Batch]:
    """Fresh stories for ever, BATCH at a time."""
    source = talking_world.stories(language, seed)
    while True:
        yield rows(list(islice(source, BATCH)), tokens)


def small_model(vocab_size: int) -> MiniMind:
    """Three layers of width 128, and room for a story."""
    size: dict[str, Any] = {
        "hidden_size": 128,
        "num_layers": 3,
        "num_heads": 4,
        "num_kv_heads": 4,
        "intermediate_size": 256,
    }
    return MiniMind(ModelConfig(vocab_size=vocab_size, max_position=128, rope_theta=10000.0, **size, **FAST))


def learn(language: Language, seed: int = 1, steps: int = STEPS) -> Learned:
    """Train a model of words, and let it write WRITTEN stories at temperature 1."""
    words = [talking_world.SEPARATOR, *talking_world.vocabulary(language)]
    tokens = {word: token for token, word in enumerate(words)}
    torch.manual_seed(seed)
    model = small_model(len(words))
    began, processor = time.perf_counter(), time.process_time()
    for _ in updates(
        model,
        muon_and_adamw(model, LEARNING_RATE),
        batches(language, tokens, seed),
        steps=steps,
        warmup=FAST_WARMUP,
        schedule=FAST_SCHEDULE,
        clip=math.inf,
        precision=BF16,
    ):
        pass
    seconds, processor_seconds = time.perf_counter() - began, time.process_time() - processor
    unseen = rows(list(islice(talking_world.stories(language, seed=seed + 1000), 256)), tokens)
    means = talking_world.means(language)
    return Learned(
        seconds=seconds,
        processor_seconds=processor_seconds,
        parameters=model.parameter_count(),
        loss=evaluate(model, [unseen]),
        floor=means.nats / (means.words + 1),
        reports=[talking_world.check(text, language) for text in written(model, language, words)],
    )


def written(model: MiniMind, language: Language, words: Sequence[str]) -> list[str]:
    """WRITTEN stories by the model, each cut where it ends them."""
    edge = torch.full((WRITTEN, 1), EDGE)  # (N, 1)
    told: Tensor = generate(model, edge, 80, generator=torch.Generator().manual_seed(0))[:, 1:]  # (N, T)
    texts = []
    for row in told.tolist():
        ended = row[: row.index(EDGE)] if EDGE in row else row
        texts.append(talking_world.join(language, [words[token] for token in ended]))
    return texts


def measure() -> list[Figure]:
    """Both languages: how many stories are right, in how much time, and how far the loss is from the floor."""
    figures = []
    for language in LANGUAGES:
        learned = learn(language)
        each = ", ".join(f"{check} {learned.share([check]):.0%}" for check in CHECKS)
        how = f"{WRITTEN} stories at temperature 1: {each}"
        looked_up = f"{learned.share(['answer']):.0%} right answers at the end, {learned.share(CHECKS):.0%} all right"
        recipe = f"{learned.parameters} parameters, {STEPS} steps of {BATCH} stories, {learned.seconds:.1f} s"
        figures += [
            Figure(
                f"stories written in {language} that hold but for look-ups",
                learned.share([check for check in CHECKS if check not in LOOK_UPS]),
                0.8,
                "of 1",
                f"{how}; {looked_up}",
                least=True,
            ),
            Figure(f"after, in {language}", learned.processor_seconds, BUDGET, "s of one core", recipe),
            Figure(
                f"and a loss above the floor, in {language}",
                learned.loss - learned.floor,
                0.025,
                "nats a word",
                f"{learned.loss:.4f} on 256 unseen stories, the grammar's own entropy is {learned.floor:.4f}",
            ),
        ]
    return figures
