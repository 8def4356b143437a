"""How fast the tutor is, as figures with their bounds: `make benchmark` measures them and writes the table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measured quantity. `bound` is the largest value allowed, or with `least` the smallest."""

    what: str
    value: float
    bound: float
    unit: str
    how: str
    least: bool = False

    @property
    def holds(self) -> bool:
        """Whether the value keeps to its bound."""
        return self.value >= self.bound if self.least else self.value <= self.bound
