"""What do large scores do to the softmax, and to the gradient that comes back through it?

Random queries, keys and values, as at the start of training: nothing is learned here. The scores are left as they
are, divided by the root of D, or divided by D, for heads of growing size.

Shapes: N queries, S keys of each query, D numbers in a head.
"""

import math

import torch
from torch import Tensor

from minimind_tui.nn.attention import attention_steps
from minimind_tui.run.recorder import Recorder, Settings

HEAD_SIZES = (16, 32, 64, 128, 256, 512, 1024)
ASLEEP = 0.01
"""A query that gets less than this part of the mean gradient learns next to nothing."""

CHUNK = 64
"""Queries at a time: at D = 1024 the keys of all would take a large part of a small machine's memory."""


def factor_of(kind: str, D: int) -> float:
    """The factor of the experiment: what each score is multiplied by."""
    return {"none": 1.0, "root": 1 / math.sqrt(D), "size": 1 / D}[kind]


def run(settings: Settings, record: Recorder) -> None:
    """Records entropy, largest weight and the queries' gradients; the step of a series is the size of the head."""
    record.reference("uniform", math.log(settings.keys))  # the entropy of equal weights
    rows = [measure(settings.scale, settings.queries, settings.keys, D) for D in HEAD_SIZES]
    for D, row in zip(HEAD_SIZES, rows, strict=True):
        record.metric(D, **row)
    for name in ("spread", "entropy", "asleep"):
        record.layer(f"{name}_by_size", [row[name] for row in rows])


def measure(scale: str, N: int, S: int, D: int) -> dict[str, float]:
    """One head size: what the weights look like, and how much gradient the queries get."""
    looked = [look(scale, min(CHUNK, N - start), S, D) for start in range(0, N, CHUNK)]
    scores, weights, gradient = (torch.cat(part) for part in zip(*looked, strict=True))
    return {
        "spread": scores.std().item(),
        "entropy": entropy(weights).mean().item(),
        "largest": weights.amax(dim=-1).mean().item(),
        "gradient": gradient.mean().item(),
        "middle_gradient": gradient.median().item(),
        "asleep": (gradient < ASLEEP * gradient.mean()).float().mean().item(),
    }


def look(scale: str, N: int, S: int, D: int) -> tuple[Tensor, Tensor, Tensor]:
    """Scores and weights of N queries, each (N, S), and the length of the gradient that each query gets, (N,)."""
    query = torch.randn(N, 1, D, requires_grad=True)  # one word each, that looks at S words
    key, value = torch.randn(N, S, D), torch.randn(N, S, D)
    wish = torch.randn(N, 1, D)
    wish = wish / wish.norm(dim=-1, keepdim=True)  # the gradient that arrives at the output, of length 1
    steps = attention_steps(query, key, mask=None, scale=factor_of(scale, D))  # scaled and weights are (N, 1, S)
    (steps.weights @ value).backward(wish)  # (N, 1, D) is the output
    assert query.grad is not None
    return steps.scaled.detach().squeeze(1), steps.weights.detach().squeeze(1), query.grad.norm(dim=-1).squeeze(1)


def entropy(weights: Tensor) -> Tensor:
    """How scattered each row is: (N, S) to (N,), 0 where one weight is 1, ln S where all are equal."""
    return -(weights * weights.clamp_min(1e-30).log()).sum(-1)
