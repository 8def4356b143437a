"""The states of a run."""

from __future__ import annotations

from typing import Literal

State = Literal["waiting", "running", "finished", "failed", "stopped", "crashed"]
ACTIVE: tuple[State, ...] = ("waiting", "running")
ENDINGS: tuple[State, ...] = ("finished", "failed", "stopped", "crashed")
