"""How fast a small model learns: `block/train-your-own`'s recipe against nanoGPT's published one, in turns.

Both train about 0.8 M parameters on the first nine tenths of TinyShakespeare in blocks of 64, and both are measured by
the mean loss over the whole last tenth, which no training time counts.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import torch
from torch import Tensor

from data import corpus
from experiments.language_model import FAST, FAST_WARMUP
from minimind_tui.home import Home
from minimind_tui.nn.batches import endless, split
from minimind_tui.nn.config import ModelConfig
from minimind_tui.nn.model import MiniMind
from minimind_tui.nn.muon import muon_and_adamw
from minimind_tui.nn.training import train_with
from tests.benchmarks import BESIDE, Figure, nanogpt

SEEDS = (1, 2, 3, 4, 5)
BATCH, STEPS = 16, 138
REACHED = 1.913
"""Where the worst of three runs of nanoGPT's recipe ended, in nats a character."""


def minimind(vocab_size: int) -> MiniMind:
    """The model of `block/train-your-own`."""
    return MiniMind(
        ModelConfig(
            vocab_size=vocab_size,
            hidden_size=128,
            num_layers=3,
            num_heads=2,
            num_kv_heads=2,
            intermediate_size=4 * 128,
            max_position=nanogpt.BLOCK,
            rope_theta=10000.0,
            **FAST,
        )
    )


def whole_loss(loss: Callable[[Tensor, Tensor], Tensor], tokens: Tensor) -> float:
    """The mean over all blocks of `tokens` (N,), in nats a token."""
    blocks = (len(tokens) - 1) // nanogpt.BLOCK
    inputs, targets = (tokens[shift : shift + blocks * nanogpt.BLOCK].view(blocks, -1) for shift in (0, 1))  # (N/T, T)
    total = 0.0
    with torch.no_grad():
        for some, wanted in zip(inputs.split(64), targets.split(64), strict=True):
            total += loss(some, wanted).item() * len(some)
    return total / blocks


def fast(training: Tensor, validation: Tensor, vocab_size: int, seed: int, steps: int = STEPS) -> tuple[float, float]:
    """Seconds of training and the loss after it, by the course's recipe."""
    torch.manual_seed(seed)
    model = minimind(vocab_size)
    blocks = endless(training, nanogpt.BLOCK, BATCH, seed)
    began = time.perf_counter()
    train_with(
        muon_and_adamw(model),
        model,
        blocks,
        steps=steps,
        on_step=lambda step, loss, norm: None,
        warmup=FAST_WARMUP,
        schedule="wsd",
        bf16=True,
    )
    seconds = time.perf_counter() - began

    def loss(inputs: Tensor, targets: Tensor) -> Tensor:
        found = model(inputs, targets).loss
        assert found is not None
        return found

    return seconds, whole_loss(loss, validation)


def published(training: Tensor, validation: Tensor, vocab_size: int, seed: int) -> tuple[float, float]:
    """Seconds of training and the loss after it, by nanoGPT's recipe."""
    torch.manual_seed(seed)
    model = nanogpt.GPT(vocab_size)
    began = time.perf_counter()
    nanogpt.train(model, training, seed)
    return time.perf_counter() - began, whole_loss(model, validation)


def shakespeare() -> corpus.Corpus:
    """TinyShakespeare, from beside the checkout or from the learner's cache; raises CorpusError where it is not."""
    return corpus.load(
        "tinyshakespeare", "en", 1_115_394, 0, folder=BESIDE if BESIDE.is_dir() else Home.from_environment().corpora
    )


def measure() -> list[Figure]:
    """Both recipes in turns on five seeds, and the course's with the time that the other one takes."""
    text = shakespeare()
    V = len(text.vocabulary)
    training, validation = split(torch.tensor(text.tokens))
    ours, theirs = [], []
    for seed in SEEDS:
        ours.append(fast(training, validation, V, seed))
        theirs.append(published(training, validation, V, seed))
    ratios = [mine[0] / other[0] for mine, other in zip(ours, theirs, strict=True)]
    long_steps = round(STEPS / statistics.median(ratios))
    longer = [fast(training, validation, V, seed, long_steps) for seed in SEEDS[:3]]

    def seeds(runs: list[tuple[float, float]]) -> str:
        return f"{', '.join(f'{loss:.3f}' for _, loss in runs)} in {statistics.median(run[0] for run in runs):.1f} s"

    text_of, tokens = "TinyShakespeare, whole validation split", STEPS * BATCH * nanogpt.BLOCK

    def loss(what: str, runs: list[tuple[float, float]], bound: float, how: str) -> Figure:
        worst = max(run[1] for run in runs)
        return Figure(
            f"{what} ends at", worst, bound, "nats", f"{text_of}, the worst of {how}: {seeds(runs)}", digits=4
        )

    return [
        loss("nanoGPT's recipe", theirs, 1.93, "seeds 1 to 5"),
        loss("the course's recipe", ours, REACHED, "seeds 1 to 5"),
        Figure(
            "after reading", tokens, 150_000, "tokens", f"{STEPS} steps of {BATCH} blocks of {nanogpt.BLOCK}", digits=6
        ),
        Figure("and takes, against nanoGPT's time", statistics.median(ratios), 0.1, "×", "median of 5 pairs, in turns"),
        loss("with all of nanoGPT's time it", longer, 1.7, f"seeds 1 to 3, {long_steps} steps"),
    ]
