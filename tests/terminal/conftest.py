"""A learner of its own for each test, whose processes end with the test."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal.learner import MANY, Learner
from tests.terminal.multiplexer import Multiplexer, screen, servers, tmux
from tests.tiny import tiny_course, until
from tests.tiny_practice import add_practice


@pytest.fixture
def learner(tmp_path: Path) -> Iterator[Learner]:
    someone = Learner(tmp_path / "learner", tmp_path / "course")
    someone.prepare(MANY)
    yield someone
    for process in someone.processes():
        process.kill()
    until(lambda: not someone.processes(), "the end of what was left")


@pytest.fixture(params=[tmux, screen], ids=["tmux", "screen"])
def multiplexer(request: pytest.FixtureRequest, learner: Learner) -> Iterator[Multiplexer]:
    make = request.param
    if shutil.which(make.__name__) is None:
        pytest.skip(f"there is no {make.__name__} on this machine: Debian's package is {make.__name__}")
    environment = {name: value for name, value in learner.environment.items() if name != "MINIMIND_TUI_HOME"}
    with tempfile.TemporaryDirectory(prefix="mux") as folder:  # a socket's path must be short
        made = make(folder, environment, learner.line)
        try:
            yield made
        finally:
            subprocess.run(made.end, env=made.environment, check=False, capture_output=True)
            until(lambda: not servers(folder), "the end of the server")


@pytest.fixture
def course(tmp_path: Path) -> Path:
    return add_practice(tiny_course(tmp_path / "course"))
