"""LayerNorm's way back, by hand."""

import torch
from torch import Tensor


def layernorm_backward(grad: Tensor, x: Tensor, weight: Tensor, eps: float) -> tuple[Tensor, Tensor, Tensor]:
    """The gradients of the input, the weight and the bias.

    y = (x - mean) / sqrt(variance + eps) * weight + bias, over the last dimension.
    grad is the loss's gradient with respect to y. grad and x are (..., C), weight is (C,).
    Returns grad_x (..., C), grad_weight (C,), grad_bias (C,).
    """
    # The way forward once more: what the way back needs.
    centred = x - x.mean(dim=-1, keepdim=True)  # (..., C)
    variance = centred.pow(2).mean(dim=-1, keepdim=True)  # (..., 1) the biased one
    inverse_std = torch.rsqrt(variance + eps)  # (..., 1)
    normalized = centred * inverse_std  # (..., C)

    # weight and bias serve every vector, so their gradients are sums over all of them.
    C = x.shape[-1]
    grad_bias = grad.reshape(-1, C).sum(dim=0)  # (C,)
    grad_weight = (grad * normalized).reshape(-1, C).sum(dim=0)  # (C,)

    # What changes the mean alone, or the size alone, cannot change y: both parts are taken off.
    towards = grad * weight  # (..., C) the gradient with respect to `normalized`
    along_mean = towards.mean(dim=-1, keepdim=True)  # (..., 1)
    along_size = (towards * normalized).mean(dim=-1, keepdim=True)  # (..., 1)
    grad_x = inverse_std * (towards - along_mean - normalized * along_size)  # (..., C)
    return grad_x, grad_weight, grad_bias
