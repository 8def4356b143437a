"""What does a query see of a key that stands further and further away?

RoPE turns query and key, pair by pair, by an angle that grows with their position (Su et al. 2021). We turn
one fixed query and one fixed key, and read their dot product at every distance.

Shapes: N positions, D head size.
"""

import math

import torch
from torch import Tensor

from minimind_tui.nn.rope import apply_rope, pair_frequencies
from minimind_tui.run.recorder import Recorder, Settings

CLOSE = 0.01
"""Two dot products nearer than this, of a maximum of 1, cannot be told apart in practice."""

SHIFTS = (1, 10, 100, 1000)

DRAWN = 64
"""Distances whose dot product is drawn: on more of them the waves run together. All of them are counted."""

PICTURE = (8, 40)
"""The picture's rows, pairs from the fastest to the slowest, and its columns, positions from 0."""


def frequencies(kind: str, D: int, theta: float) -> Tensor:
    """The factor: radians that each pair turns at every step, (D/2,)."""
    if kind == "one":
        return torch.ones(D // 2)  # all pairs turn together, once in 2 pi steps
    return pair_frequencies(D, theta)  # theta^(-2i/D): fast pairs to slow pairs


def turn(x: Tensor, position: Tensor, frequency: Tensor) -> Tensor:
    """x (D,) turned to each of the positions (N,): (N, D)."""
    angle = torch.outer(position.float(), frequency)  # (N, D/2)
    angle = torch.cat((angle, angle), dim=-1)  # (N, D) pair i is the numbers i and i + D/2
    return apply_rope(x.expand(len(position), -1), angle.cos(), angle.sin())


def draw_turns(frequency: Tensor, positions: int, record: Recorder) -> None:
    """The picture of RoPE: row by row a pair, column by column a position, in each cell the cosine of its angle."""
    rows, columns = PICTURE
    pairs = range(0, len(frequency), max(1, len(frequency) // rows))
    position = torch.arange(min(columns, positions))  # (N,)
    record.matrix(
        "turn",
        torch.outer(frequency[pairs], position.float()).cos(),  # (pairs, N)
        row_labels=[f"i = {pair}" for pair in pairs],
        column_labels=[str(m) for m in position.tolist()],
    )


def run(settings: Settings, record: Recorder) -> None:
    """Records the dot product by distance, what a common shift changes, how many distances collide, and a picture."""
    N, D = settings.positions, settings.head_size
    frequency = frequencies(settings.frequencies, D, settings.theta)
    content = torch.randn(D)
    content = content / content.norm()  # (D,) so that the dot product with itself is 1
    positions = torch.arange(N)

    query = turn(content, torch.zeros(1), frequency)  # (1, D) at position 0
    keys = turn(content, positions, frequency)  # (N, D)
    dot = (keys @ query.T).squeeze(-1)  # (N,)
    for distance in range(min(N, DRAWN)):
        record.metric(distance, dot=dot[distance])

    shifted = [
        (turn(content, positions + s, frequency) @ turn(content, torch.tensor([s]), frequency).T).squeeze(-1)  # (N,)
        for s in SHIFTS
    ]
    record.metric(N, shift_error=max((other - dot).abs().max() for other in shifted))
    record.metric(N + 1, collisions=(dot[1:] > 1 - CLOSE).sum())
    record.layer("wavelength", 2 * math.pi / frequency)  # (D/2,) positions for one whole turn
    draw_turns(frequency, N, record)
