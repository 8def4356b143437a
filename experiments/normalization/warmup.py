"""Post-LN at a learning rate that is too large for it: from the first step, and after a slow rise."""

from torch import Tensor

from experiments.diverging import EARLY, build, letters_entropy, looks, seen, train_while_finite
from experiments.language_model import EVALUATE_EVERY, load_text, unseen_blocks
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

    def on_step(step: int, loss: Tensor, gradient_norm: Tensor) -> None:
        record.metric(step, loss=loss, gradient_norm=gradient_norm)
        if looks(step):
            record.metric(step, seen=seen(model, some))
        if step == EARLY:
            record.metric(step, seen_early=seen(model, some))
        if step % EVALUATE_EVERY == 0 or step == settings.steps:
            record.metric(step, validation_loss=evaluate(model, unseen))

    train_while_finite(  # settings.warmup: the factor
        model, text, settings, learning_rate=settings.learning_rate, on_step=on_step, checkpoint=record.checkpoint
    )
