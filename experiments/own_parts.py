"""The learner's own parts in a MiniMind: how the code of each exercise takes the place of the course's.

A part is taken in by its names alone. An exercise asks for parameters that are called as in MiniMind's checkpoints, so
that the weights of a model of the course fit into the learner's, name by name.

Shapes: B batch, T positions, C hidden size, H heads, K key/value heads, D numbers in a head.
"""

from __future__ import annotations

import linecache
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import torch
from torch import Tensor, nn

from minimind_tui.nn.attention import Attention, Cache, attend, causal_mask, repeat_kv
from minimind_tui.nn.block import Block
from minimind_tui.nn.config import ModelConfig
from minimind_tui.nn.model import MiniMind, Output
from minimind_tui.nn.rope import apply_rope, rope_frequencies

NORM = "normalization/rmsnorm"
ANGLES = "position/rope-frequencies"
ROPE = "position/rope"
ATTENTION = "attention/scaled-dot-product"
HEADS = "attention/multi-head-gqa"
FFN = "feed-forward/swiglu"
BLOCK = "block/pre-ln-block"
DECODER = "block/tiny-decoder"

Own = Mapping[str, ModuleType]
"""The learner's modules by exercise; what is not in it is the course's."""


class OwnCodeFailed(Exception):
    """The learner's code raised an exception, or does not fit; the words name its file and line."""

    names_its_place = True


def load(path: str, code: str) -> ModuleType:
    """The module that `code` makes; `path` is where the learner keeps it, which errors name."""
    module = ModuleType(f"own_{len(sys.modules)}")
    module.__file__ = path
    sys.modules[module.__name__] = module  # dataclasses look their module up
    linecache.cache[path] = (len(code), None, code.splitlines(keepends=True), path)  # the file may change meanwhile
    with naming_the_line([path]):
        exec(compile(code, path, "exec"), vars(module))
    return module


@contextmanager
def naming_the_line(paths: list[str]) -> Iterator[None]:
    """An exception out of one of these files, or out of a backward pass, is raised again with the place named."""
    try:
        yield
    except (Exception, SystemExit) as error:
        place, step = "", error.__traceback__
        while step is not None:
            if step.tb_frame.f_code.co_filename in paths:
                place = f"{step.tb_frame.f_code.co_filename}:{step.tb_lineno}: "
            step = step.tb_next
        if not place and "inplace operation" in str(error):
            place = f"{', '.join(paths)}: a tensor is changed in place that the backward pass needs: "
        if not place:
            raise
        raise OwnCodeFailed(f"{place}{type(error).__name__}: {error}") from error


def has_rope(own: Own) -> bool:
    """Whether queries and keys are turned: the exercises on heads and on the block, alone, have no place for it."""
    return set(own) not in ({HEADS}, {BLOCK})


class OwnAttention(Attention):
    """The projections of the course's attention around the learner's RoPE and the learner's weighted sum.

    `alone` says what a block expects: the output, or the output and a cache.
    """

    def __init__(self, config: ModelConfig, own: Own, *, alone: bool) -> None:
        super().__init__(config)
        self.own, self.alone = own, alone
        cos, sin = angles(config, own)  # (N, D/2) each
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)

    def forward(self, x: Tensor, *_: Any) -> Any:
        """x (B, T, C) to (B, T, C), at the positions 0 to T - 1."""
        B, T = x.shape[:2]
        if HEADS in self.own:
            matrices = (each.weight for each in (self.q_proj, self.k_proj, self.v_proj, self.o_proj))
            out = self.own[HEADS].gqa(x, *matrices, self.heads, self.kv_heads)  # (B, T, C)
        else:
            query, key, value = self.project(x, None)  # (B, H, T, D) each
            query, key = self.turn(query), self.turn(key)
            key, value = (repeat_kv(each, self.heads // self.kv_heads) for each in (key, value))
            if ATTENTION in self.own:
                out = self.own[ATTENTION].attention(query, key, value, causal_mask(T, T))  # (B, H, T, D)
            else:
                out = attend(query, key, value, is_causal=True)  # (B, H, T, D)
            out = self.o_proj(out.transpose(1, 2).reshape(B, T, -1))  # (B, T, C)
        return out if self.alone else (out, Cache(x, x))

    def turn(self, x: Tensor) -> Tensor:
        """Queries or keys (B, H, T, D), turned by their positions' angles."""
        if not has_rope(self.own):
            return x
        cos, sin = self.get_buffer("cos")[: x.shape[2]], self.get_buffer("sin")[: x.shape[2]]  # (T, D/2) each
        if ROPE in self.own:
            turned: Tensor = self.own[ROPE].apply_rope_half(x, cos, sin)  # (B, H, T, D)
            return turned
        return apply_rope(x, torch.cat((cos, cos), dim=-1), torch.cat((sin, sin), dim=-1))  # (B, H, T, D)


def angles(config: ModelConfig, own: Own) -> tuple[Tensor, Tensor]:
    """Cosines and sines of all positions, (N, D/2) each: the learner's table, or the first half of the course's."""
    D, N = config.head_size, config.max_position
    if ANGLES in own:
        cos, sin = own[ANGLES].rope_table(D, 0, N, config.rope_theta)
        return cos, sin
    cos, sin = rope_frequencies(D, N, config.rope_theta)  # (N, D) each
    return cos[:, : D // 2], sin[:, : D // 2]


class PlainBlock(Block):
    """The course's block as the learner's decoder expects one: x (B, T, C) to (B, T, C)."""

    def forward(self, x: Tensor, *_: Any) -> Any:
        """The output without the cache."""
        return super().forward(x, None)[0]


def make_block(config: ModelConfig, own: Own) -> nn.Module:
    """A block with the learner's parts in it."""
    in_own_decoder = DECODER in own
    if BLOCK not in own:
        block: Any = PlainBlock(config) if in_own_decoder else Block(config)
        block.self_attn = OwnAttention(config, own, alone=False)
    else:
        kind = own[BLOCK].Block

        class WithCache(kind):  # type: ignore[misc, valid-type]
            """The learner's block as the course's decoder expects one: it answers with a cache."""

            def forward(self, x: Tensor, *_: Any) -> Any:
                """x (B, T, C) to (B, T, C)."""
                return super().forward(x), Cache(x, x)

        block = (kind if in_own_decoder else WithCache)(config.hidden_size, config.num_heads, config.ffn_size)
        if has_rope(own):  # its own attention knows no positions
            block.self_attn = OwnAttention(config, own, alone=True)
    if NORM in own:
        block.input_layernorm = own[NORM].RMSNorm(config.hidden_size, config.rms_eps)
        block.post_attention_layernorm = own[NORM].RMSNorm(config.hidden_size, config.rms_eps)
    if FFN in own:
        block.mlp = own[FFN].SwiGLU(config.hidden_size, config.ffn_size)
    return block  # type: ignore[no-any-return]


class OwnDecoder(nn.Module):
    """The learner's decoder as a training expects a model: with inputs and targets, and with its own loss."""

    def __init__(self, decoder: nn.Module) -> None:
        super().__init__()
        self.decoder = decoder

    def forward(self, ids: Tensor, targets: Tensor) -> Output:
        """ids and targets (B, T), the targets one token later; the learner's decoder shifts them by itself."""
        whole = torch.cat((ids, targets[:, -1:]), dim=1)  # (B, T + 1)
        logits, loss = self.decoder(whole, whole)  # (B, T + 1, V), ()
        return Output(logits[:, :-1], loss, [])


def with_own_parts(reference: MiniMind, own: Own) -> nn.Module:
    """A model with the weights of `reference` and the learner's parts: (ids, targets) to an Output with the loss.

    Raises OwnCodeFailed where a part has other parameters, or is never called by the learner's own block or decoder.
    """
    config = reference.config
    blocks = [make_block(config, own) for _ in range(config.num_layers)]
    model: Any
    if DECODER in own:
        decoder = own[DECODER].Decoder(config.vocab_size, config.hidden_size, blocks)
        model, prefix = OwnDecoder(decoder), "decoder."
    else:
        model, prefix = MiniMind(config), "model."
        decoder = model.model
        decoder.layers = nn.ModuleList(blocks)
    if NORM in own:
        decoder.norm = own[NORM].RMSNorm(config.hidden_size, config.rms_eps)
    copy_weights(reference, model, prefix)
    require_all_used(model, config.vocab_size)
    return model  # type: ignore[no-any-return]


def copy_weights(reference: nn.Module, model: nn.Module, prefix: str) -> None:
    """The same numbers under the same names; the learner's decoder has no `model.` before them."""
    wanted = {name.removeprefix("model."): value for name, value in reference.named_parameters()}
    found = {name.removeprefix(prefix): value for name, value in model.named_parameters()}
    if {name: value.shape for name, value in wanted.items()} != {name: value.shape for name, value in found.items()}:
        other = sorted(wanted.keys() ^ found.keys()) or [n for n in wanted if wanted[n].shape != found[n].shape]
        raise OwnCodeFailed(f"these parameters are not those of the course's model: {', '.join(other[:4])}")
    with torch.no_grad():
        for name, value in wanted.items():
            found[name].copy_(value)


def require_all_used(model: nn.Module, vocab_size: int) -> None:
    """Every part must be called. A block that computes with the weights of its parts instead leaves them out."""
    called: set[str] = set()
    parts = {
        name: part for name, part in model.named_modules() if name.endswith(("self_attn", "mlp", "layernorm", ".norm"))
    }
    hooks = [part.register_forward_hook(lambda *_, name=name: called.add(name)) for name, part in parts.items()]
    ids = torch.arange(8).remainder(vocab_size)[None]  # (1, 8)
    with torch.no_grad():
        model(ids, ids)
    for hook in hooks:
        hook.remove()
    if left := sorted(parts.keys() - called):
        raise OwnCodeFailed(f"{left[0]} is never called: the block or the decoder around it computes something else")


def in_another_order(model: MiniMind, seed: int = 0) -> MiniMind:
    """The same function, its sums in another order: the inner numbers of every FFN change places. In place."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for layer in model.model.layers:
            mlp: Any = layer.mlp
            order = torch.randperm(mlp.down_proj.in_features, generator=generator)  # (M,)
            for matrix in (mlp.gate_proj.weight, mlp.up_proj.weight):
                matrix.copy_(matrix[order])  # (M, C)
            mlp.down_proj.weight.copy_(mlp.down_proj.weight[:, order])  # (C, M)
    return model
