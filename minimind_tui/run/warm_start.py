"""Runs that need not wait until PyTorch is loaded: they are forked from a process that has loaded it.

The app offers that process while it is open (`offer`, `withdraw`). It is a convenience: where there is none, or
anything is amiss with it, a run is started in a new process, as ever.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import msgspec

from minimind_tui.run.environment import changeable, fixed, run_environment

MODULE = "minimind_tui.run.fork_server"
READY, GO = b"ready", b"go"
LONGEST_MESSAGE = 1 << 16
PATIENCE = 2.0
"""Seconds to wait for an answer that takes some milliseconds; then the run is started without it."""


class Asked(msgspec.Struct):
    """A run that is to begin: its folder, and its values of the variables that may differ from the fork server's."""

    folder: str
    environment: dict[str, str]


class ForkServer:
    """The owner's end of the process that forks runs. Its methods may be called from any thread."""

    def __init__(self) -> None:
        self.reason = "" if sys.platform == "linux" else "only Linux tells how many threads a process has"
        """Why there is none; the empty string as long as there may be one."""
        self._environment = run_environment()
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: socket.socket | None = None
        self._loaded = False

    @property
    def pid(self) -> int | None:
        """The number of the process; None where there is none."""
        return self._process.pid if self._process is not None else None

    def begin(self) -> None:
        """Start the process, unless there is one; it loads for some seconds, at low priority."""
        with self._turn:
            self._begin()

    def is_ready(self) -> bool:
        """Whether it has loaded, and waits for runs."""
        with self._turn:
            return self._is_ready()

    def fork(self, folder: Path, lock: int, output: int) -> int | None:
        """Begin the run in `folder`, which `lock` locks; the number of the process over its worker.

        None where it cannot be done now: no process of this one's will then touch the folder.
        """
        environment = run_environment()
        with self._turn:
            self._begin()
            if not self._is_ready() or fixed(environment) != fixed(self._environment):
                return None
            try:
                return self._fork(Asked(str(folder), changeable(environment)), lock, output)
            except (OSError, ValueError):  # it has gone, is stuck, or says why it may not be forked any more
                self._end()
                self._begin()
                return None

    def close(self) -> None:
        """End the process. The runs go on."""
        with self._turn:
            self._end()

    def _begin(self) -> None:
        if self._process is not None or self.reason:
            return
        mine, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with other:
            try:
                self._process = subprocess.Popen(
                    [sys.executable, "-P", "-m", MODULE, str(other.fileno())],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    cwd="/",
                    env=self._environment,
                    pass_fds=(other.fileno(),),
                    start_new_session=True,
                )
            except OSError as error:
                mine.close()
                self.reason = str(error)
                return
        self._channel, self._loaded = mine, False

    def _is_ready(self) -> bool:
        if self._channel is None or self._loaded:
            return self._loaded
        try:
            said = self._hear(0)
        except BlockingIOError:  # it is still loading
            return False
        except OSError:
            said = b""
        self._loaded = said == READY
        if not self._loaded:  # a second one would do no better
            self.reason = said.decode() or "it ended while it was loading"
            self._end()
        return self._loaded

    def _hear(self, seconds: float) -> bytes:
        assert self._channel is not None
        self._channel.settimeout(seconds)
        return self._channel.recv(LONGEST_MESSAGE)

    def _fork(self, asked: Asked, lock: int, output: int) -> int:
        """The run waits for GO, which it gets once its number is known here. Where this fails it does nothing."""
        assert self._channel is not None
        heard, word = os.pipe()
        try:
            try:
                socket.send_fds(self._channel, [msgspec.json.encode(asked)], [lock, output, heard])
            finally:
                os.close(heard)
            process = int(self._hear(PATIENCE))
            os.write(word, GO)
            return process
        finally:
            os.close(word)

    def _end(self) -> None:
        if self._channel is not None:
            self._channel.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._process, self._channel, self._loaded = None, None, False


offered: ForkServer | None = None
"""The one that runs of this process are forked from."""


def offer() -> None:
    """Have runs of this process forked from now on, as soon as that can be done."""
    global offered
    if offered is None:
        offered = ForkServer()
        offered.begin()


def withdraw() -> None:
    """End what `offer` has begun."""
    global offered
    if offered is not None:
        offered.close()
        offered = None
