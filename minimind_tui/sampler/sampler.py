"""Generates text with a model that a run has kept: the messages to and from the process that loads PyTorch.

The process stays for the next request, since loading PyTorch takes longer than writing. A new request ends the
writing of the one before.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress

import msgspec

from minimind_tui.base.text import Text

WORKER = "minimind_tui.sampler.worker"


class Wish(msgspec.Struct, frozen=True):
    """A request to generate `length` tokens after the prompt; `top_k` 0 and `top_p` 1 leave every token in."""

    file: str
    prompt: str
    length: int = 200
    temperature: float = 0.8
    top_k: int = 0
    top_p: float = 1.0
    seed: int = 1
    number: int = 0


class Written(msgspec.Struct):
    """The next characters of the answer to request `number`; the last message is `done` or has a `problem`."""

    number: int
    text: str = ""
    done: bool = False
    problem: Text | None = None


class Writer:
    """Writes with kept models, in a process of its own. Its methods may be called from any thread."""

    def __init__(self) -> None:
        self._lock, self._reading = threading.Lock(), threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._number = 0
        self._early: Written | None = None
        """A line that the reader for an earlier request has taken."""

    def write(self, wish: Wish) -> Iterator[Written]:
        """The messages of the answer to `wish`, up to the last; they end without `done` when another request comes."""
        with self._lock:
            self._number += 1
            number, process = self._number, self._running()
            assert process.stdin is not None
            with suppress(OSError):  # it has ended: there will be no answer
                process.stdin.write(msgspec.json.encode(msgspec.structs.replace(wish, number=number)) + b"\n")
                process.stdin.flush()
        while number == self._number:
            with self._reading:
                written = self._early or self._read(process, number)
                self._early = None
                if written.number > number:  # this request is over; the line is for the one after it
                    self._early = written
                    return
            if written.number == number:
                yield written
                if written.done:
                    return

    def _read(self, process: subprocess.Popen[bytes], number: int) -> Written:
        assert process.stdout is not None
        line = process.stdout.readline()
        return msgspec.json.decode(line, type=Written) if line else self._ended(process, number)

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._number += 1
            process, self._process = self._process, None
        if process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", WORKER],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=tempfile.gettempdir(),
                env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONUTF8": "1"},
                start_new_session=True,
            )
        return self._process

    @staticmethod
    def _ended(process: subprocess.Popen[bytes], number: int) -> Written:
        status = process.wait()
        problem = Text(
            zh=f"写字的进程结束了（{status}），多半是内存不够。",
            en=f"The process that writes has ended ({status}): most likely memory ran out.",
        )
        return Written(number, done=True, problem=problem)
