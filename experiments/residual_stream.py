"""What the experiments on the residual connection have in common: the stream that all branches read and add to.

Shapes: B batch, T block size, C width; L blocks, N = 2L branches (attention and feed-forward).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from minimind_tui.nn.model import MiniMind


def output_factor(scale: str, L: int) -> float:
    """What the last matrix of each branch is multiplied by before training.

    `root`: 1 / sqrt(2L), GPT-2's rule (Radford et al. 2019, section 2.3). `zero`: every branch begins silent.
    """
    return {"one": 1.0, "root": 1 / math.sqrt(2 * L), "zero": 0.0}[scale]


@torch.no_grad()
def scale_outputs(model: MiniMind, factor: float) -> None:
    """Multiply the matrix with which each branch writes into the stream: o_proj (C, H*D) and down_proj (C, M)."""
    for name, weight in model.named_parameters():
        if name.endswith(("o_proj.weight", "down_proj.weight")):
            weight.mul_(factor)


@torch.no_grad()
def stream(model: MiniMind, ids: Tensor) -> list[Tensor]:
    """The residual stream of ids (B, T): the token vectors, then what leaves each block. L + 1 times (B, T, C)."""
    x, rope = model.model.embed(ids), model.model.rope(0, ids.shape[1])
    seen = [x]
    for block in model.model.layers:
        x, _ = block(x, rope)  # (B, T, C)
        seen.append(x)
    return seen
