"""How fast a training is on this machine: the same updates of a small model on each device and in each precision.

What a processor is called says little: bf16 makes one faster and another many times slower, and a GPU that waits for
small matrices may lose to the processor beside it.
"""

from __future__ import annotations

import math
import os
import platform
import time
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import torch

from minimind_tui.nn.config import ModelConfig
from minimind_tui.nn.model import MiniMind
from minimind_tui.nn.muon import muon_and_adamw
from minimind_tui.nn.precision import BF16, FP32, Precision
from minimind_tui.nn.training import updates

BATCH, BLOCK = 16, 64
MOST_ROUNDS, UPDATES = 4, 3
"""So often at most each way has its turn, with so many updates in a row."""

AGREE = 1.1
"""Rounds go on until the two fastest updates of each way differ by no more than this factor.

The fastest counts, for what disturbs a measurement only delays it; two that agree were hardly disturbed.
"""

PLAIN = "cpu fp32"
"""The way that is there on every machine."""

HOPELESS = 3.0
"""A way of which two updates took so many times as long as the best one's is not measured further."""

MODEL = ModelConfig(
    vocab_size=64, hidden_size=128, num_layers=3, num_heads=2, num_kv_heads=2, intermediate_size=512,
    max_position=BLOCK, rope_theta=1e4, qk_norm=True, tied=False, zero_output=True, embedding_std=1.0,
)  # fmt: skip
"""Of the size and make of the one that a learner trains for himself."""


def devices() -> list[str]:
    """Those that PyTorch can use here."""
    found = ["cpu"]
    if torch.cuda.is_available():
        found.append("cuda")
    if torch.backends.mps.is_available():
        found.append("mps")
    return found


def machine() -> str:
    """All that the measurement depends on, in one line: what has another name is measured anew."""
    return " · ".join(
        (
            f"torch {torch.__version__}",
            _processor(),
            torch.backends.cpu.get_cpu_capability(),
            f"oneDNN up to {os.environ.get('ONEDNN_MAX_CPU_ISA', 'all')}",
            f"{torch.get_num_threads()} threads",
            *(torch.cuda.get_device_name(number) for number in range(torch.cuda.device_count())),
        )
    )


def _processor() -> str:
    """The processor's name."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def seconds_per_update() -> dict[str, float]:
    """Seconds of one update in each way, `cpu fp32` first: `{"cpu fp32": 0.07, "cpu bf16": 0.05}`."""
    state = torch.get_rng_state()
    try:
        ways = {f"{device} {each.name}": timed_updates(device, each) for device in devices() for each in (FP32, BF16)}
        for way in list(ways):
            try:
                next(ways[way])  # makes room and chooses kernels
            except RuntimeError:  # a device that knows no such numbers, or has no room left
                if way == PLAIN:
                    raise
                del ways[way]
        taken: dict[str, list[float]] = {way: [] for way in ways}
        for _ in range(MOST_ROUNDS):
            for way, timed in ways.items():
                for _ in range(UPDATES):
                    if not _hopeless(way, taken):
                        taken[way].append(next(timed))
            if all(_agree(times) or _hopeless(way, taken) for way, times in taken.items()):
                break
        return {way: min(times) for way, times in taken.items()}
    finally:
        torch.set_rng_state(state)


def _hopeless(way: str, taken: dict[str, list[float]]) -> bool:
    """Whether more updates would change nothing."""
    best = min((min(times) for times in taken.values() if times), default=0.0)
    return len(taken[way]) >= 2 and min(taken[way]) > HOPELESS * best


def _agree(times: list[float]) -> bool:
    """Whether the two fastest are nearly alike."""
    fastest, second = sorted(times)[:2]
    return second <= AGREE * fastest


def timed_updates(device: str, precision: Precision) -> Iterator[float]:
    """The seconds that each update of a training takes."""
    torch.manual_seed(0)
    model = MiniMind(MODEL).to(device)
    tokens = torch.randint(MODEL.vocab_size, (BATCH, BLOCK))  # (B, T)
    training = updates(
        model,
        muon_and_adamw(model, dtype=precision.dtype),
        cycle([(tokens, tokens)]),
        steps=1 + MOST_ROUNDS * UPDATES,
        clip=math.inf,
        precision=precision,
    )
    while True:
        began = time.perf_counter()
        next(training).loss.item()  # a GPU has computed it by then
        yield time.perf_counter() - began
