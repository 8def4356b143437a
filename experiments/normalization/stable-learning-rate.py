"""Which learning rates still train, at which depth: without a norm, with Post-LN, with Pre-LN."""

import math

from experiments.diverging import build, diverges, letters_entropy
from experiments.language_model import load_text, unseen_blocks
from minimind_tui.nn.training import evaluate
from minimind_tui.run.recorder import Recorder, Settings

TIMES = (1, 3, 10, 30)
"""The learning rates, as multiples of the lowest."""

TRAINS = 0.95
"""A training counts if its loss is below this part of what letter frequencies alone give."""


def run(settings: Settings, record: Recorder) -> None:
    """Records the loss on unseen text after each training: a matrix of depths and rates."""
    text = load_text(settings, record)
    letters = letters_entropy(text)
    record.reference("letters", letters)
    unseen = unseen_blocks(text, settings.block)
    depths = [2, max(2, settings.depth // 3), settings.depth]
    rates = [times * settings.lowest_rate for times in TIMES]

    losses = []
    for depth in depths:
        row = []
        for rate in rates:
            model = build(settings, text, settings.norm, depth)  # norm: the factor
            row.append(math.nan if diverges(model, text, settings, rate) else evaluate(model, unseen))
        losses.append(row)
        trained = [rate for rate, loss in zip(rates, row, strict=True) if loss < TRAINS * letters]
        record.metric(
            depth,
            largest_rate=max(trained, default=0.0),
            rates_that_train=len(trained),
            best_loss=min((loss for loss in row if math.isfinite(loss)), default=math.nan),
        )

    record.matrix(
        "final loss", losses, row_labels=[str(depth) for depth in depths], column_labels=[f"{r:g}" for r in rates]
    )
    record.layer("shallow_losses", losses[0])  # (rates,)
    record.layer("deep_losses", losses[-1])  # (rates,)
