"""The shelf of what runs have made: a tokenizer or a model each, found by what it was made from.

`artifacts/<key>/` in the home's cache holds the thing itself and `artifact.json`, which is written last and says what
the content's SHA-256 must be. A folder that a killed process has left half written, or that was changed by hand, is
therefore not believed, and what should be in it is made anew.

Whoever uses an artifact holds its folder, so that cleaning leaves it alone.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from minimind_tui.base.bounded import open_regular, read_bounded
from minimind_tui.base.files import alone_in, hold, try_lock, write_atomically
from minimind_tui.content.schema import Ability, MadeKind
from minimind_tui.content.tables import Value
from minimind_tui.run.descent import Stage
from minimind_tui.run.header import LARGEST_FILE
from minimind_tui.run.request import CannotBegin

ABOUT = "artifact.json"
CONTENT: dict[MadeKind, str] = {"model": "model.safetensors", "tokenizer": "tokenizer.json"}
LOCK = "lock"
LARGEST_ABOUT = 1_000_000
SHOWN_DIGITS = 8
"""Of a key, in an artifact's name."""

PATIENCE = 0.1
PIECE = 1 << 20
Size = Annotated[int, msgspec.Meta(ge=0, le=2**62)]


class InUse(Exception):
    """It cannot be removed: a run is using it."""


class About(msgspec.Struct, frozen=True, kw_only=True):
    """`artifact.json`: what it is, and how it was made."""

    format: Literal[1] = 1
    key: str
    kind: MadeKind
    experiment: str
    run: str
    parameters: dict[str, Value] = {}
    seed: int = 0
    full: bool = False
    language: str = ""
    made: Annotated[float, msgspec.Meta(ge=0, le=1e11)] = 0.0
    """When, in seconds since 1970."""
    seconds: float = 0.0
    """How long that took."""
    sha256: str = ""
    bytes: Size = 0
    weights: Size = 0
    """How many numbers a model has learned; 0 for a tokenizer."""
    tokenizer: str = ""
    can: Ability = "writes"
    parents: list[str] = []
    """The keys of what it was begun from."""
    line: list[Stage] = []
    """Its line of descent, itself last."""


@dataclass(frozen=True)
class Artifact:
    """Something that a run has made: what `record.base` gives, and a parameter of the kind `model` or `tokenizer`."""

    name: str
    path: Path
    """The file with its content."""
    about: About

    @property
    def key(self) -> str:
        """What it is found by; the SHA-256 of its content for a model that lies in a run's folder."""
        return self.about.key

    @property
    def lineage(self) -> tuple[Stage, ...]:
        """Its line of descent, itself last."""
        return tuple(self.about.line)

    def content(self) -> bytes:
        """Its bytes: for `nn.checkpoint.unpack_model`, or as JSON for `nn.tokenizer.tokenizer_of`.

        Raises CannotBegin where the file is no longer the one that was found.
        """
        try:
            with open_regular(self.path, LARGEST_FILE) as file:
                content = file.read()
        except OSError as error:
            raise CannotBegin("model", f"{self.path}: {error.strerror}") from error
        if hashlib.sha256(content).hexdigest() != self.about.sha256:
            raise CannotBegin("model", str(self.path))
        return content


def sha256_of(path: Path) -> str:
    """The SHA-256 of a regular file, in hexadecimal. Raises OSError."""
    with open_regular(path, LARGEST_FILE) as file:
        digest = hashlib.sha256()
        while piece := file.read(PIECE):
            digest.update(piece)
    return digest.hexdigest()


def name_of(experiment: str, key: str) -> str:
    """What an artifact is called: `base-3f9a2c41`."""
    return f"{experiment.rpartition('/')[2]}-{key[:SHOWN_DIGITS]}"


class Shelf:
    """All artifacts of a home."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def look(self, key: str) -> Artifact | None:
        """The artifact of that key by what it says of itself, its content's length apart unchecked."""
        folder = self.folder / key
        try:
            about = msgspec.json.decode(read_bounded(folder / ABOUT, LARGEST_ABOUT), type=About)
            path = folder / CONTENT[about.kind]
            whole = about.key == key and path.lstat().st_size == about.bytes
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None
        return Artifact(name_of(about.experiment, key), path, about) if whole else None

    def take(self, key: str) -> tuple[Artifact, int] | None:
        """The artifact of that key, its content checked, and the descriptor by which it is held; None where it is not.

        That it was used is kept: what is used again and again does not grow old.
        """
        held = hold(self.folder / key)
        if held is None:
            return None
        found = self.look(key)
        with suppress(OSError):
            if found is not None and sha256_of(found.path) == found.about.sha256:
                with suppress(OSError):  # a cache that can only be read
                    os.utime(found.path.parent / ABOUT)
                return found, held
        os.close(held)
        return None

    def put(self, about: About, content: bytes) -> Artifact:
        """Keep it under its key; one that is there already stays. Raises OSError."""
        folder = self.folder / about.key
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        about = msgspec.structs.replace(about, sha256=hashlib.sha256(content).hexdigest(), bytes=len(content))
        with self.deciding():
            there = self.take(about.key)
            if there is not None:
                os.close(there[1])
                return there[0]
            path = folder / CONTENT[about.kind]
            write_atomically(path, content)
            write_atomically(folder / ABOUT, msgspec.json.format(msgspec.json.encode(about), indent=1))
        return Artifact(name_of(about.experiment, about.key), path, about)

    def disown(self, key: str) -> None:
        """Nobody is to believe what lies there, for it is damaged. To be called while `deciding`."""
        (self.folder / key / ABOUT).unlink(missing_ok=True)

    @contextmanager
    def deciding(self) -> Iterator[None]:
        """Hold the shelf's lock, for the moment of a decision. Raises OSError where there can be no such file."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        while (lock := try_lock(self.folder / LOCK, PATIENCE)) is None:
            pass
        try:
            yield
        finally:
            os.close(lock)

    def all(self) -> list[Artifact]:
        """Those that are whole as far as their lengths tell, the newest first."""
        found = (self.look(key) for key in self._keys())
        return sorted((each for each in found if each is not None), key=lambda each: each.about.made, reverse=True)

    def torn(self) -> list[Path]:
        """The folders of those that are not."""
        return [self.folder / key for key in self._keys() if self.look(key) is None]

    def _keys(self) -> list[str]:
        try:
            return sorted(entry.name for entry in self.folder.iterdir() if entry.is_dir())
        except OSError:
            return []


def in_use(folder: Path) -> bool:
    """Whether a run is using what lies in `folder`."""
    try:
        lock = alone_in(folder)
    except OSError:
        return False
    if lock is not None:
        os.close(lock)
    return lock is None


def remove(folder: Path) -> None:
    """Remove an artifact's folder. Raises InUse where a run is using it, OSError where it cannot be removed."""
    lock = alone_in(folder)
    if lock is None:
        raise InUse
    try:
        (folder / ABOUT).unlink(missing_ok=True)  # first: what is half removed is not there
        shutil.rmtree(folder)
    finally:
        os.close(lock)
