"""Muon: momentum whose update is made orthogonal (Jordan et al. 2024, kellerjordan.github.io/posts/muon).

The gradient of a matrix mostly points along a few directions: its singular values differ by orders of magnitude, and
a step along it moves those directions alone. Muon replaces it by the nearest orthogonal matrix U V^T (from the
singular value decomposition U S V^T): the same directions, all of them with the same strength.

It is for matrices inside the model. Embedding, head and norm weights are no maps between two hidden spaces: AdamW
keeps them (`muon_and_adamw`).

Shapes: N matrices of one shape, R rows, C columns.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable

import torch
from torch import Tensor, nn

QUINTIC = (3.4445, -4.7750, 2.0315)
"""a, b, c of the polynomial a s + b s^3 + c s^5, by which each step changes every singular value s.

It lifts a small s fastest (by a), and ends not at 1 but between 0.7 and 1.2, which trains as well (Jordan's post).
"""


def orthogonalized(matrices: Tensor, steps: int = 5, dtype: torch.dtype = torch.bfloat16) -> Tensor:
    """Nearly U V^T of each matrix U S V^T: (N, R, C) to (N, R, C), by a Newton-Schulz iteration.

    Only products, no decomposition: X <- a X + (b A + c A^2) X with A = X X^T keeps U and V and sends every singular
    value through QUINTIC. bf16 is exact enough for that, and fast where the processor has it.
    """
    a, b, c = QUINTIC
    tall = matrices.shape[-2] > matrices.shape[-1]
    X = (matrices.mT if tall else matrices).to(dtype)  # (N, R, C), R <= C: X X^T is the smaller square
    X = X / (X.norm(dim=(-2, -1), keepdim=True) + 1e-7)  # no singular value is above 1
    for _ in range(steps):
        A = X @ X.mT  # (N, R, R)
        B = torch.baddbmm(A, A, A, beta=b, alpha=c)  # (N, R, R) b A + c A^2
        X = torch.baddbmm(X, B, X, beta=a)  # (N, R, C) a X + B X
    orthogonal: Tensor = X.mT if tall else X  # (N, R, C)
    return orthogonal.to(matrices.dtype)


class Muon(torch.optim.Optimizer):
    """Nesterov momentum on matrices, each update orthogonalized before it is taken.

    A step moves W by lr * sqrt(max(1, R / C)) * U V^T: an output that is wider than its input moves by as much in
    each of its numbers. Only 2-D parameters; queries, keys and values (gate and up) must be matrices of their own, as
    in `Attention` and `SwiGLU`: fused into one they would be made orthogonal to each other.
    """

    def __init__(
        self,
        parameters: Iterable[nn.Parameter],
        lr: float = 0.06,
        momentum: float = 0.8,
        steps: int = 5,
        dtype: torch.dtype = torch.bfloat16,
    ) -> None:
        """`dtype` is that of the numbers in which the updates are made orthogonal."""
        super().__init__(parameters, {"lr": lr, "momentum": momentum, "steps": steps})
        self._dtype = dtype
        for group in self.param_groups:
            if any(parameter.ndim != 2 for parameter in group["params"]):
                raise ValueError("Muon orthogonalizes matrices: give vectors and tables to another optimizer")

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """Take one step, matrices of one shape together."""
        for group in self.param_groups:
            same_shape: dict[torch.Size, list[nn.Parameter]] = defaultdict(list)
            for parameter in group["params"]:
                if parameter.grad is not None:
                    same_shape[parameter.shape].append(parameter)
            for (rows, columns), parameters in same_shape.items():
                ahead = torch.stack([self._look_ahead(each, group["momentum"]) for each in parameters])  # (N, R, C)
                updates = orthogonalized(ahead, group["steps"], self._dtype)  # (N, R, C)
                length = group["lr"] * math.sqrt(max(1, rows / columns))
                for parameter, update in zip(parameters, updates, strict=True):
                    parameter.add_(update, alpha=-length)

    def _look_ahead(self, parameter: nn.Parameter, momentum: float) -> Tensor:
        """Nesterov: the gradient, and the velocity that it has just changed, as it will be a step later. (R, C)."""
        assert parameter.grad is not None
        state = self.state[parameter]
        if "velocity" not in state:
            state["velocity"] = torch.zeros_like(parameter)
        velocity: Tensor = state["velocity"].mul_(momentum).add_(parameter.grad)
        return parameter.grad.add(velocity, alpha=momentum)


ADAMW_PART = 1 / 3
"""Of Muon's learning rate, what suits AdamW on the other parameters."""


def muon_and_adamw(
    model: nn.Module, lr: float = 0.06, dtype: torch.dtype = torch.bfloat16
) -> tuple[Muon, torch.optim.AdamW]:
    """Muon at `lr`, in `dtype`, for the matrices of the blocks, AdamW for all else: embedding, head, norms."""
    tables = {id(module.weight) for module in model.modules() if isinstance(module, nn.Embedding)}
    matrices: list[nn.Parameter] = []
    others: list[nn.Parameter] = []
    for name, parameter in model.named_parameters():
        hidden = parameter.ndim == 2 and id(parameter) not in tables and not name.startswith("lm_head.")
        (matrices if hidden else others).append(parameter)
    return Muon(matrices, lr, dtype=dtype), torch.optim.AdamW(
        others, lr=ADAMW_PART * lr, betas=(0.9, 0.95), weight_decay=0.0, fused=True
    )
