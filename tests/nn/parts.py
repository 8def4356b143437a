"""The parts of a model by types of their own: to PyTorch any of them is a module, or a tensor."""

from __future__ import annotations

from torch import Tensor, nn

from minimind_tui.nn.attention import Attention
from minimind_tui.nn.block import Block
from minimind_tui.nn.feedforward import PlainFeedForward, SwiGLU
from minimind_tui.nn.norm import RMSNorm


def attention_of(block: nn.Module) -> Attention:
    """The attention of a block that has one."""
    assert isinstance(block, Block)
    assert isinstance(block.self_attn, Attention)
    return block.self_attn


def feed_forward_of(block: nn.Module) -> SwiGLU | PlainFeedForward:
    """The FFN of a block that has one."""
    assert isinstance(block, Block)
    assert isinstance(block.mlp, SwiGLU | PlainFeedForward)
    return block.mlp


def scale_of(norm: nn.Module) -> nn.Parameter:
    """What an RMSNorm multiplies by."""
    assert isinstance(norm, RMSNorm)
    return norm.weight


def gradient_of(weight: Tensor) -> Tensor:
    """The gradient of a weight that has one."""
    assert weight.grad is not None
    return weight.grad
