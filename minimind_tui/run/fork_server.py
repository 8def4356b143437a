"""The process that runs are forked from: `python -P -m minimind_tui.run.fork_server <descriptor of a socket>`.

It has loaded PyTorch and what a worker imports, which is nearly all that a run has to wait for, and then only waits.
A run is forked from it into a session of its own and needs it no longer. It ends with the owner of the socket's other
end (`run/warm_start.py`); where it may not be forked, it says why and ends.
"""

from __future__ import annotations

import atexit
import fcntl
import gc
import importlib
import os
import pkgutil
import select
import signal
import socket
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, NoReturn

import msgspec

from minimind_tui.run import worker
from minimind_tui.run.environment import changeable
from minimind_tui.run.forkable import PACKAGE, end_idle_threads, outdated, own_files, unfit
from minimind_tui.run.process import NICENESS
from minimind_tui.run.warm_start import GO, LONGEST_MESSAGE, READY, Asked

LIBRARIES = ("torch", "torch._dynamo", "safetensors.torch")
"""The second is what PyTorch imports when the first optimizer is made: as much time again as the first."""

OOM_SCORE = Path("/proc/self/oom_score_adj")
FIRST_TO_GO = b"1000"


class Descriptors(NamedTuple):
    """What comes with a request: the run's lock, its output, and a pipe that says GO, or ends where nobody waits."""

    lock: int
    output: int
    go: int


def main(channel: socket.socket) -> int:
    """Load, say so, and fork a run at each request, until it may no longer be forked."""
    _end_with_the_owner(channel)
    os.nice(NICENESS)
    usual = _oom_score(FIRST_TO_GO)  # all works without this process
    files = own_files()
    _load()
    reason = unfit()
    if not reason:
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system takes the exit status of each run
        fcntl.fcntl(channel, fcntl.F_SETFL, 0)  # from here on the owner's end is read, as its requests are
        channel.send(READY)
    while not reason:
        asked, descriptors = _receive(channel)
        reason = unfit() or outdated(files)
        if not reason and os.fork() == 0:
            _oom_score(usual)
            _be(asked, descriptors, channel)
        for descriptor in descriptors:
            os.close(descriptor)
    channel.send(reason.encode())
    return 1


def _end_with_the_owner(channel: socket.socket) -> None:
    """While this process is loading, SIGIO ends it as soon as the socket's other end is closed."""
    signal.pthread_sigmask(signal.SIG_SETMASK, ())  # the tutor, which starts it, lets some signals wait
    fcntl.fcntl(channel, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(channel, fcntl.F_SETFL, os.O_ASYNC)
    if select.select([channel], [], [], 0)[0]:  # it was closed before that
        os._exit(0)


def _load() -> None:
    """Import what runs import, but nothing of a course: each run reads its code anew."""
    parts = [f"{PACKAGE.name}.nn.{part.name}" for part in pkgutil.iter_modules([str(PACKAGE / "nn")])]
    for name in (*LIBRARIES, *parts):
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # or every run would look through it for garbage, and copy it by that
    end_idle_threads()


def _receive(channel: socket.socket) -> tuple[Asked, Descriptors]:
    """The next request. Where the owner has gone, this process ends."""
    message, descriptors, _, _ = socket.recv_fds(channel, LONGEST_MESSAGE, 3)
    if not message:
        os._exit(0)
    for descriptor in descriptors:  # no program that an experiment starts gets them; `recv_fds` takes no flag for it
        os.set_inheritable(descriptor, False)
    return msgspec.json.decode(message, type=Asked), Descriptors(*descriptors)


def _be(asked: Asked, descriptors: Descriptors, channel: socket.socket) -> NoReturn:
    """Become like a process that was started for this run alone, say its number, and at GO run it."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.chdir(asked.folder)
    for number in (1, 2):
        os.dup2(descriptors.output, number)
    for name in changeable(os.environ):
        del os.environ[name]
    os.environ.update(asked.environment)
    sys.argv[:] = [worker.__file__, asked.folder]
    channel.send(str(os.getpid()).encode())
    channel.close()
    if os.read(descriptors.go, len(GO)) != GO:
        os._exit(0)
    os.close(descriptors.go)
    os.close(descriptors.output)
    try:
        os._exit(worker.start(Path(asked.folder), descriptors.lock))
    except SystemExit as left:  # the worker itself; the process over it has nothing to tidy up
        _leave(int(left.code or 0))


def _leave(status: int) -> NoReturn:
    """End as Python does, but free nothing: that would first copy all that was forked, for a third of a second."""
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(status)


def _oom_score(score: bytes) -> bytes:
    """Say how readily Linux is to end this process where memory runs out; how readily it was to before."""
    before = OOM_SCORE.read_bytes()
    with suppress(OSError):  # not allowed
        OOM_SCORE.write_bytes(score)
    return before


if __name__ == "__main__":
    sys.exit(main(socket.socket(fileno=int(sys.argv[1]))))
