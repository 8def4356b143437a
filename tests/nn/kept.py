"""A checkpoint for tests that interrupt a training."""

from __future__ import annotations

from pathlib import Path


class Kept:
    """Due once, after step `after`; a training that finds its file goes on from there."""

    def __init__(self, file: Path, after: int | None = None) -> None:
        self.file, self.after, self.heard = file, after, 0
        self.step: int | None = after if file.exists() else None

    def due(self) -> bool:
        self.heard += 1
        return self.heard == self.after

    def write(self, content: bytes) -> None:
        self.file.write_bytes(content)
