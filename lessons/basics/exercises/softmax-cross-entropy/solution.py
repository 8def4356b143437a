"""Softmax and cross-entropy, with the gradient by hand.

Shapes: N positions, V words of the vocabulary.
"""

import torch
from torch import Tensor


def softmax(logits: Tensor) -> Tensor:
    """Logits (N, V) to probabilities (N, V): each row is positive and has the sum 1."""
    return log_softmax(logits).exp()


def log_softmax(logits: Tensor) -> Tensor:
    """ln p without a p: (N, V) to (N, V)."""
    shifted = logits - logits.amax(dim=-1, keepdim=True)  # (N, V), the largest of each row is 0
    return shifted - shifted.exp().sum(dim=-1, keepdim=True).log()  # (N, V), a sum of 1 at least


def cross_entropy(logits: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """The mean of -ln p(target), (), and its gradient with respect to the logits, (N, V); targets are (N,)."""
    N = len(targets)
    rows = torch.arange(N)  # (N,)
    log_p = log_softmax(logits)  # (N, V)
    loss = -log_p[rows, targets].mean()  # ()
    gradient = log_p.exp()  # (N, V), p
    gradient[rows, targets] -= 1  # p minus one-hot
    return loss, gradient / N  # the loss is a mean over N
