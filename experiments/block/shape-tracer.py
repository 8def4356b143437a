"""Every tensor on the way through one block, on a real sentence, before training and after.

Shapes: B sentences (1), T words, V words that there are, H heads.
"""

import itertools
import math
import re

import torch
from torch import Tensor

from data import tinytales
from experiments.tensor_words import LATER_BLOCK, SAYS
from minimind_tui.nn.batches import RandomBlocks
from minimind_tui.nn.config import ModelConfig
from minimind_tui.nn.model import MiniMind
from minimind_tui.nn.trace import Traced, trace_model
from minimind_tui.nn.training import adamw, updates
from minimind_tui.run.recorder import Recorder, Settings

STORIES = 1500
BATCH, BLOCK = 16, 24
HEADS = 4
PICTURED = 24
"""Words whose attention is drawn head by head: on more of them the pictures have no room."""


def run(settings: Settings, record: Recorder) -> None:
    """Trains if the arm says so, then records every tensor from the words to the probabilities of the next one."""
    words = tinytales.vocabulary(settings.language)
    sentence = sentence_of(settings, words)
    unknown = [word for word in dict.fromkeys(sentence) if word not in words]
    words = [*words, *unknown]  # (V,) a new word gets a vector of its own, which no story trains
    number = {word: index for index, word in enumerate(words)}
    model = MiniMind(config_of(settings, len(words)))
    if settings.trained:  # the factor
        stories = tinytales.generate(settings.language, STORIES, seed=0)
        tokens = torch.tensor([number[word] for story in stories for word in story.words])  # (N,)
        record.plan(settings.steps)
        record.reference("uniform", math.log(len(words)))
        blocks = RandomBlocks(tokens, BLOCK, BATCH, seed=settings.seed)
        optimizers = [adamw(model, 0.003)]
        for update in updates(model, optimizers, blocks, steps=settings.steps, checkpoint=record.checkpoint):
            record.metric(update.step, loss=update.loss, gradient_norm=update.gradient_norm)
    model.eval()
    ids = torch.tensor([[number[word] for word in sentence]])  # (1, T)
    step = settings.steps if settings.trained else 0
    show_tensors(trace_model(model, ids), sentence, words, record, step)
    show_heads(model, ids, sentence, record, step)
    if unknown:
        say_unknown(unknown, record)


def sentence_of(settings: Settings, words: list[str]) -> list[str]:
    """The learner's own sentence as words, or the first words of a story that the seed chooses."""
    own = cut(settings.sentence, words)
    if own:
        return own
    stories = tinytales.generate(settings.language, 16, seed=1000 + settings.seed)
    return list(itertools.islice((word for story in stories for word in story.words), settings.length))


def cut(sentence: str, words: list[str]) -> list[str]:
    """A sentence as the stories cut theirs: Chinese by the longest word that they know, Latin letters by spaces."""
    known = sorted((word for word in words if not word.isascii()), key=len, reverse=True)
    pieces = [*map(re.escape, known), r"[a-z0-9']+", r"\S"]
    return re.findall("|".join(pieces), sentence.lower())


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


def show_tensors(traced: list[Traced], sentence: list[str], words: list[str], record: Recorder, step: int) -> None:
    """Record each tensor, and the figures that the claims rest on."""
    across = {"B T": sentence, "B H T T": sentence, "B T V": words}  # what the columns of these shapes are
    for name, symbols, tensor, code in traced:
        zh, en = SAYS.get(name, LATER_BLOCK)
        record.tensor(
            name,
            tensor,
            shape=symbols,
            zh=zh,
            en=en,
            code=code,
            row_labels=None if name == "ids" else sentence,
            column_labels=across.get(symbols),
            step=step,
        )
    tensors = {each.name: each.tensor for each in traced}
    narrow = [each.tensor for each in traced if "M" not in each.symbols and "V" not in each.symbols]
    record.metric(
        step,
        inner_bytes=size(tensors["inner"]),
        scores_bytes=size(tensors["scores"]),
        other_bytes=max(size(tensor) for tensor in narrow),
        input_std=tensors["x"].std(),
        output_std=tensors["residual_2"].std(),
        norm_rms=tensors["norm_1"].pow(2).mean().sqrt(),
        scores_std=tensors["scores"].std(),
        scaled_std=tensors["scaled"].std(),
    )


def show_heads(model: MiniMind, ids: Tensor, sentence: list[str], record: Recorder, step: int) -> None:
    """Record who looks at whom, for every head of every layer."""
    labels = sentence[:PICTURED]
    for layer, weights in enumerate(model.attention_weights(ids), start=1):  # (1, H, T, T) each
        for head, looks in enumerate(weights[0, :, :PICTURED, :PICTURED], start=1):  # (T, T) each, at most PICTURED
            record.matrix(f"head L{layer}-{head}", looks, row_labels=labels, column_labels=labels, step=step)


def say_unknown(unknown: list[str], record: Recorder) -> None:
    """The learner's words that no story has."""
    listed = ", ".join(unknown)
    record.note(
        f"故事里没有这些词：{listed}。它们各有一个自己的向量，训练从没见过，只学会了别去猜它们；形状和计算都一样。",
        f"The stories do not have: {listed}. Each has a vector of its own that training has never read, only learned "
        "not to predict. Shapes and computation are the same.",
    )


def size(tensor: Tensor) -> int:
    """Bytes."""
    return tensor.numel() * tensor.element_size()
