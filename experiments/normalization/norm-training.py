"""The same deep model, trained at the same large learning rate without a norm, and with three kinds of it."""

from experiments.diverging import build, letters_entropy, looks, seen, updates_while_finite
from experiments.language_model import load_text, measures, unseen_blocks
from minimind_tui.nn.training import evaluate
from minimind_tui.run.recorder import Recorder, Settings


def run(settings: Settings, record: Recorder) -> None:
    """Records loss and gradient norm of every step, the loss on unseen text, how much the model sees of it, and NaN."""
    text = load_text(settings, record)
    record.reference("letters", letters_entropy(text))
    model = build(settings, text, settings.norm, settings.layers)  # norm: the factor
    unseen = unseen_blocks(text, settings.block)
    some = unseen[0][0][:8]  # (8, T)
    record.plan(settings.steps)
    if record.checkpoint.step is None:
        record.metric(0, seen=seen(model, some))
    first_nonfinite = 0
    for step, loss, gradient_norm in updates_while_finite(model, text, settings, checkpoint=record.checkpoint):
        record.metric(step, loss=loss, gradient_norm=gradient_norm)
        if looks(step):
            record.metric(step, seen=seen(model, some))
        if step == 1:
            record.metric(step, first_loss=loss, first_gradient=gradient_norm)
        if not loss.isfinite():
            first_nonfinite = step
        if measures(step, settings.steps) or first_nonfinite:
            record.metric(step, validation_loss=evaluate(model, unseen))
    record.metric(settings.steps, first_nonfinite=first_nonfinite)
    if first_nonfinite:
        record.note(
            f"第 {first_nonfinite} 步的损失不再是有限的数，这一组到此为止。",
            f"At step {first_nonfinite} the loss was no longer a finite number, and this arm ended there.",
        )
