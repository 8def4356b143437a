"""The one training loop of all experiments."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Literal, Protocol

import torch
from torch import Tensor, nn

from minimind_tui.nn.checkpoint import pack, unpack

Schedule = Literal["constant", "linear", "cosine", "wsd"]

STABLE = 0.3
"""The part of a `wsd` schedule behind the warmup in which the rate stays at its peak."""


class Checkpoint(Protocol):
    """Where a training keeps its state now and then."""

    @property
    def file(self) -> Path:
        """The state that was kept last."""

    @property
    def step(self) -> int | None:
        """The step after which it was kept; None where there is none yet."""

    def due(self) -> bool:
        """Whether it is time to keep it again."""

    def write(self, content: bytes) -> None:
        """Keep it."""


def learning_rate_at(step: int, steps: int, peak: float, warmup: int, schedule: Schedule) -> float:
    """The rate of step `step` (from 0): a linear rise over `warmup` steps, then the schedule down to 0.

    `cosine` is Loshchilov & Hutter 2017, equation 5, without restarts; `wsd` (warmup, stable, decay) stays at the peak
    for STABLE of the rest and then falls in a line (Hu et al. 2024, MiniCPM, section 4).
    """
    if step < warmup:
        return peak * (step + 1) / warmup
    along = (step - warmup) / max(1, steps - warmup)
    if schedule == "linear":
        return peak * (1 - along)
    if schedule == "cosine":
        return peak * 0.5 * (1 + math.cos(math.pi * along))
    if schedule == "wsd":
        return peak * min(1.0, (1 - along) / (1 - STABLE))
    return peak


def train(
    model: nn.Module,
    batches: Iterable[tuple[Tensor, Tensor]],
    *,
    steps: int,
    learning_rate: float,
    on_step: Callable[[int, Tensor, Tensor], None],
    warmup: int = 0,
    schedule: Schedule = "constant",
    clip: float = 1.0,
    weight_decay: float = 0.01,
    checkpoint: Checkpoint | None = None,
) -> None:
    """`train_with` AdamW (Loshchilov & Hutter 2019) for every parameter, at the peak rate `learning_rate`."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=learning_rate, betas=(0.9, 0.95), weight_decay=weight_decay)
    train_with(
        [optimizer],
        model,
        batches,
        steps=steps,
        on_step=on_step,
        warmup=warmup,
        schedule=schedule,
        clip=clip,
        checkpoint=checkpoint,
    )


def train_with(
    optimizers: Sequence[torch.optim.Optimizer],
    model: nn.Module,
    batches: Iterable[tuple[Tensor, Tensor]],
    *,
    steps: int,
    on_step: Callable[[int, Tensor, Tensor], None],
    warmup: int = 0,
    schedule: Schedule = "constant",
    clip: float = math.inf,
    bf16: bool = False,
    checkpoint: Checkpoint | None = None,
) -> None:
    """Train on batches of (inputs, targets), each (B, T); the rates that the optimizers were made with are the peaks.

    After each step `on_step(step, loss, gradient_norm)` hears, from step 1 on, the batch's loss before the
    step and the norm of the whole gradient before it was clipped to `clip`. With `bf16` the products are computed in
    bfloat16, weights and sums stay in float32 (Micikevicius et al. 2018). A training that was interrupted
    goes on after the step of its `checkpoint`, with the state and the batches that it would have had.
    """
    model.train()
    first = 0
    if checkpoint and checkpoint.step is not None:
        first = checkpoint.step
        unpack(checkpoint.file.read_bytes(), model, optimizers)
    groups = [(group, group["lr"]) for optimizer in optimizers for group in optimizer.param_groups]
    for step, (inputs, targets) in zip(range(steps), batches, strict=False):
        if step < first:
            continue  # this batch was learned from before the interruption
        for group, peak in groups:
            group["lr"] = learning_rate_at(step, steps, peak, warmup, schedule)
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            loss = model(inputs, targets).loss  # ()
        for optimizer in optimizers:
            optimizer.zero_grad(set_to_none=True)
        loss.backward()
        gradients = [each.grad for each in model.parameters() if each.grad is not None]
        gradient_norm = nn.utils.get_total_norm(gradients)  # ()
        if clip < math.inf:
            nn.utils.clip_grads_with_norm_(model.parameters(), clip, gradient_norm)
        for optimizer in optimizers:
            optimizer.step()
        on_step(step + 1, loss.detach(), gradient_norm)
        if checkpoint and checkpoint.due():
            checkpoint.write(pack(model, optimizers, step + 1))


@torch.no_grad()
def evaluate(model: nn.Module, batches: Iterable[tuple[Tensor, Tensor]]) -> float:
    """The mean loss, in nats a token, over batches of (inputs, targets), each (B, T)."""
    was_training = model.training
    model.eval()
    total, count = 0.0, 0
    try:
        for inputs, targets in batches:
            known = int((targets != -100).sum())
            loss = model(inputs, targets).loss if known else None
            if loss is not None:
                total += loss.item() * known
                count += known
    finally:
        model.train(was_training)
    if count == 0:
        raise ValueError("no target to evaluate on: give at least one batch that is not all -100")
    return total / count
