"""How wide should the FFN be inside? Each width is tried twice.

First the model keeps its hidden size, so that a wider inside means a larger model. Then the whole keeps its
number of parameters (those of 8/3 times), so that a wider inside means a smaller hidden size.

Shapes: C hidden size, M inner size, V vocabulary.
"""

import torch

from experiments import equal_size
from experiments.language_model import (
    Text,
    load_text,
    measures,
    model_config,
    training,
    unseen_blocks,
)
from minimind_tui.nn.model import MiniMind
from minimind_tui.nn.training import evaluate
from minimind_tui.run.recorder import Recorder, Settings

BUDGET = 8 / 3
"""The expansion whose number of parameters every model of the second part has."""

SAME_WIDTH = ("loss", "validation_loss")
SAME_PARAMETERS = ("equal_loss", "equal_validation_loss")


def parameters(settings: Settings, V: int, C: int, expansion: float) -> int:
    """How large the model is with this hidden size and expansion."""
    matrices, inner = 3 if settings.ffn == "swiglu" else 2, round(expansion * C)
    return equal_size.parameters(V, C, layers=settings.layers, heads=settings.heads, inner=inner, matrices=matrices)


def hidden_size_at_budget(settings: Settings, V: int) -> int:
    """The C with which this expansion comes nearest to the parameters of 8/3 times at the settings' width."""
    return equal_size.nearest_width(
        lambda C: parameters(settings, V, C, settings.expansion),
        parameters(settings, V, settings.width, BUDGET),
        range(2 * settings.heads, 4 * settings.width),
    )


def learn(text: Text, C: int, names: list[tuple[str, str]], settings: Settings, record: Recorder) -> tuple[int, float]:
    """Train a model of hidden size C; its two losses are recorded by `names`. Its parameters, and its last loss."""
    torch.manual_seed(settings.seed)
    config = model_config(
        settings,
        text,
        hidden_size=C,
        head_dim=equal_size.head_size(C, settings.heads),
        ffn=settings.ffn,
        intermediate_size=round(settings.expansion * C),  # the factor
    )
    model, unseen = MiniMind(config), unseen_blocks(text, settings.block)
    for step, loss, _ in training(model, text, settings):
        seen = evaluate(model, unseen) if measures(step, settings.steps) else None
        for training_name, validation_name in names:
            record.metric(step, **{training_name: float(loss)})
            if seen is not None:
                record.metric(step, **{validation_name: seen})
    return model.parameter_count(), evaluate(model, unseen)


def run(settings: Settings, record: Recorder) -> None:
    """Records losses and sizes of both models; those at equal parameters have names that begin with `equal_`."""
    text = load_text(settings, record)
    record.plan(settings.steps)
    C = hidden_size_at_budget(settings, text.vocab_size)
    same = settings.width == C  # then one model serves for both
    names = [SAME_WIDTH, SAME_PARAMETERS] if same else [SAME_WIDTH]
    size, loss = learn(text, settings.width, names, settings, record)
    equal_size = size if same else learn(text, C, [SAME_PARAMETERS], settings, record)[0]
    record.metric(size, loss_by_size=loss)
    record.metric(settings.steps, parameters=size, equal_parameters=equal_size, equal_hidden_size=C)
