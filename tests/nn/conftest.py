"""Small models of every kind, and one thread: the machine is shared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import torch

from minimind_tui.nn.config import NTK, ModelConfig, YaRN, minimind2_small, minimind3
from minimind_tui.nn.model import MiniMind
from minimind_tui.nn.norm import RMSNorm

SMALL_2 = replace(minimind2_small(), vocab_size=97, hidden_size=64, num_layers=2, max_position=64)
SMALL_3 = replace(
    minimind3(), vocab_size=97, hidden_size=64, num_layers=2, head_dim=12, intermediate_size=None, max_position=64
)
SMALL = {
    "minimind2": SMALL_2,
    "minimind3": SMALL_3,
    "yarn": replace(SMALL_3, rope_scaling=YaRN(factor=4.0, original_length=16, beta_fast=2.0)),
    "every head its own KV": replace(SMALL_2, num_kv_heads=8),
    "one KV head": replace(SMALL_2, num_kv_heads=1),
    "learned": replace(SMALL_2, position="learned"),
    "sinusoidal": replace(SMALL_2, position="sinusoidal"),
    "alibi": replace(SMALL_2, position="alibi"),
    "no position": replace(SMALL_2, position="none"),
    "ntk": replace(SMALL_2, rope_scaling=NTK(factor=4.0)),
    "post-LN": replace(SMALL_2, norm="layernorm", norm_place="post"),
    "plain feed-forward": replace(SMALL_2, ffn="gelu"),
    "no feed-forward": replace(SMALL_2, ffn="none"),
    "no norm": replace(SMALL_2, norm="none"),
    "unscaled": replace(SMALL_2, scale_scores=False),
    "no residual": replace(SMALL_2, residual=False),
    "untied": replace(SMALL_2, tied=False),
}


@pytest.fixture(scope="package", autouse=True)
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(params=list(SMALL))
def config(request: pytest.FixtureRequest) -> ModelConfig:
    """One small configuration of each kind."""
    return SMALL[request.param]


@pytest.fixture
def model(config: ModelConfig) -> MiniMind:
    """A small model of each kind, not training, with norm weights other than 1 so that they count."""
    torch.manual_seed(0)
    model = MiniMind(config).eval()
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, RMSNorm):
                module.weight.uniform_(0.5, 1.5)
    return model
