"""The whole decoder, with the names of MiniMind's checkpoints.

Shapes: B batch, T new positions, C hidden size, V vocabulary.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from minimind_tui.nn.attention import Attention, Cache, Steps
from minimind_tui.nn.block import Block, make_block
from minimind_tui.nn.config import ModelConfig
from minimind_tui.nn.norm import make_norm
from minimind_tui.nn.rope import rope_frequencies


class Output(NamedTuple):
    """logits (B, T, V), the mean loss in nats where targets were given, and a cache for each layer."""

    logits: Tensor
    loss: Tensor | None
    cache: list[Cache]


def sinusoidal_positions(positions: int, dim: int) -> Tensor:
    """The fixed sines and cosines of Vaswani et al. 2017, section 3.5. Shape (positions, dim)."""
    frequency = 10000 ** (-torch.arange(0, dim, 2).float() / dim)  # (dim/2,)
    angle = torch.outer(torch.arange(positions).float(), frequency)  # (positions, dim/2)
    return torch.stack((angle.sin(), angle.cos()), dim=-1).flatten(1)  # (positions, dim)


class Decoder(nn.Module):
    """Embedding, blocks and the final norm: `model.*` in a checkpoint."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.embed_tokens = nn.Embedding(config.vocab_size, config.hidden_size)
        blocks = nn.ModuleList(make_block(config) for _ in range(config.num_layers))
        self.layers = cast(Sequence[Block], blocks)  # a ModuleList does not say of what
        self.norm = make_norm(config.norm, config.hidden_size, config.rms_eps)
        if config.position == "rope":
            cos, sin = rope_frequencies(config.head_size, config.max_position, config.rope_theta, config.rope_scaling)
            self.register_buffer("freqs_cos", cos, persistent=False)  # (max_position, D)
            self.register_buffer("freqs_sin", sin, persistent=False)  # (max_position, D)
        elif config.position == "learned":
            self.embed_positions = nn.Embedding(config.max_position, config.hidden_size)
        elif config.position == "sinusoidal":
            table = sinusoidal_positions(config.max_position, config.hidden_size)
            self.register_buffer("positions", table, persistent=False)  # (max_position, C)

    def embed(self, ids: Tensor, start: int = 0) -> Tensor:
        """Token vectors, with their position added where positions are added: ids (B, T) to (B, T, C)."""
        x: Tensor = self.embed_tokens(ids)  # (B, T, C)
        end = start + ids.shape[1]
        if end > self.config.max_position:
            raise ValueError(
                f"{end} positions asked of a model made for {self.config.max_position}: "
                "shorten the text, or raise max_position"
            )
        if self.config.position == "learned":
            x = x + self.embed_positions.weight[start:end]  # (B, T, C)
        elif self.config.position == "sinusoidal":
            # The table's rows have a root mean square of 0.71. Tokens that begin at 1 / sqrt(C) get one of 1 by the
            # root, as in the paper (section 3.4); those that begin at 0.02 stay far smaller, and the place drowns them.
            x = x * math.sqrt(self.config.hidden_size) + self.get_buffer("positions")[start:end]  # (B, T, C)
        return x

    def rope(self, start: int, end: int) -> tuple[Tensor, Tensor] | None:
        """Cosines and sines of the positions start to end, each (T, D)."""
        if self.config.position != "rope":
            return None
        return self.get_buffer("freqs_cos")[start:end], self.get_buffer("freqs_sin")[start:end]

    def forward(self, ids: Tensor, cache: list[Cache] | None = None) -> tuple[Tensor, list[Cache]]:
        """ids (B, T) to the last hidden states (B, T, C) and the caches."""
        start = cache[0].keys.shape[2] if cache else 0
        x, rope = self.embed(ids, start), self.rope(start, start + ids.shape[1])
        caches = []
        for index, layer in enumerate(self.layers):
            x, layer_cache = layer(x, rope, cache[index] if cache else None)  # (B, T, C)
            caches.append(layer_cache)
        return self.norm(x), caches  # (B, T, C)


class MiniMind(nn.Module):
    """A decoder that predicts the next token. `lm_head` shares the embedding's weight unless `tied` is off."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.model = Decoder(config)
        self.lm_head = nn.Linear(config.hidden_size, config.vocab_size, bias=False)
        self.apply(self._initialize)
        nn.init.normal_(self.lm_head.weight, std=0.02)
        self._initialize_outputs()
        if config.tied:
            self.lm_head.weight = self.model.embed_tokens.weight

    def _initialize(self, module: nn.Module) -> None:
        """Matrices by fan-in, so that activations keep their scale at any width; embeddings at 0.02.

        Small embeddings make the first logits small, so that the loss starts at ln V. `embedding_std` is the tokens'.
        """
        if isinstance(module, nn.Linear):
            fan_in = self.config.initialization == "fan-in"
            nn.init.normal_(module.weight, std=1 / math.sqrt(module.in_features) if fan_in else 0.02)
        elif isinstance(module, nn.Embedding):
            nn.init.normal_(module.weight, std=self.config.embedding_std if module is self.model.embed_tokens else 0.02)

    def _initialize_outputs(self) -> None:
        """The last matrix of each of the 2L branches, where it begins smaller than the others.

        GPT-2 divides it by sqrt(2L), so that the sum of all branches does not grow with depth (Radford et al. 2019,
        section 2.3). At zero, and the head with it, the model begins as its embedding, and every logit as 0.
        """
        outputs = [
            weight
            for name, weight in self.model.named_parameters()
            if name.endswith(("o_proj.weight", "down_proj.weight"))
        ]
        if self.config.zero_output:
            for weight in [*outputs, *([] if self.config.tied else [self.lm_head.weight])]:
                nn.init.zeros_(weight)
        elif self.config.initialization == "gpt2":
            for weight in outputs:
                nn.init.normal_(weight, std=0.02 / math.sqrt(2 * self.config.num_layers))

    def forward(self, ids: Tensor, targets: Tensor | None = None, cache: list[Cache] | None = None) -> Output:
        """ids and targets (B, T). The loss is the mean of -ln p(target), targets of -100 left out."""
        hidden, caches = self.model(ids, cache)  # (B, T, C)
        logits = self.lm_head(hidden)  # (B, T, V)
        loss = None
        if targets is not None:
            loss = F.cross_entropy(logits.flatten(0, 1).float(), targets.flatten(), ignore_index=-100)  # ()
        return Output(logits, loss, caches)

    @torch.no_grad()
    def attention_steps(self, ids: Tensor) -> list[Steps]:
        """Every tensor from scores to weights, for each layer: ids (B, T) to tensors of (B, H, T, T)."""
        x, rope = self.model.embed(ids), self.model.rope(0, ids.shape[1])
        steps = []
        for layer in self.model.layers:
            if not isinstance(layer.self_attn, Attention):
                raise ValueError("there is no attention to look at: the config has attention=False")
            steps.append(layer.self_attn.steps(layer.attention_input(x), rope))
            x, _ = layer(x, rope)  # (B, T, C)
        return steps

    def attention_weights(self, ids: Tensor) -> list[Tensor]:
        """Who looks at whom: for each layer (B, H, T, T), each row a distribution over earlier positions."""
        return [steps.weights for steps in self.attention_steps(ids)]

    def parameter_count(self) -> int:
        """How many numbers are trained; a shared matrix counts once."""
        return sum(parameter.numel() for parameter in self.parameters())
