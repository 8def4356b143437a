"""Whether a process may be forked into a run: it has one thread, no device, and the code that lies on the disk."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
THREADS, OPEN = Path("/proc/self/task"), Path("/proc/self/fd")

Stamp = tuple[int, int]
"""When a file was written, in nanoseconds, and its size."""


def end_idle_threads() -> None:
    """Fork once, in vain: before a fork OpenBLAS ends the threads that it started when numpy was loaded.

    It starts them anew when somebody computes with it.
    """
    trial = os.fork()
    if trial == 0:
        os._exit(0)
    os.waitpid(trial, 0)


def unfit() -> str:
    """Why this process may not be forked; the empty string where it may."""
    threads = len(os.listdir(THREADS))
    if threads != 1:
        return f"it has {threads} threads, and a fork copies one of them"
    nothing = os.stat(os.devnull).st_rdev
    for number in os.listdir(OPEN):
        with suppress(OSError):  # the folder that was listed is closed by now
            opened = os.fstat(int(number))
            if stat.S_ISCHR(opened.st_mode) and opened.st_rdev != nothing:
                return f"it has opened {os.readlink(OPEN / number)}, and a forked process cannot use a driver's state"
    return ""


def own_files() -> dict[str, Stamp]:
    """The product's files as they are now; taken before they are imported, it is what has been imported."""
    return _stamps(map(str, PACKAGE.rglob("*.py")))


def outdated(known: dict[str, Stamp]) -> str:
    """Which imported file of the product is no longer as in `known`, in words; the empty string where all are."""
    modules = [module for name, module in sys.modules.items() if name.partition(".")[0] == PACKAGE.name]
    now = _stamps(module.__file__ for module in modules if module.__file__)
    return next((f"{file} has changed" for file, stamp in now.items() if known.get(file) != stamp), "")


def _stamps(files: Iterable[str]) -> dict[str, Stamp]:
    """Of a file that is gone, none."""
    found = {}
    for file in files:
        with suppress(OSError):
            status = os.stat(file)
            found[file] = (status.st_mtime_ns, status.st_size)
    return found
