"""Checking an exercise: a process loads PyTorch, runs the code under limits, and reports the result of each case.

`outcomes` checks the course's own files, one process after the other only where one hangs or dies. `Checker` is for a
learner at work: every check has a process of its own, and the next one is made ready while the learner writes.
"""

from __future__ import annotations

import os
import queue
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Literal

import msgspec

from minimind_tui.base.inert import inert
from minimind_tui.base.text import Text

COURSE_SECONDS = 60.0
"""The time that a file of the course may take."""

LEARNERS_SECONDS = 10.0
"""The time that the learner's file may take once the process is ready."""

STARTING_SECONDS = 60.0
"""The time that a process may take to load PyTorch on a busy machine."""

ENDING_SECONDS = 8.0
"""The time that a process may take to end, and all that the code has started."""

KEEPER = "minimind_tui.exercise.keeper"
READY = b"ready\n"
LONGEST_TRACE = 20_000


class Job(msgspec.Struct):
    """A file to check, with the checks for it."""

    code: str
    check: str
    symbols: list[str] = []
    """What the file must define."""
    forbidden: list[str] = []
    """Dotted names that the file may not use."""
    solution: str = ""
    """The path of the solution; code that passes is then timed against it."""
    seconds: float = COURSE_SECONDS
    source: str | None = None
    """The code to check; without it the file is read when the check begins."""
    token: str = ""
    """What marks the answers to this job; given when it is sent."""


class CaseResult(msgspec.Struct):
    """How one check ended: `failed` says what differs, `error` is an exception of the code's."""

    name: str
    title: Text
    verdict: Literal["passed", "failed", "error"]
    message: Text | None = None
    line: int | None = None
    """Where in the learner's file an error was raised."""


class Outcome(msgspec.Struct):
    """The result of a job; `problem` says why no case could be tried, or not all of them."""

    cases: list[CaseResult] = []
    problem: Text | None = None
    line: int | None = None
    running: Text | None = None
    """The case that is being tried; None in the final result."""
    printed: str = ""
    """The beginning of the output that the code printed."""
    speed: tuple[float, float] | None = None
    """Seconds per call of the learner's code and of the solution."""

    @property
    def passed(self) -> bool:
        """Whether every case passed, and there was one."""
        return (
            self.problem is None
            and self.running is None
            and bool(self.cases)
            and all(case.verdict == "passed" for case in self.cases)
        )


def outcomes(jobs: Sequence[Job], seconds: float = COURSE_SECONDS) -> Iterator[Outcome]:
    """The result of each job, in order; each may take `seconds`."""
    left = [msgspec.structs.replace(job, seconds=seconds) for job in jobs]
    while left:
        worker = _Worker()
        try:
            while left and worker.usable:
                yield worker.check(left.pop(0))
        finally:
            worker.end()


class Checker:
    """Checks files one at a time, each in a fresh process. Its methods may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spare: _Worker | None = None
        self._busy: _Worker | None = None
        self._closed = False

    def warm(self) -> None:
        """Make a process ready for the next check."""
        with self._lock:
            if self._spare is None and not self._closed:
                self._spare = _Worker()

    def check(self, job: Job) -> Outcome | None:
        """Check the file of `job` and return the result; None if `cancel` or `close` ended the check."""
        self.cancel()
        self.warm()
        with self._lock:
            worker, self._spare = self._spare, None
            self._busy = worker
        if worker is None:
            return None
        try:
            outcome = worker.check(job)
        finally:
            worker.end()
        with self._lock:
            if self._busy is not worker:
                return None
            self._busy = None
            return outcome

    def cancel(self) -> None:
        """End the check that is going on."""
        with self._lock:
            worker, self._busy = self._busy, None
        if worker is not None:
            worker.end()

    def close(self) -> None:
        """End all processes; no check can be started afterwards."""
        with self._lock:
            self._closed = True
            spare, self._spare = self._spare, None
        if spare is not None:
            spare.end()
        self.cancel()


class _Worker:
    """The process that checks, and the one over it; a thread reads the answers, so that waiting for one can end."""

    def __init__(self) -> None:
        self._trace = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `end`
        self._folder = tempfile.TemporaryDirectory(prefix="minimind-tui-", ignore_cleanup_errors=True)
        life, self._life = os.pipe()
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", KEEPER, str(life), str(self._trace.fileno())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=self._folder.name,  # what the code writes beside itself goes with the process
                env=_environment(),
                pass_fds=(life, self._trace.fileno()),
                start_new_session=True,
            )
        except OSError:
            os.close(self._life)
            self._folder.cleanup()
            raise
        finally:
            os.close(life)
        self._answers: queue.Queue[bytes] = queue.Queue()
        self._ready = self._given = False
        self._ending = threading.Lock()
        self._ended = False
        self.usable = True
        """Whether it answered everything so far."""
        self._reader = threading.Thread(target=self._read, name="exercise", daemon=True)
        self._reader.start()

    def end(self) -> None:
        """End the process, and everything that the code has started."""
        with self._ending:
            self.usable = False
            if self._ended:
                return
            self._ended = True
            os.close(self._life)
            if not self._given:  # no code of a learner's has run: nothing to look for
                self._process.kill()
            try:
                self._process.wait(ENDING_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._reader.join(1)
            for pipe in (self._process.stdin, self._process.stdout, self._trace):
                assert pipe is not None
                with suppress(OSError):
                    pipe.close()
            self._folder.cleanup()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with suppress(ValueError, OSError):  # closed while it is read
            for line in self._process.stdout:
                self._answers.put(line)
        self._answers.put(b"")

    def check(self, job: Job) -> Outcome:
        """The result of the job, or as much of it as was reported before the process ended."""
        assert self._process.stdin is not None
        job = msgspec.structs.replace(job, token=os.urandom(16).hex())
        known = Outcome()
        try:
            if not self._ready and self._answers.get(timeout=STARTING_SECONDS) != READY:
                raise EOFError("it ended before it was ready")
            self._ready = self._given = True
            self._process.stdin.write(msgspec.json.encode(job) + b"\n")
            self._process.stdin.flush()
            deadline = time.monotonic() + job.seconds + 0.5
            while True:
                known = self._answer(job.token, deadline)
                if known.running is None:
                    return known
        except queue.Empty:
            self.usable = False
            return self._gone(known, job, None)
        except (OSError, EOFError, ValueError):
            self.usable = False
            try:
                status: int | None = _status(self._process.wait(ENDING_SECONDS))
            except subprocess.TimeoutExpired:  # it closed its output, and went on
                status = 0
            return self._gone(known, job, status)

    def _answer(self, token: str, deadline: float) -> Outcome:
        """The next line that has the token. Raises queue.Empty when the time is over, EOFError where there is none."""
        while line := self._answers.get(timeout=max(0.0, deadline - time.monotonic())):
            _, marked, said = line.rpartition(token.encode())
            if marked:
                return msgspec.json.decode(said, type=Outcome)
        raise EOFError("it ended before it answered")

    def _gone(self, known: Outcome, job: Job, status: int | None) -> Outcome:
        """The result of a job without an answer, by the exit status; None means that its time was over."""
        timed_out = status is None or status == -signal.SIGXCPU
        what, line = (_too_long(job), self._line(job.code)) if timed_out else (_ended(status or 0), None)
        where = known.running or Text(zh="", en="")
        zh = what.zh.replace("*", f"（检查“{where.zh}”时）" if where.zh else "")
        en = what.en.replace("*", f" (in the check “{where.en}”)" if where.en else "")
        return Outcome(known.cases, problem=Text(zh=zh, en=en), line=line)

    def _line(self, file: str) -> int | None:
        """The line of the code when its time was over, from the frames that the process wrote, innermost first."""
        try:
            self._trace.seek(0)
            text = self._trace.read(LONGEST_TRACE).decode("utf-8", "replace")
        except (OSError, ValueError):
            return None
        found = re.search(rf'^  File "{re.escape(file)}", line (\d+)', text, re.MULTILINE)
        return int(found[1]) if found else None


def _environment() -> dict[str, str]:
    """The learner's own environment, with one thread for what computes, and nothing compiled.

    To compile takes `torch.compile` longer than a check may take, and a compiler that not every machine has; the
    result is the same without.
    """
    return {
        **os.environ,
        "OMP_NUM_THREADS": "1",
        "PYTHONUTF8": "1",
        "MALLOC_ARENA_MAX": "2",  # or each thread that the code starts would reserve 64 MB of its memory
        "TORCHDYNAMO_DISABLE": os.environ.get("TORCHDYNAMO_DISABLE") or "1",
    }


def _status(code: int) -> int:
    """The exit status of the process that checks, negative for a signal, from that of the one over it."""
    return 128 - code if code > 128 else code


def _too_long(job: Job) -> Text:
    return Text(
        zh=f"超过 {job.seconds:g} 秒还没跑完*：看看循环有没有停下来的条件，或者是不是太慢。",
        en=f"Not done after {job.seconds:g} s*: does a loop ever end, or is it too slow?",
    )


def _ended(status: int) -> Text:
    if status >= 0:
        return Text(
            zh=f"代码让进程中途退出了（{status}）*：去掉结束进程、关闭文件的调用。",
            en=f"The code ended the process midway ({status})*: take out what ends it or closes its files.",
        )
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"
    if name in ("SIGSEGV", "SIGABRT", "SIGBUS"):
        return Text(
            zh=f"进程崩溃了（{name}）*：多半是递归太深，或内存用完了。",
            en=f"The process crashed ({name})*: most likely a recursion too deep, or no memory left.",
        )
    return Text(zh=f"进程被结束了（{name}）*。", en=f"The process was ended ({name})*.")


def first_failure(outcome: Outcome) -> tuple[Text, int | None] | None:
    """The first problem of an outcome that did not pass, and the line of the code that it is about."""
    for case in outcome.cases:
        if case.message is not None:
            zh, en = (" ".join(inert(part).split()) for part in (case.message.zh, case.message.en))
            return Text(zh=f"{case.title.zh}：{zh}", en=f"{case.title.en}: {en}"), case.line
    if outcome.problem is not None:
        return outcome.problem, outcome.line
    if not outcome.cases:
        return Text(zh="一个检查也没有", en="there is no check"), None
    return None
