"""The 26 M configuration of MiniMind2-small: a training step against a plain loop, and writing with the cache."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial

import torch
from torch import Tensor, nn

from minimind_tui.nn.batches import RandomBlocks
from minimind_tui.nn.config import minimind2_small
from minimind_tui.nn.generate import generate
from minimind_tui.nn.model import MiniMind
from minimind_tui.nn.training import updates
from tests.benchmarks import Figure

BATCH, BLOCK = 2, 128
STEPS, ROUNDS = 2, 25
WRITTEN = 512
RATE = 1e-4

Batches = Iterator[tuple[Tensor, Tensor]]


def course_loop(model: MiniMind, batches: Batches, optimizer: torch.optim.Optimizer) -> None:
    """The training loop of all experiments."""
    for _ in updates(model, [optimizer], batches, steps=STEPS):
        pass


def plain_loop(model: MiniMind, batches: Batches, optimizer: torch.optim.Optimizer) -> None:
    """The loop as PyTorch's tutorials write it."""
    model.train()
    for _, (inputs, targets) in zip(range(STEPS), batches, strict=False):
        optimizer.zero_grad()
        loss = model(inputs, targets).loss
        assert loss is not None
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()


def seconds(work: Callable[[], object]) -> float:
    """How long it takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def measure() -> list[Figure]:
    """Both loops in turns, then the tokens both ways."""
    torch.manual_seed(1)
    config = minimind2_small()
    model = MiniMind(config)
    tokens = torch.randint(config.vocab_size, (20_000,))
    batches = RandomBlocks(tokens, BLOCK, BATCH, seed=1)
    optimizers = {
        course_loop: torch.optim.AdamW(model.parameters(), lr=RATE, fused=True),
        plain_loop: torch.optim.AdamW(model.parameters(), lr=RATE),
    }
    ratios = []
    for turn in range(ROUNDS + 1):
        order = (course_loop, plain_loop) if turn % 2 else (plain_loop, course_loop)
        taken = {loop: seconds(partial(loop, model, batches, optimizers[loop])) for loop in order}
        ratios.append(taken[course_loop] / taken[plain_loop])
    ratios.pop(0)  # the optimizers' state is made in the first
    beginning = tokens[None, :8]
    with_cache = seconds(lambda: generate(model, beginning, WRITTEN, temperature=0))
    without = seconds(lambda: generate(model, beginning, WRITTEN, temperature=0, use_cache=False))
    size = f"{model.parameter_count() / 1e6:.0f} M parameters"
    how = f"{size}, {STEPS} steps of {BATCH} blocks of {BLOCK}, AdamW fused against PyTorch's default, in turns"
    return [
        Figure(
            "a training step against a plain loop", statistics.median(ratios), 1.0, "×", f"{how}; median of {ROUNDS}"
        ),
        Figure(
            f"{WRITTEN} tokens with the KV cache, against without",
            without / with_cache,
            3.0,
            "×",
            f"{size}, one sequence; {WRITTEN / with_cache:.0f} and {WRITTEN / without:.0f} tokens a second",
            least=True,
        ),
    ]
