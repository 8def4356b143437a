"""How many parameters a small model has, counted by hand, and the width that gives it as many as another.

Shapes: C hidden size, V vocabulary.
"""

from collections.abc import Callable


def head_size(C: int, heads: int) -> int:
    """The even number nearest to C / heads: RoPE turns pairs."""
    return 2 * round(C / heads / 2)


def parameters(V: int, C: int, *, layers: int, heads: int, inner: int, matrices: int = 3) -> int:
    """Embedding, attention and FFN (SwiGLU has three matrices); the norms' few are left out."""
    attention = 4 * C * heads * head_size(C, heads)
    return V * C + layers * (attention + matrices * C * inner)


def nearest_width(size_of: Callable[[int], int], budget: int, widths: range) -> int:
    """The width at which `size_of(width)` comes nearest to the budget."""
    return min(widths, key=lambda C: abs(size_of(C) - budget))
