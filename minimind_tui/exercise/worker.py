"""The process that checks exercises: `python -m minimind_tui.exercise.worker <descriptor for a traceback>`.

It says when it is ready. Then a line of standard input is a job, and each line of standard output says how far the job
has come. Before every case the random state is the same. When nobody listens any more, it ends, whatever it is doing.
"""

from __future__ import annotations

import faulthandler
import importlib
import os
import queue
import signal
import statistics
import sys
import threading
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO

import msgspec

from minimind_tui.base.inert import inert
from minimind_tui.base.text import Text
from minimind_tui.exercise.checker import READY, CaseResult, Job, Outcome
from minimind_tui.exercise.guard import MEMORY_MB, Guard, Originals, Refused, limit
from minimind_tui.exercise.reading import missing, read_code, unfit
from minimind_tui.run.seeding import seed_all

CHECKING = "minimind_tui.nn.checking"
LONGEST_MESSAGE = 2000
SPEED_SECONDS = 0.5
"""The total time for timing the learner's code and the solution."""

MOST_ROUNDS = 200
WORDS: dict[str, tuple[str, str]] = {
    "SystemExit": (
        "代码调用了 exit：去掉它，让函数返回结果。",
        "The code calls exit: take it out, and let the function return its result.",
    ),
    "KeyboardInterrupt": ("代码抛出了 KeyboardInterrupt：去掉它。", "The code raises KeyboardInterrupt: take it out."),
    "MemoryError": (
        f"要的内存太多，上限是 {MEMORY_MB} MB：是不是有个列表或张量一直在变大？",
        f"It wants too much memory; the limit is {MEMORY_MB} MB. Does a list or a tensor keep growing?",
    ),
    "RecursionError": (
        "函数一直在调用自己：递归要有一个停下来的条件。",
        "A function calls itself without end: a recursion needs a case in which it stops.",
    ),
}


def main() -> None:
    """Answer jobs until standard input is closed."""
    trace = int(sys.argv[1])
    jobs, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1):  # the code reads nothing, and what it writes there is no answer
        os.dup2(nothing, descriptor)
    checking = importlib.import_module(CHECKING)
    warnings.simplefilter("ignore")  # of the checks as well: they would stand among what the code prints
    guard, waiting = Guard(), queue.Queue[bytes]()
    threading.Thread(target=_listen, args=(jobs, waiting), daemon=True).start()

    def tell(outcome: Outcome) -> None:
        answers.write(msgspec.json.encode(outcome) + b"\n")
        answers.flush()

    answers.write(READY)
    answers.flush()
    # Written by the thread that is asked about, stopped for it: a watchdog's thread would read frames that change.
    faulthandler.register(signal.SIGALRM, file=trace, all_threads=False)
    while True:
        job = msgspec.json.decode(waiting.get(), type=Job)
        signal.setitimer(signal.ITIMER_REAL, job.seconds)
        limit(job.seconds)
        try:
            tell(_Check(job, guard, checking, tell).outcome())
        except Exception as error:
            what = _error(error)
            tell(Outcome(problem=Text(zh=f"检查程序自己出了错：{what.zh}", en=f"The checker itself failed: {what.en}")))
        signal.setitimer(signal.ITIMER_REAL, 0)


def _listen(jobs: BinaryIO, waiting: queue.Queue[bytes]) -> None:
    for line in jobs:
        waiting.put(line)
    os.kill(os.getpid(), signal.SIGKILL)


class _Check:
    """One check in progress: a job and where its results are reported."""

    def __init__(self, job: Job, guard: Guard, checking: ModuleType, tell: Callable[[Outcome], None]) -> None:
        self._job, self._guard, self._checking, self._tell = job, guard, checking, tell
        self._cases: list[CaseResult] = []

    def outcome(self) -> Outcome:
        """Read the code, load it and its cases, and try each case."""
        job = self._job
        source = read_code(Path(job.code)) if job.source is None else job.source
        wrong = unfit(source, job.forbidden) if isinstance(source, str) else source
        if wrong is not None:
            return Outcome(problem=wrong[0], line=wrong[1])
        try:
            check = _load("check", Path(job.check))
            cases = self._checking.cases(check)
        except BaseException as error:
            message = _error(error)
            return Outcome(problem=Text(zh=f"check.py：{message.zh}", en=f"check.py: {message.en}"))
        with self._guard.watching(job.code, job.check, job.forbidden) as printed:
            self._originals = Originals()
            found = self._run(str(source), check, cases)
            found.printed = inert(printed.kept)
            return found

    def _run(self, source: str, check: ModuleType, cases: list[Any]) -> Outcome:
        job = self._job
        try:
            code = _load("exercise", Path(job.code), source)
        except BaseException as error:
            what, line = self._guard.refused or (_error(error), _line(error, job.code))
            return Outcome(problem=what, line=line)
        if self._guard.refused:
            return Outcome(problem=self._guard.refused[0], line=self._guard.refused[1])
        if (changed := self._originals.restore()) is not None:
            return Outcome(problem=_changed(changed))
        gone = [symbol for symbol in job.symbols if not hasattr(code, symbol)]
        if gone:
            text, line = missing(source, gone)
            return Outcome(problem=text, line=line)
        for case in cases:
            self._tell(Outcome(self._cases, running=Text(zh=case.zh, en=case.en)))
            self._cases.append(self._try(case, code))
        found = Outcome(self._cases)
        if found.passed and job.solution and hasattr(check, "speed"):
            found.speed = self._speed(check.speed, code)
        return found

    def _try(self, case: Any, code: ModuleType) -> CaseResult:
        seed_all(0)
        self._guard.refused = None
        title = Text(zh=case.zh, en=case.en)
        result = CaseResult(case.name, title, "passed")
        try:
            case.function(code)
        except BaseException as error:
            zh, en = getattr(error, "zh", None), getattr(error, "en", None)
            if isinstance(error, AssertionError) and isinstance(zh, str) and isinstance(en, str):
                result = CaseResult(case.name, title, "failed", Text(zh=inert(zh), en=inert(en)))
            else:
                result = CaseResult(case.name, title, "error", _error(error), _line(error, self._job.code))
        changed = self._originals.restore()
        if self._guard.refused is not None:  # whatever the code made of it
            return CaseResult(case.name, title, "error", *self._guard.refused)
        return result if changed is None else CaseResult(case.name, title, "error", _changed(changed))

    def _speed(self, speed: Any, code: ModuleType) -> tuple[float, float] | None:
        """Median seconds of a call, the learner's and the solution's, in turn."""
        try:
            calls = [speed(code), speed(_load("solution", Path(self._job.solution)))]
            taken: tuple[list[float], list[float]] = ([], [])
            for call in calls:
                call()
            begin = time.perf_counter()
            while len(taken[0]) < MOST_ROUNDS and (len(taken[0]) < 3 or time.perf_counter() - begin < SPEED_SECONDS):
                for call, times in zip(calls, taken, strict=True):
                    before = time.perf_counter()
                    call()
                    times.append(time.perf_counter() - before)
        except BaseException:
            return None
        return statistics.median(taken[0]), statistics.median(taken[1])


def _load(name: str, path: Path, source: str | None = None) -> ModuleType:
    """The file as a module. It is not kept in `sys.modules`."""
    module = ModuleType(name)
    module.__file__ = str(path)
    sys.modules[name] = module  # dataclasses look their module up
    try:
        exec(compile(path.read_bytes() if source is None else source, str(path), "exec"), vars(module))
    finally:
        sys.modules.pop(name, None)
    return module


def _changed(name: str) -> Text:
    return Text(
        zh=f"代码改动了 {name}：检查要用原来的它。去掉给它赋值的那一行。",
        en=f"The code changes {name}, which the checks need as it is: take out the line that assigns to it.",
    )


def _error(error: BaseException) -> Text:
    """An exception in words: what to change where it is known, else what Python says."""
    if isinstance(error, Refused):
        return error.text
    try:
        words = str(error)
    except BaseException:
        words = ""
    kind = type(error).__name__
    if kind == "RuntimeError" and "can't allocate memory" in words:
        kind = "MemoryError"
    if kind in WORDS:
        zh, en = WORDS[kind]
        return Text(zh=zh, en=en)
    text = inert(f"{kind}: {words}" if words else kind, LONGEST_MESSAGE)
    return Text(zh=text, en=text)


def _line(error: BaseException, file: str) -> int | None:
    """The innermost line of `file` in the traceback."""
    line, step = None, error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == file:
            line = step.tb_lineno
        step = step.tb_next
    return line


if __name__ == "__main__":
    main()
