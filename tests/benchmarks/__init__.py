"""How fast the tutor is, as figures with their bounds: `make benchmark` measures them and writes the table."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

BESIDE = Path(__file__).parents[2].parent / "shared" / "data"
"""Where texts may lie beside the checkout; else they are in the learner's cache (`minimind-tui data get`)."""


@dataclass(frozen=True)
class Figure:
    """One measured quantity. `bound` is the largest value allowed, or with `least` the smallest."""

    what: str
    value: float
    bound: float
    unit: str
    how: str
    least: bool = False
    digits: int = 3

    @property
    def holds(self) -> bool:
        """Whether the value keeps to its bound."""
        return self.value >= self.bound if self.least else self.value <= self.bound
