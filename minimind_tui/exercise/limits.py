"""How much time, memory, disk and how many processes a learner's code may take."""

from __future__ import annotations

import contextlib
import math
import resource
from pathlib import Path

MEMORY_MB = 512
"""Address space for the code, on top of what PyTorch takes."""

FILE_MB = 256
"""The largest file that the code can write."""

MORE_PROCESSES = 512
"""Processes and threads that the user may have beyond those of now. It does not bind root."""


def limit(seconds: float) -> None:
    """Bound processor time, memory, files and processes of this process and of those it starts, counted from now."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _lower(resource.RLIMIT_CPU, math.ceil(used.ru_utime + used.ru_stime + seconds) + 2)
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, FILE_MB << 20)
    with contextlib.suppress(OSError, ValueError, IndexError):  # where the system tells how much it is, on Linux
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        _lower(resource.RLIMIT_AS, pages * resource.getpagesize() + (MEMORY_MB << 20))
        tasks = int(Path("/proc/loadavg").read_text(encoding="ascii").split()[3].partition("/")[2])
        _lower(resource.RLIMIT_NPROC, tasks + MORE_PROCESSES)


def _lower(kind: int, value: int) -> None:
    """Set the soft limit only, so that the next job can set another."""
    _, hard = resource.getrlimit(kind)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(kind, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))
