"""A model that was trained on short texts reads longer ones: what does each position encoding do then?

RoPE can be read with another table than it was trained with (position interpolation, NTK, YaRN). Its table holds no
weights, so the trained weights go into a second model unchanged.

Shapes: B texts, L positions read, V vocabulary, D numbers in a head.
"""

from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor

from experiments.language_model import load_text, model_config, train_on
from minimind_tui.nn.config import NTK, YaRN
from minimind_tui.nn.model import MiniMind
from minimind_tui.nn.rope import pair_frequencies
from minimind_tui.run.recorder import Recorder, Settings

TIMES = (1, 2, 4, 8)
"""The lengths that are read, as multiples of the training length."""

TEXTS = 96
"""Texts of the greatest length, over which the curve by position is averaged."""

SCORED = 6144
"""Characters of unseen text that are predicted at every length."""

BIN = 16
"""Positions that one point of the curve takes together."""

TOKENS_AT_ONCE = 8192


def interpolated(model: MiniMind, factor: float) -> MiniMind:
    """The same weights, with every position divided by `factor` before it is turned into angles (Chen et al. 2023)."""
    config = model.config
    position = torch.arange(config.max_position) / factor  # (L,)
    angle = torch.outer(position, pair_frequencies(config.head_size, config.rope_theta))  # (L, D/2)
    angle = torch.cat((angle, angle), dim=-1)  # (L, D)
    reader = MiniMind(config)
    reader.load_state_dict(model.state_dict())  # the table is none of the weights
    reader.model.get_buffer("freqs_cos").copy_(angle.cos())
    reader.model.get_buffer("freqs_sin").copy_(angle.sin())
    return reader.eval()


def table_for(model: MiniMind, kind: str, factor: float, trained: int) -> MiniMind:
    """The same weights; for the three scalings, with a RoPE table that is stretched by `factor`."""
    if kind == "rope_interpolated":
        return interpolated(model, factor)
    scalings: dict[str, NTK | YaRN] = {
        "rope_ntk": NTK(factor),
        "rope_yarn": YaRN(factor, original_length=trained, attention_factor=1.0),  # no temperature, as in MiniMind
    }
    if kind not in scalings:
        return model
    reader = MiniMind(replace(model.config, rope_scaling=scalings[kind]))
    reader.load_state_dict(model.state_dict())
    return reader.eval()


@torch.no_grad()
def losses_of(model: MiniMind, tokens: Tensor, starts: Tensor, length: int) -> Tensor:
    """-ln p of each next token, in texts of `length` that begin at `starts` (B,): (B, L)."""
    index = starts.unsqueeze(1) + torch.arange(length)  # (B, L)
    losses = []
    for rows in index.split(max(1, TOKENS_AT_ONCE // length)):
        logits = model(tokens[rows]).logits  # (b, L, V)
        losses.append(F.cross_entropy(logits.transpose(1, 2), tokens[rows + 1], reduction="none"))  # (b, L)
    return torch.cat(losses)


def last_quarter(model: MiniMind, tokens: Tensor, length: int, longest: int) -> Tensor:
    """The mean loss in the last quarter of texts of `length`: ().

    Each text begins a quarter after the one before, so that the last quarters lie end to end. Whatever the length,
    they hold the same characters; only how much may be read before them differs.
    """
    step = longest // 4
    scored = min(SCORED, len(tokens) - 1 - longest) // step * step
    starts = torch.arange(longest, longest + scored, length // 4) - (length - length // 4)  # (B,)
    return losses_of(model, tokens, starts, length)[:, -(length // 4) :].mean()


def by_position(model: MiniMind, tokens: Tensor, length: int) -> Tensor:
    """The mean loss at each position of texts that begin evenly across `tokens`: (L,)."""
    starts = torch.linspace(0, len(tokens) - length - 1, TEXTS).long()  # (B,)
    return losses_of(model, tokens, starts, length).mean(dim=0)


def run(settings: Settings, record: Recorder) -> None:
    """Records the loss in the last quarter of 1, 2, 4 and 8 training lengths, and by position in the longest."""
    text = load_text(settings, record)
    block, longest = settings.block, TIMES[-1] * settings.block
    kind = settings.position  # the factor
    position = "rope" if kind.startswith("rope") else kind
    model = MiniMind(model_config(settings, text, position=position, max_position=longest))
    train_on(text, model, settings, record)
    model.eval()

    at = {}
    for times in TIMES:
        reader = table_for(model, kind, times, block)
        at[times] = last_quarter(reader, text.validation, times * block, longest)  # ()
        record.metric(times * block, loss_at_length=at[times])
    record.metric(longest, loss_1x=at[1], loss_2x=at[2], loss_4x=at[4], loss_8x=at[8])

    stretched = table_for(model, kind, TIMES[-1], block)
    record.metric(longest, stretched_1x=last_quarter(stretched, text.validation, block, longest))
    curve = by_position(stretched, text.validation, longest)  # (L,)
    for end in range(BIN, longest + 1, BIN):
        record.metric(end, loss_by_position=curve[end - BIN : end].mean())
