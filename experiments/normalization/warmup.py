"""Post-LN at a learning rate that is too large for it: from the first step, and after a slow rise."""

from torch import Tensor

from experiments.diverging import build, letters_entropy, train_while_finite
from experiments.language_model import EVALUATE_EVERY, load_text, unseen_blocks
from minimind_tui.nn.training import evaluate
from minimind_tui.run.recorder import Recorder, Settings


def run(settings: Settings, record: Recorder) -> None:
    """Records loss and gradient norm of every step, and the loss on unseen text now and then."""
    text = load_text(settings, record)
    record.reference("letters", letters_entropy(text))
    model = build(settings, text, settings.norm, settings.layers)
    unseen = unseen_blocks(text, settings.block)
    record.plan(settings.steps)

    def on_step(step: int, loss: Tensor, gradient_norm: Tensor) -> None:
        record.metric(step, loss=loss, gradient_norm=gradient_norm)
        if step % EVALUATE_EVERY == 0 or step == settings.steps:
            record.metric(step, validation_loss=evaluate(model, unseen))

    train_while_finite(  # settings.warmup: the factor
        model, text, settings, learning_rate=settings.learning_rate, on_step=on_step, checkpoint=record.checkpoint
    )
