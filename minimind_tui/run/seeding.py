"""Seeds the random numbers of every library that has been loaded."""

from __future__ import annotations

import random
import sys


def seed_all(seed: int) -> None:
    """Seed the random numbers of Python, and of numpy and PyTorch if they are loaded; nothing is imported."""
    random.seed(seed)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(seed % 2**32)
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(seed)
