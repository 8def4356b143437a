"""How many cases the property tests try: some hundreds with every change, over ten thousand at night.

`MINIMIND_TUI_TEST_BUDGET=nightly pytest tests/faults` tries the many. The few are the same at every run, so
that a change is judged by what it changed; those of the night differ from night to night.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

VARIABLE = "MINIMIND_TUI_TEST_BUDGET"
DEADLINE = float(os.environ.get("MINIMIND_TUI_TEST_DEADLINE", "300"))
"""Seconds to wait for any condition: generous, because only a failure waits that long, and workers are nice."""


def is_nightly() -> bool:
    """Whether the many cases are asked for."""
    return os.environ.get(VARIABLE) == "nightly"


def cases(number: int, *, nightly: int) -> settings:
    """Settings for a property: `number` cases, or `nightly` of them. Files are slow, so there is no deadline."""
    return settings(
        max_examples=nightly if is_nightly() else number,
        derandomize=not is_nightly(),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
    )
