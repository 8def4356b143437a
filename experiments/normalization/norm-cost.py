"""How long a norm takes: LayerNorm and RMSNorm, as PyTorch has them and written by hand.

A computer does other things at the same time, and that can only make a measurement longer. So each norm is timed
many times, in turn with one and the same yardstick (PyTorch's LayerNorm), and of each the fastest time counts.

Shapes: N rows, C width.
"""

import time
from collections.abc import Callable

import torch
from torch import Tensor, nn

from minimind_tui.nn.norm import LayerNorm, RMSNorm
from minimind_tui.run.recorder import Recorder, Settings

NORMS: dict[str, Callable[[int], nn.Module]] = {
    "layernorm-torch": nn.LayerNorm,
    "layernorm-hand": LayerNorm,
    "rmsnorm-torch": lambda width: nn.RMSNorm(width, eps=1e-5),
    "rmsnorm-hand": RMSNorm,
}


def microseconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1e6


def fastest(work: Callable[[], object], yardstick: Callable[[], object], repeats: int) -> tuple[float, float]:
    """The shortest time of `work`, and how many times the yardstick's it is; measured in turn."""
    times = [(microseconds(work), microseconds(yardstick)) for _ in range(repeats)]
    mine = min(each for each, _ in times)
    return mine, mine / min(other for _, other in times)


@torch.no_grad()
def forward_time(norm: nn.Module, x: Tensor, repeats: int) -> tuple[float, float]:
    """One pass of x (N, C) through `norm`, in the dtype of x."""
    norm, yardstick = norm.to(x.dtype), nn.LayerNorm(x.shape[-1], dtype=x.dtype)
    return fastest(lambda: norm(x), lambda: yardstick(x), repeats)


def training_time(norm: nn.Module, x: Tensor, repeats: int) -> tuple[float, float]:
    """One pass of x (N, C) through `norm` and one back."""
    x, gradient, yardstick = x.requires_grad_(), torch.randn_like(x), nn.LayerNorm(x.shape[-1])
    return fastest(lambda: norm(x).backward(gradient), lambda: yardstick(x).backward(gradient), repeats)


def run(settings: Settings, record: Recorder) -> None:
    """Records the time of one pass in float32 and bfloat16, the time with the way back, and the parameters."""
    make, repeats = NORMS[settings.norm], settings.repeats  # norm: the factor
    C = settings.width
    x = torch.randn(settings.rows, C)  # (N, C)

    fp32, fp32_relative = forward_time(make(C), x, repeats)
    bf16, bf16_relative = forward_time(make(C), x.bfloat16(), repeats)
    training, training_relative = training_time(make(C), x, repeats)
    record.metric(0, fp32=fp32, bf16=bf16, training=training)
    record.metric(0, fp32_relative=fp32_relative, bf16_relative=bf16_relative, training_relative=training_relative)
    record.metric(0, parameters=sum(parameter.numel() for parameter in make(C).parameters()))
