"""The learner's own parts in a model: it must learn as the course's does, step by step, to rounding.

Two right programs do not give the same numbers: where a sum is taken in another order, its last bit is another. What
that amounts to is measured beside: a third model computes the same function with its sums in another order.
"""

import math
import time
from collections.abc import Iterator
from copy import deepcopy

from torch import nn

from experiments.language_model import WARMUP, Text, load_text, model_config, training_blocks, unseen_blocks
from experiments.own_parts import HEADS, Own, has_rope, in_another_order, load, naming_the_line, with_own_parts
from minimind_tui.nn.model import MiniMind
from minimind_tui.nn.training import Checkpoint, Update, adamw, evaluate, updates
from minimind_tui.run.recorder import Recorder, Settings

TIMES_ROUNDING = 50
"""A loss that is further from the reference than so many times the rounding measured so far, is no rounding."""

LEAST = 2e-5
"""And than this, in nats: about 40 times the distance between two neighbouring numbers of 32 bits near 4."""


def run(settings: Settings, record: Recorder) -> None:
    """Records the loss of every step, how far it is from the reference's, what rounding explains, and the speed."""
    text = load_text(settings, record)
    own = {ref: load(*written) for ref, written in settings.own.items()}
    grouped = {"num_kv_heads": max(1, settings.heads // 2)} if HEADS in own else {}
    config = model_config(settings, text, position="rope" if has_rope(own) else "none", **grouped)
    reference = MiniMind(config)
    record.plan(settings.steps)
    if settings.code == "reference":
        train_reference(reference, text, settings, record)
    else:
        say_whose(record, own, settings.left_out)
        with naming_the_line([path for path, _ in settings.own.values()]):
            train_beside(with_own_parts(reference, own), reference, text, settings, record)


def training(
    model: nn.Module, text: Text, settings: Settings, checkpoint: Checkpoint | None = None
) -> Iterator[Update]:
    """The same updates for every model: the same batches, AdamW at the same rate."""
    blocks = training_blocks(text, settings)
    optimizers = [adamw(model, settings.learning_rate)]
    return updates(model, optimizers, blocks, steps=settings.steps, warmup=WARMUP, checkpoint=checkpoint)


def train_reference(model: MiniMind, text: Text, settings: Settings, record: Recorder) -> None:
    """The course's model alone."""
    began = time.perf_counter()
    for update in training(model, text, settings, record.checkpoint):
        record.metric(update.step, loss=update.loss, tokens_per_second=speed(settings, began))
        began = time.perf_counter()
    record.metric(settings.steps, validation_loss=evaluate(model, unseen_blocks(text, settings.block)))


def train_beside(mine: nn.Module, reference: MiniMind, text: Text, settings: Settings, record: Recorder) -> None:
    """The learner's model, and in step with it the reference once more, as it is and with its sums in another order."""
    others = [training(model, text, settings) for model in (in_another_order(deepcopy(reference)), reference)]
    rounding = largest = worst = 0.0
    differs_from = 0
    steps = training(mine, text, settings)  # no checkpoint: an interrupted comparison begins anew, with all its steps
    for step in range(1, settings.steps + 1):
        reordered, right = (next(other).loss.item() for other in others)
        rounding = max(rounding, abs(reordered - right))
        began = time.perf_counter()
        update = next(steps)
        taken = speed(settings, began)
        difference = abs(update.loss.item() - right)
        difference = math.inf if math.isnan(difference) else difference
        limit = max(LEAST, TIMES_ROUNDING * rounding)
        largest, worst = max(largest, difference), max(worst, difference / limit)
        if difference > limit and not differs_from:
            differs_from = step
        shown = {"difference": max(difference, 1e-8), "limit": limit, "rounding": max(rounding, 1e-8)}
        record.metric(step, loss=update.loss, tokens_per_second=taken, **shown)
        record.metric(step, largest=largest, beyond_rounding=worst, differs_from=differs_from)
    record.metric(settings.steps, validation_loss=evaluate(mine, unseen_blocks(text, settings.block)))
    say_how_equal(record, settings.steps, differs_from, largest)


def speed(settings: Settings, began: float) -> float:
    """Tokens per second of a step that began at this time."""
    tokens: int = settings.batch * settings.block
    return tokens / (time.perf_counter() - began)


def say_whose(record: Recorder, own: Own, left_out: list[str]) -> None:
    """Which parts are the learner's, and which were changed since they passed."""
    listing = ", ".join(own)
    record.note(f"换成你写的：{listing}。", f"Written by you: {listing}.")
    if left_out:
        record.note(
            f"通过以后改过、还没再检查的没有换进来：{', '.join(left_out)}。",
            f"Left out, since the file was changed after it passed and not checked again: {', '.join(left_out)}.",
        )


def say_how_equal(record: Recorder, steps: int, differs_from: int, largest: float) -> None:
    """The verdict in a sentence."""
    if differs_from:
        record.note(
            f"从第 {differs_from} 步起，损失和参考的差别超出舍入；最大差 {largest:.2g} nats。",
            f"From step {differs_from} on its loss differs from the reference's by more than rounding: "
            f"by {largest:.2g} nats at most.",
        )
    else:
        record.note(
            f"{steps} 步都和参考一样，差别不超出舍入；最大差 {largest:.2g} nats。",
            f"Equal to the reference over all {steps} steps, to rounding: {largest:.2g} nats at most.",
        )
