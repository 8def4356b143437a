"""All descendants of a process, in whatever process group or session they are.

A signal to a process group misses whoever has left it: the launcher of torch.distributed, for one, starts each rank
in a session of its own (torch 2.13, elastic/multiprocessing/subprocess_handler, `start_new_session=True`).
"""

from __future__ import annotations

import ctypes
import os
import sys
import time
from collections.abc import Callable, Collection, Iterable

import psutil

_PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans() -> bool:
    """From now on this process becomes the parent of every descendant whose parent has ended; False if not on Linux.

    Without this, such a process is given to init, and its origin is lost.
    """
    if sys.platform != "linux":
        return False
    return bool(ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0)


def descendants(
    process: int | None = None, session: int | None = None, apart: Collection[int] = ()
) -> list[psutil.Process]:
    """The living descendants of a process, by default of this one; none where it is gone.

    With `session`, none either where the process is not of that session: the number then belongs to another by now.
    The processes of `apart` and all below them are left out.
    """
    try:
        found = psutil.Process(process)
        if session is not None and os.getsid(found.pid) != session:
            return []
        every = found.children(recursive=True)
        below = {each.pid for own in every if own.pid in apart for each in [own, *own.children(recursive=True)]}
        return [each for each in every if each.pid not in below]
    except (psutil.Error, ProcessLookupError):
        return []


def kill(processes: Iterable[psutil.Process]) -> None:
    """Kill those of `processes` that still live. A process id that was reused meanwhile is left alone."""
    for process in processes:
        try:
            process.kill()
        except psutil.Error:  # gone, or another user's
            continue


def kill_descendants(seconds: float, apart: Callable[[], Collection[int]] = tuple) -> list[psutil.Process]:
    """Kill what descends from this process until nothing is left; after `seconds` what would not end.

    The processes of `apart`, which is asked at each look, are spared, and all below them.

    Between looking and killing a process may start another, and its children are adopted only when it has ended: so it
    looks again until it sees none.
    """
    deadline = time.monotonic() + seconds
    while left := descendants(apart=apart()):
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            return left
        kill(left)
        psutil.wait_procs(left, timeout=remaining)  # which also takes the exit status of our own
    return []
