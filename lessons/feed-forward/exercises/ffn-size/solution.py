"""How wide an FFN is inside, and how many parameters that makes."""

import math


def inner_size(dim: int, rule: str) -> int:
    """The inner size by the rule "gpt2", "minimind2", "minimind3" or "llama"; ValueError for another."""
    if rule == "gpt2":
        return 4 * dim
    if rule == "minimind3":
        return 64 * math.ceil(math.pi * dim / 64)
    if rule in ("minimind2", "llama"):
        multiple = 64 if rule == "minimind2" else 256
        return multiple * -(-8 * dim // (3 * multiple))  # -(-a // b) rounds a / b up, in whole numbers
    raise ValueError(f"no rule {rule!r}")


def ffn_parameters(dim: int, hidden: int, gated: bool, bias: bool = False) -> int:
    """Parameters of an FFN: three matrices if gated, else two."""
    matrices = 3 if gated else 2
    biases = (matrices - 1) * hidden + dim if bias else 0  # one for each output: hidden, hidden, dim
    return matrices * dim * hidden + biases


def ffn_share(dim: int, hidden: int, heads: int, kv_heads: int) -> float:
    """The gated FFN's share of a block, from 0 to 1."""
    feed_forward = ffn_parameters(dim, hidden, gated=True)
    attention = 2 * dim * dim + 2 * dim * (dim // heads * kv_heads)  # Q and O, then K and V
    return feed_forward / (feed_forward + attention)
