"""In what numbers a training computes: float32, or products in 16 bits with the weights and sums in float32.

16 bits are half the memory traffic, and faster where the processor has instructions for them. Where it has none they
are imitated, many times slower: which one is faster is a matter of measurement (`speed.py`).
Micikevicius et al. 2018 is the recipe: a copy of the weights in float32, and for fp16 a loss that is scaled up.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Literal

import torch

PrecisionName = Literal["fp32", "bf16", "fp16"]


@dataclass(frozen=True)
class Precision:
    """The numbers of a training's products."""

    name: PrecisionName
    dtype: torch.dtype

    def autocast(self, device: torch.device) -> AbstractContextManager[None]:
        """What is computed in here uses these numbers where they suffice: products, but not norms, softmax and loss."""
        return nullcontext() if self.name == "fp32" else torch.autocast(device.type, self.dtype)

    def scaler(self, device: torch.device) -> torch.amp.GradScaler:
        """What keeps small gradients from vanishing in fp16, whose smallest number is 6e-8; for others it does nothing.

        The loss is multiplied before the backward pass and the gradients divided after it; a step whose gradients have
        overflowed is left out, and the factor halved.
        """
        return torch.amp.GradScaler(device.type, enabled=self.name == "fp16")


FP32 = Precision("fp32", torch.float32)
BF16 = Precision("bf16", torch.bfloat16)
FP16 = Precision("fp16", torch.float16)
PRECISIONS: dict[str, Precision] = {each.name: each for each in (FP32, BF16, FP16)}
