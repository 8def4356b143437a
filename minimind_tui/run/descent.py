"""The line of descent: what something that a run has made came from, the first ancestor first.

A run writes into `origins.json` what it has begun from. What it makes then takes that line over and adds itself, so
that each thing knows its whole line, also where an ancestor has been removed.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from minimind_tui.base.bounded import read_bounded
from minimind_tui.base.files import write_atomically
from minimind_tui.content.schema import Ability, MadeKind
from minimind_tui.content.tables import Value

ORIGINS = "origins.json"
"""The file in a run's folder."""

LARGEST_FILE = 1_000_000
ARROW = " ← "


class Training(msgspec.Struct, frozen=True):
    """One training, as a saved model's own header records it."""

    run: str
    corpus: str = ""
    seed: int = 0


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """One thing in a line of descent."""

    name: str
    kind: MadeKind = "model"
    experiment: str = ""
    key: str = ""
    """The artifact's key; the content's SHA-256 for a model that lies in a run's folder."""
    run: str = ""
    seed: int = 0
    parameters: dict[str, Value] = {}
    made: float = 0.0

    @property
    def short(self) -> str:
        """The name of its experiment without the module's, else its own."""
        return self.experiment.rpartition("/")[2] or self.name


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """That an arm has begun from something."""

    arm: str
    asked: str
    """What for: the same question gets the same answer when the run is resumed."""
    key: str
    sha256: str
    line: list[Stage]


class Origins(msgspec.Struct, frozen=True, kw_only=True):
    """`origins.json`: what a run has begun from, and what the models that it keeps can do."""

    format: int = 1
    can: Ability = "writes"
    begun_from: list[Begun] = []

    def line_of(self, arm: str) -> list[Stage]:
        """The line of descent up to what `arm` has begun from."""
        return merged(begun.line for begun in self.begun_from if begun.arm == arm)

    def answer(self, asked: str) -> Begun | None:
        """What the run got when it asked this."""
        return next((begun for begun in self.begun_from if begun.asked == asked), None)


def merged(lines: Iterable[Iterable[Stage]]) -> list[Stage]:
    """Several lines as one, each thing once, each after all that it came from."""
    return list({stage.key or stage.name: stage for line in lines for stage in line}.values())


def in_one_line(line: Iterable[Stage]) -> str:
    """`tokenizer ← base ← sft`."""
    return ARROW.join(stage.short for stage in line)


def read_origins(folder: Path) -> Origins:
    """What the run in `folder` has begun from; nothing where it does not say."""
    try:
        return msgspec.json.decode(read_bounded(folder / ORIGINS, LARGEST_FILE), type=Origins)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return Origins()


def write_origins(folder: Path, origins: Origins) -> None:
    """Replace the file. Raises OSError."""
    write_atomically(folder / ORIGINS, msgspec.json.format(msgspec.json.encode(origins), indent=1))
