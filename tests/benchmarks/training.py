"""How fast a small model learns: `block/train-your-own`'s recipe against nanoGPT's published one, in turns.

Both train about 0.8 M parameters on the first nine tenths of TinyShakespeare in blocks of 64, and both are measured by
the mean loss over the whole last tenth, which no training time counts.
"""

from __future__ import annotations

import math
import statistics
import time

import torch
from torch import Tensor, nn

from data import corpus
from experiments.language_model import FAST_SCHEDULE, FAST_WARMUP, Text, fast_model, training_blocks
from minimind_tui.base.home import Home
from minimind_tui.nn.batches import split
from minimind_tui.nn.muon import muon_and_adamw
from minimind_tui.nn.precision import BF16
from minimind_tui.nn.training import evaluate, updates
from tests.benchmarks import BESIDE, Figure, nanogpt
from tests.experiments.loading import defaults_of

SEEDS = (1, 2, 3, 4, 5)
STEPS = 138
REACHED = 1.913
"""Where the worst of three runs of nanoGPT's recipe ended, in nats a character."""


def whole_loss(model: nn.Module, tokens: Tensor) -> float:
    """The mean over all blocks of `tokens` (N,), in nats a token."""
    blocks = (len(tokens) - 1) // nanogpt.BLOCK
    inputs, targets = (tokens[shift : shift + blocks * nanogpt.BLOCK].view(blocks, -1) for shift in (0, 1))  # (N/T, T)
    return evaluate(model, zip(inputs.split(64), targets.split(64), strict=True))


def fast(text: Text, seed: int, steps: int = STEPS) -> tuple[float, float]:
    """Seconds of training and the loss after it, by the recipe of `block/train-your-own` at its defaults."""
    torch.manual_seed(seed)
    settings = defaults_of("block/train-your-own", seed=seed)
    model = fast_model(settings, text)
    began = time.perf_counter()
    for _ in updates(
        model,
        muon_and_adamw(model, settings.learning_rate),
        training_blocks(text, settings),
        steps=steps,
        warmup=FAST_WARMUP,
        schedule=FAST_SCHEDULE,
        clip=math.inf,
        precision=BF16,
    ):
        pass
    return time.perf_counter() - began, whole_loss(model, text.validation)


def published(text: Text, seed: int) -> tuple[float, float]:
    """Seconds of training and the loss after it, by nanoGPT's recipe."""
    torch.manual_seed(seed)
    model = nanogpt.GPT(text.vocab_size)
    began = time.perf_counter()
    nanogpt.train(model, text.training, seed)
    return time.perf_counter() - began, whole_loss(model, text.validation)


def shakespeare() -> corpus.Corpus:
    """TinyShakespeare, from beside the checkout or from the learner's cache; raises CorpusError where it is not."""
    return corpus.load(
        "tinyshakespeare", "en", 1_115_394, 0, folder=BESIDE if BESIDE.is_dir() else Home.from_environment().corpora
    )


def measure() -> list[Figure]:
    """Both recipes in turns on five seeds, and the course's with the time that the other one takes."""
    found = shakespeare()
    text = Text(found, *split(found.tokens))
    ours, theirs = [], []
    for seed in SEEDS:
        ours.append(fast(text, seed))
        theirs.append(published(text, seed))
    ratios = [mine[0] / other[0] for mine, other in zip(ours, theirs, strict=True)]
    long_steps = round(STEPS / statistics.median(ratios))
    longer = [fast(text, seed, long_steps) for seed in SEEDS[:3]]

    def seeds(runs: list[tuple[float, float]]) -> str:
        return f"{', '.join(f'{loss:.3f}' for _, loss in runs)} in {statistics.median(run[0] for run in runs):.1f} s"

    settings = defaults_of("block/train-your-own")
    split_of, tokens = "TinyShakespeare, whole validation split", STEPS * settings.batch * settings.block

    def loss(what: str, runs: list[tuple[float, float]], bound: float, how: str) -> Figure:
        worst = max(run[1] for run in runs)
        return Figure(
            f"{what} ends at", worst, bound, "nats", f"{split_of}, the worst of {how}: {seeds(runs)}", digits=4
        )

    return [
        loss("nanoGPT's recipe", theirs, 1.93, "seeds 1 to 5"),
        loss("the course's recipe", ours, REACHED, "seeds 1 to 5"),
        Figure(
            "after reading",
            tokens,
            150_000,
            "tokens",
            f"{STEPS} steps of {settings.batch} blocks of {settings.block}",
            digits=6,
        ),
        Figure("and takes, against nanoGPT's time", statistics.median(ratios), 0.1, "×", "median of 5 pairs, in turns"),
        loss("with all of nanoGPT's time it", longer, 1.7, f"seeds 1 to 3, {long_steps} steps"),
    ]
