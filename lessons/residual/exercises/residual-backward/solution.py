"""A residual stack's way back, by hand."""

import torch
from torch import Tensor


def residual_backward(grad: Tensor, x: Tensor, weights: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
    """The gradients of the input and of each weight.

    Forward: x becomes x + tanh(x @ W) for each W of `weights`, in their order.
    grad is the loss's gradient with respect to the last x. grad and x are (..., C), each W is (C, C).
    Returns grad_x (..., C) and one (C, C) for each weight, in their order.
    """
    C = x.shape[-1]
    grad_weights = []
    for x_n, W, slope in reversed(walk(x, weights)):
        inner = grad * slope  # (..., C) at the branch's x @ W
        grad_weights.append(x_n.reshape(-1, C).T @ inner.reshape(-1, C))  # (C, C)
        grad = grad + inner @ W.T  # (..., C) past the branch, and through it
    return grad, grad_weights[::-1]


def gradient_by_branches(grad: Tensor, x: Tensor, weights: list[Tensor]) -> Tensor:
    """grad_x in N + 1 parts, (N + 1, ..., C): part k comes by all paths through exactly k of the N branches."""
    parts = grad.unsqueeze(0)  # (1, ..., C) no branch yet
    for _, W, slope in reversed(walk(x, weights)):
        through = (parts * slope) @ W.T  # (k, ..., C) one branch more than before
        nothing = torch.zeros_like(parts[:1])  # (1, ..., C)
        parts = torch.cat((parts, nothing)) + torch.cat((nothing, through))  # (k + 1, ..., C)
    return parts


def walk(x: Tensor, weights: list[Tensor]) -> list[tuple[Tensor, Tensor, Tensor]]:
    """Forward: for each branch the x it reads, its weight, and the slope of its tanh."""
    met = []
    for W in weights:
        said = torch.tanh(x @ W)  # (..., C)
        met.append((x, W, 1 - said.square()))
        x = x + said  # (..., C)
    return met
