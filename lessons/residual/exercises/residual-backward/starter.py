"""A residual stack's way back, by hand."""

from torch import Tensor


def residual_backward(grad: Tensor, x: Tensor, weights: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
    """The gradients of the input and of each weight.

    Forward: x becomes x + tanh(x @ W) for each W of `weights`, in their order.
    grad is the loss's gradient with respect to the last x. grad and x are (..., C), each W is (C, C).
    Returns grad_x (..., C) and one (C, C) for each weight, in their order.
    """
    return grad, []


def gradient_by_branches(grad: Tensor, x: Tensor, weights: list[Tensor]) -> Tensor:
    """grad_x in N + 1 parts, (N + 1, ..., C): part k comes by all paths through exactly k of the N branches."""
    return grad.unsqueeze(0)
