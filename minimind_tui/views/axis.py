"""Limits and ticks of an axis. Limits move in steps, so that a live plot's axes hold still."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

LARGEST, SMALLEST = 1e300, 1e-300
"""Beyond these, arithmetic on an axis's ends overflows: such a value is not drawn."""


def drawable(value: float) -> bool:
    """Whether `value` has a place on some axis."""
    return abs(value) <= LARGEST


@dataclass(frozen=True)
class Axis:
    """`low` to `high` as drawn (log10 of the values on a logarithmic axis), and the ticks with their labels."""

    low: float
    high: float
    ticks: list[float]
    labels: list[str]
    log: bool = False

    def place(self, value: float) -> float | None:
        """Where `value` stands on the axis; None where it cannot be drawn."""
        if not drawable(value) or (self.log and value < SMALLEST):
            return None
        return math.log10(value) if self.log else value


def nice_step(span: float, parts: int) -> float:
    """1, 2 or 5 times a power of ten, so that about `parts` of them make `span`."""
    rough = span / max(1, parts)
    power = 10.0 ** math.floor(math.log10(rough))
    return next((factor * power for factor in (1, 2, 5) if factor * power >= rough * 0.999), 10 * power)


def linear_axis(values: Iterable[float], parts: int, *, exact: bool = False) -> Axis:
    """An axis for `values`, whose limits are ticks.

    With `exact`, it ends where the values end; a whole number there is a tick too, where there is room.
    """
    finite = [value for value in values if drawable(value)]
    low, high = (min(finite), max(finite)) if finite else (0.0, 1.0)
    if high - low <= 1e-12 * max(1.0, abs(low), abs(high)):
        pad = abs(low) * 0.1 or 0.5
        low, high = low - pad, high + pad
    step = nice_step(high - low, parts)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    if exact:
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    ticks = [number * step for number in range(first, last + 1)]
    labels = [_label(tick, step) for tick in ticks]
    if exact and ticks and low == round(low) and ticks[0] - low >= step / 2:
        ticks, labels = [low, *ticks], [_label(low, 1), *labels]
    return Axis(low if exact else ticks[0], high if exact else ticks[-1], ticks, labels)


def log_axis(values: Iterable[float], parts: int) -> Axis:
    """A logarithmic axis for the positive ones of `values`: powers of ten, or 1-2-5 within two of them."""
    logs = [math.log10(value) for value in values if drawable(value) and value >= SMALLEST]
    low, high = (min(logs), max(logs)) if logs else (-1.0, 0.0)
    if high - low < 1.5:
        steps = [
            (math.log10(f) + p, f * 10.0**p) for p in range(math.floor(low) - 1, math.ceil(high) + 2) for f in (1, 2, 5)
        ]
        below = max((at for at, _ in steps if at <= low + 1e-9), default=low)
        above = min((at for at, _ in steps if at >= high - 1e-9), default=high)
        if above - below < 0.3:
            above = min(at for at, _ in steps if at > below + 0.3 - 1e-9)
        inside = [(at, value) for at, value in steps if below - 1e-9 <= at <= above + 1e-9]
        return Axis(below, above, [at for at, _ in inside], [f"{value:.4g}" for _, value in inside], True)
    first, last = math.floor(low + 1e-9), math.ceil(high - 1e-9)
    stride = max(1, math.ceil((last - first) / max(1, parts)))
    last = first + stride * math.ceil((last - first) / stride)
    ticks = list(range(first, last + 1, stride))
    return Axis(float(first), float(last), [float(t) for t in ticks], [_power(t) for t in ticks], True)


def _power(exponent: int) -> str:
    return f"{10.0**exponent:g}" if -2 <= exponent <= 3 else f"1e{exponent}"


def _label(value: float, step: float) -> str:
    if value == 0:
        return "0"
    if abs(value) >= 1e6 or step < 1e-4:
        return f"{value:.3g}"
    if abs(value) >= 1e4 and step >= 100:
        return f"{value / 1000:g}k"
    return f"{value:.{max(0, -math.floor(math.log10(step) + 1e-9))}f}"
