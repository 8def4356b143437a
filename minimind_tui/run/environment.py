"""The environment of the processes of a run: the learner's own, and how many threads compute in which way."""

from __future__ import annotations

import os
from collections.abc import Mapping

from minimind_tui.run.cores import threads_of_a_run

CHANGEABLE = ("MINIMIND_TUI_", "PYTEST_")
"""How the variables begin that no library reads when it is loaded: ours, and those of a test runner."""


def run_environment() -> dict[str, str]:
    """What a run that is started now has."""
    return {
        **os.environ,
        "OMP_NUM_THREADS": threads_of_a_run(),
        # Threads that wait must not spin: where more of them than cores want to run, a step takes many times as long.
        "OMP_WAIT_POLICY": os.environ.get("OMP_WAIT_POLICY") or "PASSIVE",
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
        "PYTHONIOENCODING": "utf-8:backslashreplace",
    }


def changeable(environment: Mapping[str, str]) -> dict[str, str]:
    """Those of the variables that still take effect in a process that has loaded its libraries."""
    return {name: value for name, value in environment.items() if name.startswith(CHANGEABLE)}


def fixed(environment: Mapping[str, str]) -> dict[str, str]:
    """The others: PyTorch, OpenMP and Python read theirs once, and nobody knows all of them."""
    return {name: value for name, value in environment.items() if not name.startswith(CHANGEABLE)}
