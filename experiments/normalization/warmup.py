"""Post-LN at a learning rate that is too large for it: from the first step, and after a slow rise."""

from experiments.diverging import EARLY, build, letters_entropy, looks, seen, updates_while_finite
from experiments.language_model import load_text, measures, unseen_blocks
from minimind_tui.nn.training import evaluate
from minimind_tui.run.recorder import Recorder, Settings


def run(settings: Settings, record: Recorder) -> None:
    """Records loss and gradient norm of every step, the loss on unseen text, and how much the model sees of it."""
    text = load_text(settings, record)
    record.reference("letters", letters_entropy(text))
    model = build(settings, text, settings.norm, settings.layers)
    unseen = unseen_blocks(text, settings.block)
    some = unseen[0][0][:8]  # (8, T)
    record.plan(settings.steps)
    if record.checkpoint.step is None:
        record.metric(0, seen=seen(model, some))
    # settings.warmup: the factor
    for step, loss, gradient_norm in updates_while_finite(model, text, settings, checkpoint=record.checkpoint):
        record.metric(step, loss=loss, gradient_norm=gradient_norm)
        if looks(step):
            record.metric(step, seen=seen(model, some))
        if step == EARLY:
            record.metric(step, seen_early=seen(model, some))
        if measures(step, settings.steps):
            record.metric(step, validation_loss=evaluate(model, unseen))
