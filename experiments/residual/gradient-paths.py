"""By which paths does the gradient get from the loss to the token vectors?

A residual connection is a fork: x goes on untouched, and x goes through a branch. N branches in a row make 2^N paths
(Veit et al. 2016), and the gradient of a sum is the sum of the gradients, so each path brings a share of its own. The
paths are sorted by how many branches they go through, 0 to N, which is exact and takes no list of them.

Shapes: B batch, T block size, C width; L blocks, N = 2L branches.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from experiments.diverging import build
from experiments.language_model import load_text, training_blocks, unseen_blocks
from experiments.residual_stream import output_factor, scale_outputs
from minimind_tui.nn.block import Block
from minimind_tui.nn.model import MiniMind
from minimind_tui.nn.training import adamw, updates
from minimind_tui.run.recorder import Recorder, Settings

Function = Callable[[Tensor], Tensor]

JOINS = {
    "post": {"norm_place": "post", "scale": "one"},
    "pre": {"norm_place": "pre", "scale": "one"},
    "scaled": {"norm_place": "pre", "scale": "root"},
}
"""How a branch joins the stream: norm(x + f(x)); x + f(norm(x)); the same with f smaller by 1 / sqrt(2L) at first."""


class Fork(NamedTuple):
    """One residual connection: behind(x + branch(x))."""

    branch: Function
    behind: Function


def run(settings: Settings, record: Recorder) -> None:
    """Records the share of the gradient by branches on the way, their mean number, and each block's direct share."""
    text = load_text(settings, record)
    join, L = JOINS[settings.join], settings.layers  # join: the factor
    model = build(settings, text, "pre-rmsnorm", L, norm_place=join["norm_place"])
    scale_outputs(model, output_factor(join["scale"], L))
    optimizers, blocks = [adamw(model, settings.learning_rate)], training_blocks(text, settings)
    for _ in updates(model, optimizers, blocks, steps=settings.training, warmup=settings.training // 5):
        pass  # nothing is measured on the way
    inputs, targets = unseen_blocks(text, settings.block)[0]  # each (32, T)
    gradients, direct = split_by_branches(model, inputs[: settings.batch], targets[: settings.batch])

    N = 2 * L
    shares = shares_of(gradients)  # (N + 1,)
    number = [math.comb(N, k) / 2**N for k in range(N + 1)]  # of all paths, those through k branches
    for k in range(N + 1):
        record.metric(k, share=shares[k], number=number[k])
    record.layer("shares", shares)  # (N + 1,)
    record.layer("direct", direct)  # (L,)
    few = N // 4
    record.metric(0, short=sum(shares[: few + 1]), short_number=sum(number[: few + 1]))
    record.metric(0, branches=sum(k * shares[k] for k in range(N + 1)), middle=N / 2, paths=2.0**N)


def split_by_branches(model: MiniMind, inputs: Tensor, targets: Tensor) -> tuple[Tensor, list[float]]:
    """The loss's gradient at the token vectors, in parts: inputs and targets (B, T) to (N + 1, B, T, C).

    Part k is what comes by all paths through k branches; the parts add up to the gradient. Also, for each block's
    input, the share of the direct path from there on, through no branch (L,).
    """
    x = model.model.embed(inputs).detach()  # (B, T, C)
    met = []
    for fork in forks(model, inputs.shape[1]):
        met.append((fork, x))
        x = fork.behind(x + fork.branch(x)).detach()  # (B, T, C)
    x.requires_grad_()
    logits = model.lm_head(model.model.norm(x))  # (B, T, V)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())  # ()
    parts = torch.autograd.grad(loss, x)[0].unsqueeze(0)  # (1, B, T, C): no branch yet

    direct = []
    for fork, x in reversed(met):
        parts = back_through(fork.behind, x + fork.branch(x), parts)  # (k, B, T, C): both ways go through it
        through = back_through(fork.branch, x, parts)  # (k, B, T, C): one branch more than before
        nothing = torch.zeros_like(parts[:1])  # (1, B, T, C)
        parts = torch.cat((parts, nothing)) + torch.cat((nothing, through))  # (k + 1, B, T, C)
        direct.append(shares_of(parts)[0])
    return parts, direct[1::2][::-1]  # of the forks, attention's: it stands first in a block


def back_through(function: Function, x: Tensor, gradients: Tensor) -> Tensor:
    """Gradients (k, B, T, C) at the function's output to those at its input x (B, T, C): its Jacobian, transposed."""
    x = x.detach().requires_grad_()
    return torch.autograd.grad(function(x), x, gradients, is_grads_batched=True)[0]


def shares_of(parts: Tensor) -> list[float]:
    """How much of their sum each part makes: its length along the sum, over the sum's. The shares add up to 1."""
    total = parts.sum(dim=0)  # (B, T, C)
    shares = (parts * total).flatten(1).sum(dim=1) / total.square().sum()  # (N + 1,)
    return shares.tolist()


def forks(model: MiniMind, T: int) -> list[Fork]:
    """The N residual connections of a model for T positions, from the first to the last."""
    rope = model.model.rope(0, T)
    found = []
    for block in model.model.layers:
        assert block.mlp is not None
        found.append(fork_of(block, partial(attend, block, rope), block.input_layernorm))
        found.append(fork_of(block, block.mlp, block.post_attention_layernorm))
    return found


def attend(block: Block, rope: tuple[Tensor, Tensor] | None, x: Tensor) -> Tensor:
    """A block's attention, x (B, T, C) to (B, T, C)."""
    attended: Tensor = block.self_attn(x, rope)[0]
    return attended


def fork_of(block: Block, part: Function, norm: Function) -> Fork:
    """x + part(norm(x)), or under Post-LN norm(x + part(x))."""
    if block.pre:
        return Fork(branch=lambda x: part(norm(x)), behind=nn.Identity())
    return Fork(branch=part, behind=norm)
