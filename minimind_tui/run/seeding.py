"""The same random numbers again, in each library that the code in question has loaded."""

from __future__ import annotations

import random
import sys


def seed_all(seed: int) -> None:
    """Python's own, numpy's and PyTorch's random numbers begin anew from `seed`; nothing is imported for it."""
    random.seed(seed)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(seed % 2**32)
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(seed)
