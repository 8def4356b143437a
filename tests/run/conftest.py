"""Places to run workers in."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.run.marked import MARK, marked
from tests.tiny import until


def is_empty(group: Path) -> bool:
    """Whether no process is in a control group."""
    return not (group / "cgroup.procs").read_text()


@pytest.fixture
def little_memory() -> Iterator[Path]:
    """A control group of 120 MB: Linux ends what takes more. The test is skipped where none may be made."""
    for root, limit in (("memory", "memory.limit_in_bytes"), (".", "memory.max")):
        group = Path("/sys/fs/cgroup") / root / f"little-memory-{os.getpid()}"
        try:
            group.mkdir()
        except OSError:
            continue
        try:
            if (group / limit).exists():
                (group / limit).write_text("120M")
                yield group
                return
        finally:
            until(partial(is_empty, group), "an empty group")
            group.rmdir()
    pytest.skip("no control group can be made here")


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cold: None) -> Callable[[], int]:
    """How many processes that this test has brought about are alive; a forked one shows its first environment."""
    monkeypatch.setenv(MARK, str(tmp_path))
    return lambda: len(marked(str(tmp_path)))
