"""The same small model learns to write stories without positions, and with four ways of giving them."""

from experiments.language_model import load_text, model_config, train_on, write_sample
from minimind_tui.nn.model import MiniMind
from minimind_tui.run.recorder import Recorder, Settings


def run(settings: Settings, record: Recorder) -> None:
    """Records the loss of every step, the loss on unseen text now and then, and what the model writes."""
    text = load_text(settings, record)
    config = model_config(settings, text, position=settings.position, embedding_std=settings.embedding)
    model = MiniMind(config)
    train_on(text, model, settings, record)
    write_sample(text, model, settings, record)
