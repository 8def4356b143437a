"""Nothing of a developer's own is read or written: a test that names no home has one that goes with the tests."""

from __future__ import annotations

import os
import shutil
import tempfile

import pytest

HOME = "MINIMIND_TUI_HOME"


def pytest_configure(config: pytest.Config) -> None:
    """Each process of pytest has a home of its own."""
    os.environ[HOME] = tempfile.mkdtemp(prefix="minimind-tui-tests-")


def pytest_unconfigure(config: pytest.Config) -> None:
    """It goes with the process."""
    shutil.rmtree(os.environ[HOME], ignore_errors=True)
