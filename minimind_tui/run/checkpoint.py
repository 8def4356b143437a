"""Checkpoints: where a long training keeps its state, so that it can be resumed after a crash.

One safetensors file an arm: `checkpoints/<arm>.safetensors` in the run's folder, replaced whole. What is in it is
the business of `nn/checkpoint.py`; here only its header is read, which says after which step it was written.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from minimind_tui.base.files import write_atomically
from minimind_tui.run.header import header_of
from minimind_tui.run.summary import Summary

INTERVAL_SECONDS = 10.0
"""The shortest time between two checkpoints: a shorter run keeps none."""

LARGEST_TIME_SHARE = 0.02
"""The share of its time that a training may spend on writing checkpoints."""


def checkpoint_file(folder: Path, arm: str) -> Path:
    """The file of arm `arm` in the run's folder."""
    return folder / "checkpoints" / f"{arm}.safetensors"


def model_file(folder: Path, arm: str, step: int) -> Path:
    """The file of the model of arm `arm` as it was after step `step`: weights alone, to write with."""
    return folder / "models" / f"{arm}.{step}.safetensors"


def kept_models(folder: Path) -> dict[str, dict[int, Path]]:
    """The models that a run has kept: by arm, then by step, the earliest first."""
    found: dict[str, dict[int, Path]] = {}
    for file in (folder / "models").glob("*.*.safetensors"):
        arm, step, _ = file.name.split(".", 2)
        if arm and step.isascii() and step.isdigit():
            found.setdefault(arm, {})[int(step)] = file
    return {arm: dict(sorted(steps.items())) for arm, steps in found.items()}


def remove_torn(file: Path) -> None:
    """Remove the temporary files of checkpoints that killed workers were writing: they may be large."""
    for torn in file.parent.glob(f".{file.name}.*"):
        torn.unlink(missing_ok=True)


def step_of(file: Path) -> int | None:
    """The step after which the checkpoint `file` was written; None where the file is missing or damaged."""
    try:
        return int(header_of(file)["__metadata__"]["step"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


@dataclass(frozen=True)
class Kept:
    """The arm and the step from which an interrupted run can be resumed."""

    arm: str
    step: int


def checkpoint_of(folder: Path, summary: Summary) -> Kept | None:
    """Where the run in `folder` can be resumed, by its log; None where it would have to start again.

    Arms run one after another: those before the last one that began are done. That one goes on after the step of
    its checkpoint, or from its start where only earlier ones have kept one.
    """
    begun = [arm for arm in summary.arm_order if arm in summary.arms]
    steps = {arm: step_of(checkpoint_file(folder, arm)) for arm in begun}
    if summary.outcome == "finished" or all(step is None for step in steps.values()):
        return None
    return Kept(begun[-1], steps[begun[-1]] or 0)


class Checkpoint:
    """The checkpoint of one arm, as its training sees it."""

    def __init__(self, file: Path, before: Callable[[], None]) -> None:
        """`before` is called to flush the log first: a checkpoint never holds steps that the log lacks."""
        self.file = file
        self.seconds = INTERVAL_SECONDS
        self._before = before
        self._written, self._cost = time.monotonic(), 0.0

    @property
    def step(self) -> int | None:
        """The step after which an interrupted training is resumed; None for one that starts from the beginning."""
        return step_of(self.file)

    def due(self) -> bool:
        """Whether it is time for the next checkpoint."""
        return time.monotonic() - self._written >= max(self.seconds, self._cost / LARGEST_TIME_SHARE)

    def keep_model(self, step: int, content: bytes) -> None:
        """Keep the model as it is after step `step`, beside those of other steps; they outlast the run."""
        file = model_file(self.file.parent.parent, self.file.stem, step)
        file.parent.mkdir(mode=0o700, exist_ok=True)
        write_atomically(file, content)

    def write(self, content: bytes) -> None:
        """Replace the checkpoint by `content`."""
        began = time.monotonic()
        self._before()
        self.file.parent.mkdir(mode=0o700, exist_ok=True)
        write_atomically(self.file, content)
        self._written = time.monotonic()
        self._cost = self._written - began
