"""Nothing of a developer's own is read or written: a test that names no home has one that goes with the tests.

Runs are forked from a process that has loaded PyTorch, one for each process of pytest, from the second run on.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import zlib

import pytest
from hypothesis import settings

from minimind_tui.run import warm_start

HOME = "MINIMIND_TUI_HOME"

settings.register_profile("here", deadline=None)  # how long an example takes is the machine's business
settings.load_profile("here")


def pytest_configure(config: pytest.Config) -> None:
    """Each process of pytest has a home of its own."""
    os.environ[HOME] = tempfile.mkdtemp(prefix="minimind-tui-tests-")
    # PyTorch would set it once the first optimizer is made, and runs could no longer be forked: in another environment.
    os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", os.path.join(os.environ[HOME], "compiled"))
    warm_start.offered = warm_start.ForkServer()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Both go with the process."""
    warm_start.withdraw()
    shutil.rmtree(os.environ[HOME], ignore_errors=True)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One worker more than there are cores: tests wait for processes and terminals a third of their time."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files in an order that mixes those that compute with those that wait for terminals, the same one each time."""
    items.sort(key=lambda item: zlib.crc32(item.path.parts[-1].encode()))


@pytest.fixture
def cold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each run of the test is started in a new process."""
    monkeypatch.setattr(warm_start, "offered", None)
