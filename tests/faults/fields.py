"""A field of a TOML file, and what may stand there instead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FIELD = re.compile(r"^\s*(?:\{ )?([a-z_]+) = ")


WRONG = "1979-05-27"
"""A date: no field of any table takes one."""


@contextmanager
def instead(path: Path, content: bytes) -> Iterator[None]:
    """For a while, `path` holds something else."""
    before = path.read_bytes()
    path.write_bytes(content)
    try:
        yield
    finally:
        path.write_bytes(before)
