"""What is kept of an unexpected error: where in the program it happened, and nothing of the learner's.

A report can be sent to a stranger. It names files of the program and of its libraries, never folders; the message of
an error stands in it only where that kind of error speaks of code alone.
"""

from __future__ import annotations

import os
import platform
import traceback
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path, PurePath

from textual.css.query import InvalidQueryFormat, NoMatches, TooManyMatches, WrongType

from minimind_tui import __version__
from minimind_tui.base.files import write_atomically

MOST_REPORTS = 20
"""The newest are kept."""
MOST_FRAMES = 40
LIBRARIES = ("textual", "rich", "plotext", "msgspec")
SPEAKS_OF_CODE = (
    AttributeError,
    NameError,
    NoMatches,
    TooManyMatches,
    WrongType,
    InvalidQueryFormat,
)
"""Errors whose message names parts of the program; any other may quote a note, a path or a name."""


def report_text(error: BaseException, about: Mapping[str, str], now: datetime) -> str:
    """The report: versions, where the learner was, and each error of the chain with its frames, innermost last."""
    rows = [
        f"minimind-tui {__version__}  {now:%Y-%m-%d %H:%M:%S}",
        f"Python {platform.python_version()}  {platform.system()} {platform.machine()}",
        "  ".join(f"{library} {version_of(library)}" for library in LIBRARIES),
        *(f"{name}: {value}" for name, value in about.items()),
    ]
    for link in chain(error):
        said = f": {link}" if isinstance(link, SPEAKS_OF_CODE) else ""
        rows += ["", f"{type(link).__module__}.{type(link).__qualname__}{said}"]
        frames = traceback.extract_tb(link.__traceback__)
        rows += [f"  {program_file(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames[-MOST_FRAMES:]]
    return "\n".join(rows) + "\n"


def version_of(library: str) -> str:
    """Its version; "?" where it was installed without saying so, as some packagers do."""
    from importlib import metadata  # not at the app's start: it brings the whole of `email` with it

    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return "?"


def chain(error: BaseException) -> Iterator[BaseException]:
    """The errors that led to `error`, then itself."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from chain(before)
    yield error


def program_file(name: str) -> str:
    """A file's place in the program or in a library; of any other file, nothing."""
    import sysconfig

    places = sysconfig.get_paths()
    roots = [str(Path(__file__).parents[2]), *(places[kind] for kind in ("purelib", "platlib", "stdlib"))]
    for root in roots:
        try:
            return PurePath(name).relative_to(root).as_posix()
        except ValueError:
            continue
    return "<another file>"


def save_report(folder: Path, error: BaseException, about: Mapping[str, str]) -> Path | None:
    """Keep the report in `folder`, with the newest ones before it; None where nothing can be written."""
    now = datetime.now()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / f"{now:%Y-%m-%d-%H%M%S-%f}-{os.getpid()}.txt"
        write_atomically(path, report_text(error, about, now).encode())
        for old in sorted(folder.glob("*.txt"))[:-MOST_REPORTS]:
            old.unlink(missing_ok=True)
    except OSError:
        return None
    return path
