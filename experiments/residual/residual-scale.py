"""How large should a branch begin? Its last matrix as it is drawn, smaller by 1 / sqrt(2L), or zero.

Shapes: L blocks.
"""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor

from experiments.diverging import build
from experiments.language_model import load_text, training, unseen_blocks
from experiments.residual_stream import output_factor, scale_outputs, stream
from minimind_tui.nn.training import evaluate
from minimind_tui.run.recorder import Recorder, Settings


def run(settings: Settings, record: Recorder) -> None:
    """Records growth and loss at three depths; of the deepest model the stream after each block, before and after."""
    text = load_text(settings, record)
    unseen = unseen_blocks(text, settings.block)
    some = unseen[0][0][:8]  # (8, T)
    growths, losses = [], []
    for depth in sorted({2, max(2, settings.depth // 3), settings.depth}):
        model = build(settings, text, "pre-rmsnorm", depth)
        scale_outputs(model, output_factor(settings.scale, depth))  # scale: the factor
        before = stream(model, some)
        if depth == settings.depth:
            record.layer("spread", spread(before)[1:])  # (L,)
            record.layer("added", added(before))  # (L,)
        for step, loss, gradient_norm in training(model, text, settings, warmup=settings.warmup):
            if depth == settings.depth:
                record.metric(step, loss=loss, gradient_norm=gradient_norm)
        after = stream(model, some)
        growths.append(spread(before)[-1] / spread(before)[0])
        losses.append(evaluate(model, unseen))
        record.metric(depth, growth=growths[-1], validation_loss=losses[-1])

    record.layer("growths", growths)  # (depths,)
    record.layer("losses", losses)  # (depths,)
    record.layer("spread_after", spread(after)[1:])  # (L,)


def spread(states: list[Tensor]) -> list[float]:
    """The standard deviation of the stream's numbers at each place of it, (L + 1,)."""
    return [state.std().item() for state in states]


def added(states: list[Tensor]) -> list[float]:
    """How large what each block adds is beside the stream that leaves it, (L,)."""
    return [((new - old).norm() / new.norm()).item() for old, new in pairwise(states)]
