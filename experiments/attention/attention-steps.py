"""Where does a pronoun look, before training and after?

A small model of words learns stories such as "emma met tom ... then she painted and he swam". To know the
verb after *she*, it must find out who she is. We watch its attention weights on one story it has never seen,
and every tensor on the way to them.

Shapes: B stories, T words of a story, H heads.
"""

import math
import random
from collections.abc import Iterator

import torch
from torch import Tensor

from data import tinytales
from minimind_tui.nn.config import ModelConfig
from minimind_tui.nn.model import MiniMind
from minimind_tui.nn.training import adamw, updates
from minimind_tui.run.recorder import Recorder, Settings

BATCH = 32
UNSEEN = 200


def run(settings: Settings, record: Recorder) -> None:
    """Trains if the arm says so, then records the weights, the steps to them, and where the pronouns look."""
    words = tinytales.simple_vocabulary(settings.language)
    number = {word: index for index, word in enumerate(words)}
    V = len(words)

    def encode(stories: list[tinytales.Story]) -> Tensor:
        """(B, T) all stories have the same number of words."""
        return torch.tensor([[number[word] for word in story.words] for story in stories])

    model = MiniMind(
        ModelConfig(
            vocab_size=V,
            hidden_size=settings.width,
            num_layers=settings.layers,
            num_heads=settings.heads,
            num_kv_heads=settings.heads,
            max_position=64,
            rope_theta=10000.0,
        )
    )
    train_stories, unseen_stories = random.Random(settings.seed), random.Random(-1 - settings.seed)
    if settings.trained:  # the factor
        record.plan(settings.steps)
        record.reference("uniform", math.log(V))
        record.reference("entropy", tinytales.simple_entropy_per_word(settings.language))

        def batches() -> Iterator[tuple[Tensor, Tensor]]:
            while True:
                stories = [tinytales.simple_story(settings.language, train_stories) for _ in range(BATCH)]
                ids = encode(stories)  # (B, T)
                yield ids[:, :-1], ids[:, 1:]  # each word is asked for its successor

        optimizers = [adamw(model, settings.learning_rate)]
        for update in updates(model, optimizers, batches(), steps=settings.steps, checkpoint=record.checkpoint):
            record.metric(update.step, loss=update.loss, gradient_norm=update.gradient_norm)

    unseen = [tinytales.simple_story(settings.language, unseen_stories) for _ in range(UNSEEN)]
    measure(model, unseen, encode(unseen), record, settings.steps if settings.trained else 0)


@torch.no_grad()
def measure(model: MiniMind, stories: list[tinytales.Story], ids: Tensor, record: Recorder, step: int) -> None:
    """Where pronouns look on stories the model has not seen, ids (B, T), and each step on the first of them."""
    model.eval()
    weights = torch.cat(model.attention_weights(ids), dim=1)  # (B, H of all layers, T, T)
    found = torch.zeros(weights.shape[1])  # (H,) weight that each head gives from pronoun to referent
    right = count = 0
    guess = model(ids).logits.argmax(-1)  # (B, T) the likeliest next word
    for b, story in enumerate(stories):
        for pronoun in story.pronouns:
            found += weights[b, :, pronoun.pronoun_word, list(pronoun.mention_words)].sum(-1)
            right += int(guess[b, pronoun.pronoun_word] == ids[b, pronoun.verb_word])
            count += 1
    best = int(found.argmax())
    entropy = -(weights.clamp_min(1e-12).log() * weights).sum(-1).mean()  # () nats a row
    record.metric(step, referent_weight=found[best] / count, accuracy=right / count, entropy=entropy)

    story = stories[0]
    names = head_names(model.config)
    for pronoun in story.pronouns:
        looks = weights[0, :, pronoun.pronoun_word]  # (H, T) one row a head
        title = f"pronoun {story.words[pronoun.pronoun_word]}"
        record.matrix(title, looks, row_labels=names, column_labels=story.words)
    for head, name in enumerate(names):
        title = f"head {name.removeprefix('h')}"  # head 1, or head L1-h1
        record.matrix(title, weights[0, head], row_labels=story.words, column_labels=story.words)
    layer, head = divmod(best, model.config.num_heads)
    for name, tensor in named_steps(model, ids[:1], layer):
        record.matrix(name, tensor[0, head], row_labels=story.words, column_labels=story.words)


def head_names(config: ModelConfig) -> list[str]:
    """The heads of all layers in order: h1, h2, ... in a single layer, L1-h1, L1-h2, ... where there are several."""
    heads = [f"h{head}" for head in range(1, config.num_heads + 1)]
    if config.num_layers == 1:
        return heads
    return [f"L{layer}-{head}" for layer in range(1, config.num_layers + 1) for head in heads]


def named_steps(model: MiniMind, ids: Tensor, layer: int) -> list[tuple[str, Tensor]]:
    """The four tensors of the best head's layer, each (1, H, T, T), by the names of the lesson."""
    steps = model.attention_steps(ids)[layer]
    return [
        ("step 1 q·k", steps.scores),
        ("step 2 q·k/√D", steps.scaled),
        ("step 3 mask", steps.masked),
        ("step 4 softmax", steps.weights),
    ]
