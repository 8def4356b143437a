"""Real disks with real faults: small ones that fill up, and ones that cannot be written."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.tiny import until


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A disk of its own at `folder`, of so many megabytes; the test is skipped where none may be mounted."""
    folder.mkdir(parents=True)
    options = f"size={megabytes}m,mode=700"
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip(f"no disk can be mounted here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def read_only(disk: Path) -> Iterator[None]:
    """The disk at `disk` cannot be written meanwhile; a run that has finished must have closed its files first."""
    remount = ["mount", "-o", "remount,ro", str(disk)]
    until(lambda: subprocess.run(remount, capture_output=True).returncode == 0, "a disk that nobody writes on")
    try:
        yield
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
