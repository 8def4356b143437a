"""Every tensor on the way through one block, on a real sentence, before training and after.

Shapes: B sentences (1), T words, V words that there are.
"""

import itertools
import math

import torch
from torch import Tensor

from data import tinytales
from experiments.tensor_words import LATER_BLOCK, SAYS
from minimind_tui.nn.batches import endless
from minimind_tui.nn.config import ModelConfig
from minimind_tui.nn.model import MiniMind
from minimind_tui.nn.trace import Traced, trace_model
from minimind_tui.nn.training import train
from minimind_tui.run.recorder import Recorder, Settings

STORIES = 1500
BATCH, BLOCK = 16, 24
HEADS = 4


def run(settings: Settings, record: Recorder) -> None:
    """Trains if the arm says so, then records every tensor from the words to the probabilities of the next one."""
    words = tinytales.vocabulary(settings.language)
    number = {word: index for index, word in enumerate(words)}
    model = MiniMind(config_of(settings, len(words)))
    if settings.trained:  # the factor
        stories = tinytales.generate(settings.language, STORIES, seed=0)
        tokens = torch.tensor([number[word] for story in stories for word in story.words])  # (N,)
        record.plan(settings.steps)
        record.reference("uniform", math.log(len(words)))
        train(
            model,
            endless(tokens, BLOCK, BATCH, seed=settings.seed),
            steps=settings.steps,
            learning_rate=0.003,
            on_step=lambda step, loss, norm: record.metric(step, loss=loss, gradient_norm=norm),
            checkpoint=record.checkpoint,
        )
    sentence = first_words(settings)
    ids = torch.tensor([[number[word] for word in sentence]])  # (1, T)
    show(trace_model(model.eval(), ids), sentence, words, record, settings.steps if settings.trained else 0)


def config_of(settings: Settings, vocab_size: int) -> ModelConfig:
    """A small model of either generation: its share of KV heads, its norm's eps, QK-norm or not, its FFN's width."""
    new = settings.generation == "minimind3"
    return ModelConfig(
        vocab_size=vocab_size,
        hidden_size=settings.width,
        num_layers=settings.layers,
        num_heads=HEADS,
        num_kv_heads=HEADS // 2 if new else HEADS // 4,
        intermediate_size=64 * math.ceil(math.pi * settings.width / 64) if new else None,
        rms_eps=1e-6 if new else 1e-5,
        qk_norm=new,
        max_position=512,
        rope_theta=10000.0,
    )


def first_words(settings: Settings) -> list[str]:
    """So many words of stories that the seed chooses."""
    story = tinytales.generate(settings.language, 16, seed=1000 + settings.seed)
    return list(itertools.islice((word for each in story for word in each.words), settings.length))


def show(traced: list[Traced], sentence: list[str], words: list[str], record: Recorder, step: int) -> None:
    """Record each tensor, and the figures that the claims rest on."""
    for name, symbols, tensor, code in traced:
        zh, en = SAYS.get(name, LATER_BLOCK)
        columns = {"T T": sentence, "T V": words}.get(symbols[-3:])
        rows = None if name == "ids" else sentence
        columns = sentence if name == "ids" else columns
        record.tensor(
            name,
            tensor,
            shape=symbols,
            zh=zh,
            en=en,
            code=code,
            row_labels=rows,
            column_labels=columns,
            step=step,
        )
    tensors = {each.name: each.tensor for each in traced}
    attention = [each.tensor for each in traced if "M" not in each.symbols and "V" not in each.symbols]
    record.metric(
        step,
        inner_bytes=size(tensors["inner"]),
        scores_bytes=size(tensors["scores"]),
        other_bytes=max(size(tensor) for tensor in attention),
        input_std=tensors["x"].std(),
        output_std=tensors["residual_2"].std(),
        norm_rms=tensors["norm_1"].pow(2).mean().sqrt(),
        scores_std=tensors["scores"].std(),
        scaled_std=tensors["scaled"].std(),
        top_weight=tensors["weights"].amax(dim=-1)[:, :, 1:].mean(),
    )


def size(tensor: Tensor) -> int:
    """Bytes."""
    return tensor.numel() * tensor.element_size()
