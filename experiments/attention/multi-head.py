"""What do more heads buy, when all of them together are as large as one?

Two trials for each number of heads: stories, for the loss on text; and a game in which the answer depends on the
last three letters and on their order, so that heads can share the work.

Shapes: B batch, T letters, H heads.
"""

from collections.abc import Iterator

import torch
from torch import Tensor

from experiments.language_model import load_text, model_config, train_on
from minimind_tui.nn.config import ModelConfig
from minimind_tui.nn.model import MiniMind
from minimind_tui.nn.training import adamw, updates
from minimind_tui.run.recorder import Recorder, Settings

LETTERS = 4
LENGTH = 16
BATCH = 64
GAME_RATE = 0.005
LOOK_EVERY = 20
FARTHEST = 6
"""The distances, from 0, at which the weights of each head are read."""


def run(settings: Settings, record: Recorder) -> None:
    """Records the losses on text, then the game's accuracy and where each head looks in it."""
    text = load_text(settings, record)
    train_on(text, MiniMind(model_config(settings, text, num_heads=settings.heads)), settings, record)  # the factor
    torch.manual_seed(settings.seed)
    play(settings, record)


def play(settings: Settings, record: Recorder) -> None:
    """The game: a small model of one layer learns the rule from examples."""
    back, layers = settings.letters_back, settings.game_layers
    rule = torch.randint(LETTERS, (LETTERS,) * back, generator=torch.Generator().manual_seed(settings.seed))
    model = MiniMind(
        ModelConfig(
            vocab_size=LETTERS,
            hidden_size=64,
            num_layers=layers,
            num_heads=settings.heads,  # the factor: each head has 64 / H numbers
            num_kv_heads=settings.heads,
            max_position=LENGTH,
            rope_theta=10000.0,
        )
    )
    unseen, answers = game(rule, 64, torch.Generator().manual_seed(-1 - settings.seed))  # each (64, T)
    asked = answers >= 0
    record.reference("guess", 1 / LETTERS)

    def batches() -> Iterator[tuple[Tensor, Tensor]]:
        generator = torch.Generator().manual_seed(settings.seed)
        while True:
            yield game(rule, BATCH, generator)

    for update in updates(model, [adamw(model, GAME_RATE)], batches(), steps=settings.steps, warmup=10):
        if update.step % LOOK_EVERY == 0 or update.step == settings.steps:
            with torch.no_grad():
                right = model(unseen).logits.argmax(-1) == answers  # (64, T)
            record.metric(update.step, accuracy=right[asked].float().mean())
    looks = by_distance(torch.cat(model.attention_weights(unseen), dim=1))  # (H of all layers, distances)
    names = [f"h{head + 1}" for head in range(len(looks))]
    record.matrix("looks", looks, row_labels=names, column_labels=[str(d) for d in range(FARTHEST)])
    record.layer("best_look", looks.amax(dim=0))  # (distances,) of the head that looks there most


def game(rule: Tensor, B: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Random letters and what the rule makes of the last few at each place: each (B, T), -100 where too few stand."""
    letters = torch.randint(LETTERS, (B, LENGTH), generator=generator)  # (B, T)
    last = letters.unfold(1, rule.dim(), 1)  # (B, T - back + 1, back) the last few, oldest first
    answers = torch.full_like(letters, -100)
    answers[:, rule.dim() - 1 :] = rule[tuple(last.unbind(-1))]
    return letters, answers


def by_distance(weights: Tensor) -> Tensor:
    """The mean weight that each head gives to the letter d places back: (B, H, T, T) to (H, distances)."""
    diagonals = [weights.diagonal(-d, dim1=-2, dim2=-1)[..., FARTHEST - d :].mean(dim=(0, -1)) for d in range(FARTHEST)]
    return torch.stack(diagonals, dim=-1)
