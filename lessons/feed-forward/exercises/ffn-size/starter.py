"""How wide an FFN is inside, and how many parameters that makes."""


def inner_size(dim: int, rule: str) -> int:
    """The inner size by the rule "gpt2", "minimind2", "minimind3" or "llama"; ValueError for another."""
    return dim


def ffn_parameters(dim: int, hidden: int, gated: bool, bias: bool = False) -> int:
    """Parameters of an FFN: three matrices if gated, else two."""
    return 0


def ffn_share(dim: int, hidden: int, heads: int, kv_heads: int) -> float:
    """The gated FFN's share of a block, from 0 to 1."""
    return 0.0
