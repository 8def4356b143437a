"""Few wide layers or many narrow ones, with the same number of parameters.

The FFN is 8/3 times as wide as the model in every arm; with the layers the width alone changes, and
gives way so that all have the parameters of 4 layers at the settings' width.

As in the experiment on the order, token vectors start at standard deviation 1 and are not shared with the output layer:
at 0.02 a deep stack would first have to make them larger.

Shapes: C hidden size, V vocabulary.
"""

import statistics
import time

from torch import nn

from experiments.equal_size import head_size, nearest_width, parameters
from experiments.language_model import (
    Text,
    load_text,
    measures,
    model_config,
    training,
    unseen_blocks,
    write_sample,
)
from minimind_tui.nn.model import MiniMind
from minimind_tui.nn.training import evaluate
from minimind_tui.run.recorder import Recorder, Settings

STANDARD_LAYERS = 4
"""The depth whose number of parameters at the settings' width all arms have."""


def size(settings: Settings, V: int, C: int, layers: int) -> int:
    """How large a model of this width and depth is, with an embedding and an output layer of V * C each."""
    return parameters(2 * V, C, layers=layers, heads=settings.heads, inner=inner_size(C))


def inner_size(C: int) -> int:
    """The FFN's width: 8/3 times the model's."""
    return round(8 * C / 3)


def width_at_budget(settings: Settings, V: int) -> int:
    """C: the width that gives the arm's depth the parameters of the standard one."""
    return nearest_width(
        lambda C: size(settings, V, C, settings.depth),  # the factor
        size(settings, V, settings.width, STANDARD_LAYERS),
        range(2 * settings.heads, 4 * settings.width),
    )


def build(settings: Settings, text: Text) -> MiniMind:
    """The arm's model."""
    C = width_at_budget(settings, text.vocab_size)
    model = MiniMind(
        model_config(
            settings,
            text,
            num_layers=settings.depth,
            hidden_size=C,
            head_dim=head_size(C, settings.heads),
            intermediate_size=inner_size(C),
            tied=False,
        )
    )
    nn.init.normal_(model.model.embed_tokens.weight, std=1.0)  # (V, C)
    return model


def learn(text: Text, model: MiniMind, settings: Settings, record: Recorder) -> None:
    """Train; records the losses, and the median of the processor's time for a step, in milliseconds."""
    record.plan(settings.steps)
    unseen = unseen_blocks(text, settings.block)
    spent: list[float] = []  # milliseconds
    before = time.process_time()
    for step, loss, gradient_norm in training(model, text, settings):
        spent.append(1000 * (time.process_time() - before))
        record.metric(step, loss=loss, gradient_norm=gradient_norm)
        if measures(step, settings.steps):
            record.metric(step, validation_loss=evaluate(model, unseen))
        before = time.process_time()
    record.metric(settings.steps, milliseconds=statistics.median(spent))


def run(settings: Settings, record: Recorder) -> None:
    """Records losses, the time of a step, the width that was left and how many numbers are trained."""
    text = load_text(settings, record)
    model = build(settings, text)
    record.metric(0, parameters=model.parameter_count(), hidden_size=model.config.hidden_size)
    learn(text, model, settings, record)
    write_sample(text, model, settings, record)
