"""The process over the one that checks: `python -m minimind_tui.exercise.keeper <life> <trace>`, two descriptors.

It leaves no process of a learner's code running, in whatever session that is and however it was started: on Linux it
is the parent of all that the code has left behind. It ends all of them when the process that checks has ended, or when
nobody holds the other end of `life` any more. `trace` is where that process writes its frames when its time is over.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
from contextlib import suppress
from typing import NoReturn

from minimind_tui.run.descendants import adopt_orphans, kill_descendants

UNKILLABLE_SECONDS = 5.0
"""How long a killed process may take to go."""

_PR_SET_PDEATHSIG = 1


def main(life: int, trace: int) -> int:
    """Fork the process that checks; its exit status, 128 + n after signal n, once nothing is left of it."""
    signal.pthread_sigmask(signal.SIG_SETMASK, ())  # the tutor, which starts this, lets some signals wait
    adopt_orphans()
    keeper, worker = os.getpid(), os.fork()
    if worker == 0:
        _end_with(keeper)
        os.close(life)
        os.setpgid(0, 0)
        _be_worker(trace)
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1):  # jobs and answers are not for this process
        os.dup2(nothing, number)
    ended = threading.Event()
    threading.Thread(target=_end_when_let_go, args=(life, worker, ended), daemon=True).start()
    status = os.waitstatus_to_exitcode(_waited(worker))
    ended.set()
    with suppress(ProcessLookupError, PermissionError):  # nothing is left of the group
        os.killpg(worker, signal.SIGKILL)
    kill_descendants(UNKILLABLE_SECONDS)
    return status if status >= 0 else 128 - status


def _be_worker(trace: int) -> NoReturn:
    """Check what is asked for, and end at once, whatever the learner's code has registered for the end."""
    from minimind_tui.exercise.worker import answer_jobs

    try:
        answer_jobs(trace)
        os._exit(0)
    finally:
        os._exit(1)


def _waited(process: int) -> int:
    return os.waitpid(process, 0)[1]


def _end_when_let_go(life: int, worker: int, ended: threading.Event) -> None:
    """Kill the worker as soon as nobody holds the other end of `life`."""
    os.read(life, 1)
    if not ended.is_set():
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)


def _end_with(parent: int) -> None:
    """From now on this process is killed when its parent is gone, on Linux."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(0)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
