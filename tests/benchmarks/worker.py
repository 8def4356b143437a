"""What recording costs an experiment: the same training loop with the recorder and bare, in turns."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch

from minimind_tui.nn.batches import RandomBlocks
from minimind_tui.nn.config import ModelConfig
from minimind_tui.nn.model import MiniMind
from minimind_tui.nn.training import Update, adamw, updates
from minimind_tui.run.checkpoint import Checkpoint
from minimind_tui.run.log_writer import Log
from minimind_tui.run.recorder import Recorder
from tests.benchmarks import Figure

STEPS = 60
ROUNDS = 9


def seconds(look: Callable[[Update], None]) -> float:
    """One training of a model of the size that `position-ablation` trains."""
    torch.manual_seed(1)
    model = MiniMind(
        ModelConfig(vocab_size=64, hidden_size=64, num_layers=2, num_heads=4, num_kv_heads=4, max_position=128)
    )
    tokens = torch.randint(64, (20_000,))
    began = time.perf_counter()
    for update in updates(model, [adamw(model, 3e-3)], RandomBlocks(tokens, 64, 16, seed=1), steps=STEPS):
        look(update)
    return time.perf_counter() - began


def measure() -> list[Figure]:
    """The median over rounds of (bare time / recorded time)."""
    ratios = []
    with tempfile.TemporaryDirectory() as folder:
        log = Log(Path(folder))
        record = Recorder(log, "a", Checkpoint(Path(folder) / "a.safetensors", log.flush))

        def bare(update: Update) -> None:
            """A loop that looks at its loss, and keeps nothing."""
            update.loss.item()

        def recorded(update: Update) -> None:
            record.metric(update.step, loss=update.loss, gradient_norm=update.gradient_norm)

        seconds(bare)
        for turn in range(ROUNDS):
            order = (bare, recorded) if turn % 2 else (recorded, bare)
            taken = {function: seconds(function) for function in order}
            ratios.append(taken[bare] / taken[recorded])
        log.end("finished", seconds=0.0)
    how = f"{STEPS} steps of a 2-layer model of width 64, recorded and bare in turns; median of {ROUNDS} ratios"
    return [
        Figure("a worker's throughput against the bare loop", statistics.median(ratios), 0.97, "×", how, least=True)
    ]
