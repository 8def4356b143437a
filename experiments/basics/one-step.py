"""What does one step of training do, and how large may it be?

The smallest language model there is: one context, and three words that may come next. The context's vector stays as
it is; the matrix that turns it into logits is learned. All of it can be worked out by hand.

Shapes: V words, C numbers in a vector, N sentences.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from minimind_tui.run.recorder import Recorder, Settings

WORDS = ("cat", "dog", "bird")
N = 10


class Look(NamedTuple):
    """The model after `step` updates."""

    step: int
    loss: Tensor  # (), the mean over the sentences, in nats
    logits: Tensor  # (V,)
    gradient: Tensor  # (V,), of the loss with respect to the logits


def train(targets: Tensor, rate: float, steps: int) -> Iterator[Look]:
    """The model at the start and after each update; targets (N,) are numbers of words."""
    x = torch.tensor([1.0, 1.0])  # (C,)
    W = torch.zeros(3, 2, requires_grad=True)  # (V, C)
    for step in range(steps + 1):
        logits = W @ x  # (V,)
        logits.retain_grad()
        log_p = logits.log_softmax(dim=-1)  # (V,)
        loss = -log_p[targets].mean()  # ()
        W.grad = None
        loss.backward()
        assert W.grad is not None
        assert logits.grad is not None
        yield Look(step, loss.detach(), logits.detach(), logits.grad)
        with torch.no_grad():
            W -= rate * W.grad  # (V, C)


def sentences(cats: int) -> Tensor:
    """The word that ends each of the ten sentences: so many cats, of the others half each, (N,)."""
    others = (N - cats) // 2
    return torch.tensor([0] * cats + [1] * others + [2] * others)


def entropy(share: Tensor) -> float:
    """The least loss that is possible where the words have these shares, (V,), in nats."""
    return -(share * share.log()).sum().item()


def run(settings: Settings, record: Recorder) -> None:
    """Records the loss, the probability of *cat* and the gradient's length; the first step as a table."""
    targets = sentences(settings.cats)  # (N,)
    share = torch.bincount(targets) / N  # (V,)
    record.reference("uniform", math.log(len(WORDS)))
    record.reference("entropy", entropy(share))
    record.reference("cats", share[0].item())
    record.plan(settings.steps)
    looks = []
    for look in train(targets, settings.learning_rate, settings.steps):  # the factor
        record.metric(look.step, loss=look.loss, cat=p(look)[0], gradient=look.gradient.norm())
        looks.append(look)
    losses = torch.stack([look.loss for look in looks])  # (steps + 1,)
    record.metric(settings.steps, before=losses[0], after_one=losses[1])
    record.metric(settings.steps, lowest=losses.min(), highest_of_last_ten=losses[-10:].max())
    write_first_step(looks[0], looks[1], share, record)


def p(look: Look) -> Tensor:
    """The probability of each word: (V,)."""
    return look.logits.softmax(dim=-1)


def write_first_step(before: Look, after: Look, share: Tensor, record: Recorder) -> None:
    """The table that the lesson works out by hand, a row per word; share is (V,)."""
    columns = [
        ("词", "word"),
        ("占多少", "share"),
        ("p", "p"),
        ("梯度", "gradient"),
        ("新的 logit", "new logit"),
        ("新的 p", "new p"),
    ]
    numbers = torch.stack([share, p(before), before.gradient, after.logits, p(after)], dim=-1)  # (V, 5)
    rows = [[word, *(round(value, 4) for value in row)] for word, row in zip(WORDS, numbers.tolist(), strict=True)]
    record.table("first_step", columns, rows)
