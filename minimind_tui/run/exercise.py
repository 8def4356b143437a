"""Checking an exercise: one process loads PyTorch once and checks file after file, this one reads what it says.

A file that hangs or crashes costs its own check: the process is ended, and another one goes on with the next.
"""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Literal

import msgspec

from minimind_tui.content.inert import inert
from minimind_tui.content.schema import Text

SECONDS = 60.0
"""How long one file may take, PyTorch's start included."""

WORKER = "minimind_tui.run.exercise_worker"


class Job(msgspec.Struct):
    """A file to check, with the checks for it."""

    code: str
    check: str


class CaseResult(msgspec.Struct):
    """How one check ended: `failed` says what differs, `error` is an exception of the code's."""

    name: str
    title: Text
    verdict: Literal["passed", "failed", "error"]
    message: Text | None = None
    line: int | None = None
    """Where in the learner's file an error was raised."""


class Outcome(msgspec.Struct):
    """What became of a job; `problem` says why no case could be tried, or not all."""

    cases: list[CaseResult] = []
    problem: Text | None = None
    line: int | None = None

    @property
    def passed(self) -> bool:
        """Whether every case passed, and there was one."""
        return self.problem is None and bool(self.cases) and all(case.verdict == "passed" for case in self.cases)


def outcomes(jobs: Sequence[Job], seconds: float = SECONDS) -> Iterator[Outcome]:
    """What becomes of each job, in order. `seconds` is the time that each may take."""
    left = list(jobs)
    while left:
        with _Worker() as worker:
            while left:
                job = left.pop(0)
                answer = worker.ask(job, seconds)
                yield answer or _gone(worker, seconds)
                if answer is None:
                    break


class _Worker:
    """The process that checks; a thread reads its answers, so that waiting for one can end."""

    def __enter__(self) -> _Worker:
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONUTF8": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", WORKER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
        )
        self._answers: queue.Queue[bytes] = queue.Queue()
        threading.Thread(target=self._read, name="exercise", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, 9)
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            with suppress(OSError):
                pipe.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with suppress(ValueError):  # closed while it is read
            for line in self._process.stdout:
                self._answers.put(line)
        self._answers.put(b"")

    def ask(self, job: Job, seconds: float) -> Outcome | None:
        """The answer; None where none comes in time, or the process has ended."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(msgspec.json.encode(job) + b"\n")
            self._process.stdin.flush()
            return msgspec.json.decode(self._answers.get(timeout=seconds), type=Outcome)
        except (OSError, queue.Empty, ValueError):
            return None

    @property
    def ended(self) -> int | None:
        """The exit status; None while it lives."""
        with suppress(subprocess.TimeoutExpired):
            return self._process.wait(0.2)
        return None


def _gone(worker: _Worker, seconds: float) -> Outcome:
    """Why there was no answer."""
    status = worker.ended
    if status is None:
        return Outcome(problem=Text(zh=f"超过 {seconds:g} 秒还没跑完", en=f"not done after {seconds:g} s"))
    return Outcome(problem=Text(zh=f"进程中途退出（{status}）", en=f"the process ended midway ({status})"))


def first_failure(outcome: Outcome) -> tuple[Text, int | None] | None:
    """What to tell of an outcome that did not pass, and the line of the code it speaks of."""
    if outcome.problem is not None:
        return outcome.problem, outcome.line
    for case in outcome.cases:
        if case.message is not None:
            zh, en = (" ".join(inert(part).split()) for part in (case.message.zh, case.message.en))
            return Text(zh=f"{case.title.zh}：{zh}", en=f"{case.title.en}: {en}"), case.line
    if not outcome.cases:
        return Text(zh="一个检查也没有", en="there is no check"), None
    return None
