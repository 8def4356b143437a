"""One curve in memory: compact arrays, and a pyramid of extremes so that a redraw never reads all of it."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left, bisect_right
from itertools import pairwise
from typing import Literal

FACTOR = 256
"""Points that one block of the pyramid stands for."""


class Series:
    """Values against steps, both in the order in which they were recorded."""

    __slots__ = ("_highs", "_lows", "first_nonfinite", "steps", "values")

    drawn: Literal["curve", "points", "fit"] = "curve"
    """Points are joined, or stand alone; a fit is joined, and has no mark and no last value of its own."""

    def __init__(self) -> None:
        self.steps = array("q")
        self.values = array("d")
        self.first_nonfinite: int | None = None
        """The first step whose value is NaN or infinite."""
        self._lows = array("d")
        self._highs = array("d")

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def last(self) -> float:
        """The last value; NaN where there is none."""
        return self.values[-1] if self.values else math.nan

    def extend(self, steps: list[int], values: list[float]) -> None:
        """Take a block of further points. Steps that run backwards (a resumed run) replace what they repeat."""
        count = min(len(steps), len(values))
        if count == 0:
            return
        if self.steps and steps[0] <= self.steps[-1]:
            self._cut(bisect_left(self.steps, steps[0]))
        self.values.fromlist(values if len(values) == count else values[:count])  # a TypeError changes nothing
        self.steps.fromlist(steps if len(steps) == count else steps[:count])
        self._raise_pyramid()
        if self.first_nonfinite is None and not math.isfinite(sum(values)):
            self.first_nonfinite = next((steps[i] for i in range(count) if not math.isfinite(values[i])), None)

    def cut_after(self, step: int) -> None:
        """Forget what was recorded after `step`."""
        self._cut(bisect_right(self.steps, step))

    def _cut(self, length: int) -> None:
        del self.steps[length:], self.values[length:]
        del self._lows[length // FACTOR :], self._highs[length // FACTOR :]
        if self.first_nonfinite is not None and (not self.steps or self.first_nonfinite > self.steps[-1]):
            self.first_nonfinite = None

    def _raise_pyramid(self) -> None:
        """Take in the blocks that have become full."""
        for block in range(len(self._lows), len(self.values) // FACTOR):
            low, high = _extremes(self.values, block * FACTOR, (block + 1) * FACTOR)
            self._lows.append(low)
            self._highs.append(high)

    def value_at(self, step: float) -> float | None:
        """The value of the recorded step nearest to `step`; None where nothing was recorded."""
        if not self.steps:
            return None
        right = min(bisect_left(self.steps, step), len(self.steps) - 1)
        left = max(0, right - 1)
        nearest = left if abs(self.steps[left] - step) <= abs(self.steps[right] - step) else right
        return self.values[nearest]

    def decimated(self, columns: int, low: float, high: float) -> list[tuple[float, float]]:
        """At most two points a column between the steps `low` and `high`: each column's extremes.

        A column with nothing finite in it gives one NaN, so that the gap shows.
        """
        start, end = bisect_left(self.steps, low), bisect_right(self.steps, high)
        if end - start <= 2 * columns:
            return [(float(self.steps[i]), self.values[i]) for i in range(start, end)]
        grain = FACTOR if end - start >= 4 * FACTOR * columns else 1  # a wide column ends where a block does
        edges = [start, *((start + (end - start) * at // columns) // grain * grain for at in range(1, columns)), end]
        points: list[tuple[float, float]] = []
        for first, after in pairwise(edges):
            smallest, largest = self._range(first, after)
            left, right = float(self.steps[first]), float(self.steps[after - 1])
            if smallest != smallest:
                points.append((left, math.nan))
            elif self.values[first] <= self.values[after - 1]:
                points += [(left, smallest), (right, largest)]
            else:
                points += [(left, largest), (right, smallest)]
        return points

    def _range(self, first: int, after: int) -> tuple[float, float]:
        """The finite extremes of `values[first:after]`; NaN where there is nothing finite."""
        block, block_after = -(-first // FACTOR), after // FACTOR
        if block_after - block < 2:
            return _extremes(self.values, first, after)
        lows, highs = self._lows[block:block_after], self._highs[block:block_after]
        outside = self.values[first : block * FACTOR] + self.values[block_after * FACTOR : after]
        if outside:
            lows.append(_least(outside))
            highs.append(_most(outside))
        return _least(lows), _most(highs)


def _extremes(values: array[float], first: int, after: int) -> tuple[float, float]:
    part = values[first:after]
    return _least(part), _most(part)


def _least(part: array[float]) -> float:
    """The smallest finite number; NaN where there is none."""
    if part and math.isfinite(sum(part)):
        return min(part)
    return min((value for value in part if math.isfinite(value)), default=math.nan)


def _most(part: array[float]) -> float:
    if part and math.isfinite(sum(part)):
        return max(part)
    return max((value for value in part if math.isfinite(value)), default=math.nan)
