"""GPT-2's start: the matrices that write into the residual stream begin smaller."""

from torch import nn


def initialize(model: nn.Module, layers: int, std: float = 0.02) -> None:
    """Draw all weights anew, in place.

    Linear and Embedding weights get the standard deviation `std`, biases 0. Those named *o_proj.weight and
    *down_proj.weight begin smaller, so that the sum of all 2 * layers branches does not grow with depth.
    """
