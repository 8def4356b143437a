"""All processes that descend from one, whatever group or session they have made for themselves.

A signal to a process group misses whoever has left it: the launcher of torch.distributed, for one, starts each rank
in a session of its own (torch 2.13, elastic/multiprocessing/subprocess_handler, `start_new_session=True`).
"""

from __future__ import annotations

import ctypes
import os
import sys
import time
from collections.abc import Iterable

import psutil

_PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans() -> bool:
    """From now on this process becomes the parent of every descendant whose parent has ended; False if not on Linux.

    Without it such a descendant goes to init, and nothing tells any longer whose it was.
    """
    if sys.platform != "linux":
        return False
    return bool(ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0)


def descendants(process: int | None = None, session: int | None = None) -> list[psutil.Process]:
    """The living descendants of a process, by default of this one; none where it is gone.

    With `session`, none either where the process is not of that session: the number then belongs to another by now.
    """
    try:
        found = psutil.Process(process)
        if session is not None and os.getsid(found.pid) != session:
            return []
        return found.children(recursive=True)
    except (psutil.Error, ProcessLookupError):
        return []


def kill(processes: Iterable[psutil.Process]) -> None:
    """Kill those which still live. A number that meanwhile belongs to another process is left alone."""
    for process in processes:
        try:
            process.kill()
        except psutil.Error:  # gone, or another user's
            continue


def kill_descendants(seconds: float) -> list[psutil.Process]:
    """Kill what descends from this process until nothing is left; after `seconds` what would not end.

    Between looking and killing a process may start another, and its children are adopted only when it has ended: so it
    looks again until it sees none.
    """
    deadline = time.monotonic() + seconds
    while left := descendants():
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            return left
        kill(left)
        psutil.wait_procs(left, timeout=remaining)  # which also takes the exit status of our own
    return []
