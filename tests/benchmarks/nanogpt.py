"""nanoGPT's published recipe for a small character model on a CPU, made again from its hyper-parameters.

Source: the README of github.com/karpathy/nanoGPT ("I only have a macbook") and the values it leaves at their defaults:

    train.py config/train_shakespeare_char.py --device=cpu --compile=False --eval_iters=20 --log_interval=1
        --block_size=64 --batch_size=12 --n_layer=4 --n_head=4 --n_embd=128 --max_iters=2000 --lr_decay_iters=2000
        --dropout=0.0

A GPT-2 of that size: learned positions, LayerNorm and matrices without biases, GELU, head tied to the embedding.

Shapes: B batch, T block size, C width.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from minimind_tui.nn.batches import RandomBlocks
from minimind_tui.nn.model import Output

BLOCK, BATCH, LAYERS, HEADS, WIDTH = 64, 12, 4, 4, 128
STEPS, WARMUP, RATE, LEAST_RATE = 2000, 100, 1e-3, 1e-4
BETAS, WEIGHT_DECAY, CLIP = (0.9, 0.99), 0.1, 1.0


class Layer(nn.Module):
    """Attention and an FFN of 4 C, each after a LayerNorm."""

    def __init__(self) -> None:
        super().__init__()
        self.first_norm = nn.LayerNorm(WIDTH, bias=False)
        self.attention = nn.Linear(WIDTH, 3 * WIDTH, bias=False)
        self.attention_output = nn.Linear(WIDTH, WIDTH, bias=False)
        self.second_norm = nn.LayerNorm(WIDTH, bias=False)
        self.expand = nn.Linear(WIDTH, 4 * WIDTH, bias=False)
        self.expand_output = nn.Linear(4 * WIDTH, WIDTH, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, C) to (B, T, C)."""
        B, T, C = x.shape
        query, key, value = (
            part.view(B, T, HEADS, C // HEADS).transpose(1, 2)  # (B, H, T, C/H)
            for part in self.attention(self.first_norm(x)).split(C, dim=2)
        )
        mixed = F.scaled_dot_product_attention(query, key, value, is_causal=True)  # (B, H, T, C/H)
        x = x + self.attention_output(mixed.transpose(1, 2).reshape(B, T, C))
        out: Tensor = x + self.expand_output(F.gelu(self.expand(self.second_norm(x))))  # (B, T, C)
        return out


class GPT(nn.Module):
    """Token and position embeddings, the layers, a last norm, and the tied head."""

    def __init__(self, vocab_size: int) -> None:
        super().__init__()
        self.tokens = nn.Embedding(vocab_size, WIDTH)
        self.positions = nn.Embedding(BLOCK, WIDTH)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.norm = nn.LayerNorm(WIDTH, bias=False)
        for name, parameter in self.named_parameters():
            if parameter.ndim == 2:
                output = name.endswith("output.weight")
                nn.init.normal_(parameter, std=0.02 / math.sqrt(2 * LAYERS) if output else 0.02)

    def forward(self, inputs: Tensor, targets: Tensor) -> Output:
        """Inputs and targets, each (B, T), to the logits and the mean loss in nats a token."""
        x = self.tokens(inputs) + self.positions.weight[: inputs.shape[1]]  # (B, T, C)
        for layer in self.layers:
            x = layer(x)  # (B, T, C)
        logits = F.linear(self.norm(x), self.tokens.weight)  # (B, T, V)
        return Output(logits, F.cross_entropy(logits.flatten(0, 1), targets.flatten()), [])


def rate_at(step: int) -> float:
    """A linear rise, then half a cosine from RATE down to LEAST_RATE."""
    if step < WARMUP:
        return RATE * (step + 1) / (WARMUP + 1)
    along = (step - WARMUP) / (STEPS - WARMUP)
    return LEAST_RATE + 0.5 * (1 + math.cos(math.pi * along)) * (RATE - LEAST_RATE)


def train(model: GPT, tokens: Tensor, seed: int) -> None:
    """All steps of the recipe on random blocks of `tokens` (N,)."""
    matrices = [parameter for parameter in model.parameters() if parameter.ndim == 2]
    vectors = [parameter for parameter in model.parameters() if parameter.ndim < 2]
    optimizer = torch.optim.AdamW(
        [{"params": matrices, "weight_decay": WEIGHT_DECAY}, {"params": vectors, "weight_decay": 0.0}],
        lr=RATE,
        betas=BETAS,
    )
    for step, (inputs, targets) in zip(range(STEPS), RandomBlocks(tokens, BLOCK, BATCH, seed), strict=False):
        for group in optimizer.param_groups:
            group["lr"] = rate_at(step)
        loss = model(inputs, targets).loss
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), CLIP)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        loss.item()  # the recipe logs every step
