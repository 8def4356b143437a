"""The one training loop of all experiments, turned inside out: a training is something to iterate over."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol, TypeVar, runtime_checkable

import torch
from torch import Tensor, nn

from minimind_tui.nn.checkpoint import pack, unpack
from minimind_tui.nn.precision import FP32, Precision

Batch = tuple[Tensor, Tensor]
"""Inputs and targets, each (B, T)."""

B = TypeVar("B")
B_contra = TypeVar("B_contra", contravariant=True)

IGNORED = -100
"""A target that is not to be predicted, as in PyTorch's cross entropy."""

Schedule = Literal["constant", "linear", "cosine", "wsd"]

STABLE = 0.3
"""The part of a `wsd` schedule after the warmup in which the rate stays at its peak."""


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


@runtime_checkable
class Resumable(Protocol):
    """Batches that can go on from where they were."""

    def position(self) -> Tensor:
        """Where they are."""

    def go_to(self, position: Tensor) -> None:
        """Go on from there."""


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


class Update(NamedTuple):
    """One step of a training that has been taken."""

    step: int
    """From 1 on."""
    loss: Tensor
    """() of the step's batch, before the weights changed."""
    gradient_norm: Tensor
    """() of the whole gradient, before it was clipped."""


class Objective(Protocol[B_contra]):
    """What a training makes smaller: the mean of a loss over the targets of a batch."""

    def __call__(self, batch: B_contra) -> Tensor:
        """The mean loss: ()."""

    def count(self, batch: B_contra) -> int:
        """How many targets that mean is over."""


class NextToken:
    """The loss of a model on (inputs, targets), each (B, T): nats a token, over the targets that are not IGNORED."""

    def __init__(self, model: nn.Module) -> None:
        self._model = model

    def __call__(self, batch: Batch) -> Tensor:
        """The mean loss: ()."""
        loss: Tensor = self._model(*batch).loss
        return loss

    def count(self, batch: Batch) -> int:
        """How many targets count."""
        return int((batch[1] != IGNORED).sum())


def adamw(model: nn.Module, learning_rate: float, weight_decay: float = 0.01) -> torch.optim.AdamW:
    """AdamW (Loshchilov & Hutter 2019) for every parameter, `learning_rate` its peak."""
    return torch.optim.AdamW(model.parameters(), lr=learning_rate, betas=(0.9, 0.95), weight_decay=weight_decay)


def updates(
    model: nn.Module,
    optimizers: Sequence[torch.optim.Optimizer],
    batches: Iterable[B],
    *,
    steps: int,
    objective: Objective[B] | None = None,
    warmup: int = 0,
    schedule: Schedule = "constant",
    clip: float = 1.0,
    accumulate: int = 1,
    precision: Precision = FP32,
    checkpoint: Checkpoint | None = None,
) -> Iterator[Update]:
    """Train, one update a turn of the caller's loop: what is to be measured stands between two of them.

    The rates that the optimizers were made with are the peaks; `clip` bounds the norm of the whole gradient, math.inf
    leaves it alone. An update learns from `accumulate` batches as from one large one: each counts as much as it has
    targets. `objective` is `NextToken(model)` where none is given. All is computed on the model's device, where the
    batches are brought, and its products in `precision`; an fp16 step that has overflowed changes no weights.

    A training that was interrupted goes on after the step of its `checkpoint`, with the state that it would have had:
    batches that know their position (`Resumable`) go on from there, all others are taken again and passed over. Ends
    early where the batches do. Raises ValueError for an update without a target.
    """
    loss_of: Any = objective or NextToken(model)
    model.train()
    device = next(model.parameters()).device
    scaler = precision.scaler(device)
    first, position = _restore(model, optimizers, scaler, checkpoint)
    groups = [(group, group["lr"]) for optimizer in optimizers for group in optimizer.param_groups]
    supply = iter(batches)
    if position is not None and isinstance(batches, Resumable):
        batches.go_to(position)
    else:
        for _ in range(first * accumulate):
            next(supply, None)  # learned from before the interruption
    for step in range(first, steps):
        for group, peak in groups:
            group["lr"] = learning_rate_at(step, steps, peak, warmup, schedule)
        taken = list(islice(supply, accumulate))
        if len(taken) < accumulate:
            return
        counts = [loss_of.count(batch) for batch in taken]
        total = sum(counts)
        if total == 0:
            raise ValueError(f"step {step + 1} has nothing to learn from: every target is masked ({IGNORED})")
        for optimizer in optimizers:
            optimizer.zero_grad(set_to_none=True)
        loss = torch.zeros((), device=device)
        for batch, count in zip(taken, counts, strict=True):
            if count:
                with precision.autocast(device):
                    part = loss_of(on(device, batch)) * (count / total)  # ()
                scaler.scale(part).backward()
                loss = loss + part.detach()
        for optimizer in optimizers:
            scaler.unscale_(optimizer)
        gradients = [each.grad for each in model.parameters() if each.grad is not None]
        gradient_norm = nn.utils.get_total_norm(gradients)  # ()
        if clip < math.inf:
            nn.utils.clip_grads_with_norm_(model.parameters(), clip, gradient_norm)
        for optimizer in optimizers:
            scaler.step(optimizer)
        scaler.update()
        yield Update(step + 1, loss, gradient_norm)
        if checkpoint and checkpoint.due():
            now_at = batches.position() if isinstance(batches, Resumable) else None
            checkpoint.write(pack(model, optimizers, step + 1, now_at, scaler))


def _restore(
    model: nn.Module,
    optimizers: Sequence[torch.optim.Optimizer],
    scaler: torch.amp.GradScaler,
    checkpoint: Checkpoint | None,
) -> tuple[int, Tensor | None]:
    """Put back what the checkpoint has kept: the step after which it was, and the position in the data where known.

    0 and None where there is none.
    """
    if checkpoint is None or checkpoint.step is None:
        return 0, None
    return checkpoint.step, unpack(checkpoint.file.read_bytes(), model, optimizers, scaler)


def on(device: torch.device, batch: B) -> B:
    """The batch with its tensors on the device: a tensor, or a tuple of them; anything else is left as it is."""
    moved: Any = batch
    if isinstance(batch, Tensor):
        moved = batch.to(device)
    elif isinstance(batch, tuple):
        moved = tuple(on(device, part) for part in batch)
        moved = type(batch)(*moved) if hasattr(batch, "_fields") else moved
    return moved  # type: ignore[no-any-return]


@torch.no_grad()
def evaluate(model: nn.Module, batches: Iterable[tuple[Tensor, Tensor]]) -> float:
    """The mean loss, in nats a token, over batches of (inputs, targets), each (B, T)."""
    was_training = model.training
    model.eval()
    device = next(model.parameters()).device
    total, count = 0.0, 0
    try:
        for inputs, targets in (on(device, batch) for batch in batches):
            known = int((targets != IGNORED).sum())
            loss = model(inputs, targets).loss if known else None
            if loss is not None:
                total += loss.item() * known
                count += known
    finally:
        model.train(was_training)
    if count == 0:
        raise ValueError(f"no target to evaluate on: give at least one batch that is not all {IGNORED}")
    return total / count
