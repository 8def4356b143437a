"""The course as it was read last, kept in the learner's cache: the app need not read a hundred tables at each start.

What is kept names the files that it came from and how they looked; where one has changed, come or gone, the course is
read anew. Nothing hangs on it: a file that is missing, damaged or cannot be written costs some milliseconds.
"""

from __future__ import annotations

import os
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import msgspec

from minimind_tui.base.bounded import read_bounded
from minimind_tui.base.files import write_atomically
from minimind_tui.base.text import Text
from minimind_tui.content.course import PACKAGE, Course, load_course
from minimind_tui.content.schema import Experiment, LearningPath, Lesson, Module, Ready, Tier

LARGEST = 16_000_000
"""Bytes; some hundred times what this course comes to."""
CHECKSUM_BYTES = 4
SETTLED_SECONDS = 2.0
"""A file changed later than that may change once more within the same tick of the file system's clock."""

Look = tuple[int, int, int]
"""When a file was changed (in ns), its size and its number; zeros where there is none."""
ABSENT: Look = (0, 0, 0)

Table = TypeVar("Table")


class Written(Mapping[str, Table]):
    """Tables of the course, each read when it is first asked for: the first screen wants their names alone."""

    def __init__(self, written: dict[str, msgspec.Raw], kind: type[Table]) -> None:
        self._written = written
        self._kind = kind
        self._read: dict[str, Table] = {}

    def __getitem__(self, name: str) -> Table:
        if name not in self._read:
            self._read[name] = msgspec.msgpack.decode(self._written[name], type=self._kind)
        return self._read[name]

    def __contains__(self, name: object) -> bool:
        return name in self._written

    def __iter__(self) -> Iterator[str]:
        return iter(self._written)

    def __len__(self) -> int:
        return len(self._written)


class KeptCourse(msgspec.Struct, array_like=True):
    """A course without problems, and how its files looked when it was read."""

    root: str
    files: dict[str, Look]
    title: Text
    tiers: list[Tier]
    modules: dict[str, Module]
    paths: dict[str, LearningPath]
    lessons: dict[str, msgspec.Raw]
    experiments: dict[str, msgspec.Raw]
    """Each as it is written; it is read when somebody asks for it."""
    ready: Ready | None

    def course(self, root: Path) -> Course:
        """The course again."""
        return Course(
            root=root,
            title=self.title,
            tiers=self.tiers,
            modules=self.modules,
            paths=self.paths,
            lessons=Written(self.lessons, Lesson),
            experiments=Written(self.experiments, Experiment),
            ready=self.ready,
        )


def open_kept(root: Path, cache: Path) -> Course:
    """The course in `root`, from what `cache` keeps of it where that is still true. Raises CourseError."""
    path = cache / "courses" / f"{zlib.crc32(os.fsencode(root)):08x}.msgpack"
    with suppress(OSError, msgspec.MsgspecError, RecursionError, ValueError):
        checksum, written = _parted(read_bounded(path, LARGEST))
        if checksum != zlib.crc32(written):
            raise ValueError("damaged")
        kept = msgspec.msgpack.decode(written, type=KeptCourse)
        if kept.root == str(root) and all(look(name) == before for name, before in kept.files.items()):
            return kept.course(root)
    began = time.time()
    before = {str(name): look(str(name)) for name in _own_files()}
    course = load_course(root)
    if not course.problems:
        _keep(course, path, before, began)
    return course


def look(name: str) -> Look:
    """How the file of that name looks now."""
    try:
        status = os.stat(name)
    except (OSError, ValueError):
        return ABSENT
    return status.st_mtime_ns, status.st_size, status.st_ino


def _keep(course: Course, path: Path, files: dict[str, Look], began: float) -> None:
    """Write it down, unless a file of it has just been changed, or is being changed."""
    files = {**files, **{str(name): look(str(name)) for name in _files(course)}}
    if max(changed for changed, _, _ in files.values()) > (began - SETTLED_SECONDS) * 1e9:
        return
    with suppress(OSError, OverflowError, ValueError):
        path.parent.mkdir(parents=True, exist_ok=True)
        kept = KeptCourse(
            str(course.root),
            files,
            course.title,
            course.tiers,
            course.modules,
            course.paths,
            _written(course.lessons),
            _written(course.experiments),
            course.ready,
        )
        written = msgspec.msgpack.encode(kept)
        write_atomically(path, zlib.crc32(written).to_bytes(CHECKSUM_BYTES) + written)


def _written(tables: Mapping[str, Table]) -> dict[str, msgspec.Raw]:
    return {name: msgspec.Raw(msgspec.msgpack.encode(table)) for name, table in tables.items()}


def _parted(content: bytes) -> tuple[int, bytes]:
    """The checksum, and what it is of."""
    return int.from_bytes(content[:CHECKSUM_BYTES]), content[CHECKSUM_BYTES:]


def _own_files() -> list[Path]:
    """The code that decides how a course is read."""
    return sorted((PACKAGE / "content").glob("*.py"))


def _files(course: Course) -> Iterator[Path]:
    """All files that are looked for when the course is read, there or not."""
    lessons, experiments = course.root / "lessons", course.root / "experiments"
    yield lessons / "course.toml"
    for module in course.modules.values():
        for table in ("module", "quiz", "exercises", "cards"):
            yield lessons / module.id / f"{table}.toml"
        for name in module.experiments:
            yield experiments / module.id / f"{name}.toml"
            yield experiments / module.id / f"{name}.py"
    for spec in course.experiments.values():
        if spec.shared is not None:
            yield experiments / f"{spec.shared}.toml"
