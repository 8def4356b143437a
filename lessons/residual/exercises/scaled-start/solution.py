"""GPT-2's start: the matrices that write into the residual stream begin smaller."""

import math

from torch import nn


def initialize(model: nn.Module, layers: int, std: float = 0.02) -> None:
    """Draw all weights anew, in place.

    Linear and Embedding weights get the standard deviation `std`, biases 0. Those named *o_proj.weight and
    *down_proj.weight begin smaller, so that the sum of all 2 * layers branches does not grow with depth.
    """
    for module in model.modules():
        if isinstance(module, (nn.Linear, nn.Embedding)):
            nn.init.normal_(module.weight, std=std)
        if isinstance(module, nn.Linear) and module.bias is not None:
            nn.init.zeros_(module.bias)
    for name, weight in model.named_parameters():
        if name.endswith(("o_proj.weight", "down_proj.weight")):
            nn.init.normal_(weight, std=std / math.sqrt(2 * layers))  # 2 branches a layer, whose variances add up
