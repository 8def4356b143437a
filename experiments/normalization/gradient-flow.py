"""How far does the gradient get through a deep stack, without a norm, with LayerNorm, with RMSNorm?

One forward pass and one backward pass through `depth` layers of the plainest kind (linear, ReLU, norm). No
training: what we look at is the signal that training would live on.

Shapes: B examples, C width.
"""

import torch
from torch import Tensor, nn

from minimind_tui.nn.norm import RMSNorm
from minimind_tui.run.recorder import Recorder, Settings

B = 256


def make_norm(kind: str, width: int) -> nn.Module:
    """The factor: what stands after the ReLU."""
    if kind == "layernorm":
        return nn.LayerNorm(width)  # (x - mean) / std, then a learned scale and shift
    if kind == "rmsnorm":
        return RMSNorm(width)  # x / rms, then a learned scale
    return nn.Identity()


class Layer(nn.Module):
    """linear -> ReLU -> norm."""

    def __init__(self, width: int, norm: str, init: str) -> None:
        super().__init__()
        self.linear = nn.Linear(width, width)  # PyTorch's default: uniform, variance 1 / (3 C)
        if init == "kaiming":
            nn.init.kaiming_normal_(self.linear.weight, nonlinearity="relu")  # variance 2 / C (He et al. 2015)
            nn.init.zeros_(self.linear.bias)
        self.norm = make_norm(norm, width)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.norm(self.linear(x).relu())  # (B, C)
        return out


def run(settings: Settings, record: Recorder) -> None:
    """Records, for each layer, the spread of its output and the size of its weights' gradient."""
    C = settings.width
    layers = [Layer(C, settings.norm, settings.init) for _ in range(settings.depth)]
    x = torch.randn(B, C)
    target = torch.randn(B, C)

    activation = []
    for layer in layers:
        x = layer(x)  # (B, C)
        activation.append(x.std())
    loss = (x - target).square().mean()  # ()
    loss.backward()

    record.layer("activation", torch.stack(activation))  # (depth,)
    gradients = [layer.linear.weight.grad for layer in layers]  # (C, C) each
    record.layer("gradient", [gradient.norm() for gradient in gradients if gradient is not None])  # (depth,)
    record.metric(0, loss=loss.detach())
