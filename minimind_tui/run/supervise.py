"""The supervisor of a worker: it writes the ending when the worker could not, and leaves no descendant of it.

A process that is killed, runs out of memory or crashes inside a library writes nothing. Its parent learns the
signal or the exit status, and needs neither PyTorch nor a screen for it. On Linux it is also the parent of all that
the worker has left behind, whatever session that is in.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from minimind_tui.run.descendants import adopt_orphans, kill_descendants
from minimind_tui.run.ending import STOP_FILE, ending, last_output, write_ending
from minimind_tui.run.exits import MemoryKills, reason_of
from minimind_tui.run.lock import WORKER_AT, write_process
from minimind_tui.run.started import processes_started_by

UNKILLABLE_SECONDS = 5.0
"""How long a killed process may take to go. One that waits for a device ends later, or never: it is named and left."""

_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def supervise(folder: Path, lock: int | None, work: Callable[[], int]) -> int:
    """Do `work` in a child that leads a process group of its own; its exit status, 128 + n after signal n.

    The group is recorded under `lock`. As soon as its leader has ended, all that the leader started is killed, in
    whatever group or session it is, other runs apart; only then does this process end, and with it the lock.
    """
    for number in _SIGNALS:  # whoever signals means the worker
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)  # the tutor, which starts runs, lets them wait
    adopt_orphans()
    out_of_memory = MemoryKills()
    worker = os.fork()
    if worker == 0:
        os.setpgid(0, 0)
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        sys.exit(work())
    if lock is not None:
        write_process(lock, worker, WORKER_AT)
    _, status = os.waitpid(worker, 0)
    with suppress(ProcessLookupError, PermissionError):  # nothing is left of the group
        os.killpg(worker, signal.SIGKILL)
    for process in kill_descendants(UNKILLABLE_SECONDS, lambda: processes_started_by(folder)):
        print(f"could not be ended: process {process.pid}", file=sys.stderr)
    code = os.waitstatus_to_exitcode(status)
    if ending(folder) is None:
        try:
            _say(folder, code, for_memory=out_of_memory.any_since())
        except OSError as error:  # its folder was deleted, say
            print(f"the ending could not be written: {error}", file=sys.stderr)
    return code if code >= 0 else 128 - code


def _say(folder: Path, code: int, *, for_memory: bool) -> None:
    """Write the ending of a worker that ended without writing one."""
    if (folder / STOP_FILE).exists():
        write_ending(folder, "stopped", how="killed" if code == -signal.SIGKILL else "asked")
        return
    reason, cause = reason_of(code, for_memory=for_memory)
    write_ending(folder, "crashed", reason=reason, cause=cause, log_tail=last_output(folder))
