"""Figures as plots write them: each in few characters, and what is no number says so."""

from __future__ import annotations

import math

LARGEST_WHOLE = 1e9
"""Counts up to here are written out: 108,608 parameters are read at once, 1.086e+05 are not."""

SHORT = 7
"""Characters of a value in a column of bars."""


def no_number(value: float) -> str:
    """The word for what is not finite; nothing for a number."""
    if math.isfinite(value):
        return ""
    return "NaN" if math.isnan(value) else "inf" if value > 0 else "-inf"


def reading(value: float) -> str:
    """A value beside its curve or bar: four digits, a count in full."""
    if not math.isfinite(value):
        return no_number(value)
    if abs(value) < LARGEST_WHOLE and (abs(value) >= 1000 or value == round(value)):
        return f"{value:,.0f}"
    return f"{value:.4g}"


def short(value: float) -> str:
    """A value in at most SHORT characters, for a column of bars."""
    if not math.isfinite(value):
        return no_number(value)
    if value == 0 or 0.01 <= abs(value) < 1000:
        return f"{value:.3g}"
    text = f"{value:.1e}"
    if len(text) > SHORT:
        text = text.replace("e-0", "e-").replace("e+0", "e+")
    return text if len(text) <= SHORT else f"{value:.0e}"


def written(value: float) -> str:
    """A value in a table: two decimals where they tell something."""
    if not math.isfinite(value):
        return no_number(value)
    if value == 0 or 0.01 <= abs(value) < 1000:
        return f"{value:.2f}"
    return f"{value:.0f}" if 1000 <= abs(value) < 1e5 else f"{value:.0e}"


def decimals(value: float) -> str:
    """A mean or a standard deviation: three decimals tell what is near 0 and what is near 1."""
    if not math.isfinite(value):
        return no_number(value)
    if value == 0 or 0.0005 <= abs(value) < 1000:
        return f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"
    return f"{value:.0e}"
