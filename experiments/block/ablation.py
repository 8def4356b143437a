"""The same small model six times: whole, and with one of the block's five parts taken out of every layer.

Two losses can be worked out without any model and stand in the plot as lines: that of knowing how common each
character is, and that of knowing which one usually follows the character before. What a crippled model still knows
shows by which line it stays.

Shapes: N characters of text, V vocabulary.
"""

import torch
from torch import Tensor

from experiments.diverging import letters_entropy
from experiments.language_model import load_text, model_config, train_on, write_sample
from minimind_tui.nn.config import Changes
from minimind_tui.nn.model import MiniMind
from minimind_tui.run.recorder import Recorder, Settings

WITHOUT: dict[str, Changes] = {
    "nothing": {},
    "norm": {"norm": "none"},
    "attention": {"attention": False},
    "ffn": {"ffn": "none"},
    "residual": {"residual": False},
    "position": {"position": "none"},
}
"""What each arm changes in the model's configuration."""


def pairs_entropy(tokens: Tensor, V: int) -> float:
    """The loss of a model that knows how often each character follows each other one, and nothing else: tokens (N,).

    Two characters in a row carry H(previous, next) nats, the first alone H(previous); the difference is what the next
    one adds.
    """
    pairs = torch.bincount(tokens[:-1] * V + tokens[1:], minlength=V * V).view(V, V).double()  # (V, V)
    together = pairs / pairs.sum()  # (V, V) of a pair
    previous = together.sum(dim=1)  # (V,) of its first character
    return float(torch.special.entr(together).sum() - torch.special.entr(previous).sum())


def run(settings: Settings, record: Recorder) -> None:
    """Records the loss of every step, the loss on unseen text now and then, and how many numbers are trained."""
    text = load_text(settings, record)
    record.reference("letters", letters_entropy(text))
    record.reference("pairs", pairs_entropy(text.training, text.vocab_size))
    model = MiniMind(model_config(settings, text, **WITHOUT[settings.without]))  # the factor
    record.metric(0, parameters=model.parameter_count())
    train_on(text, model, settings, record)
    write_sample(text, model, settings, record)
