"""What the process that checks exercises does; `keeper.py` starts it, and ends what it leaves behind.

It says when it is ready. Then a line of standard input is a job, and each line of standard output says how far the job
has come, marked with the job's own token, so that nothing else which is written there is taken for it. Before every
case the random state is the same.
"""

from __future__ import annotations

import faulthandler
import importlib
import os
import signal
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

from minimind_tui.base.inert import inert
from minimind_tui.base.text import Text
from minimind_tui.content.forbidden import forbidden_uses
from minimind_tui.exercise.checker import READY, CaseResult, Job, Outcome
from minimind_tui.exercise.errors import error_in_words, likely, line_of_error
from minimind_tui.exercise.guard import Guard
from minimind_tui.exercise.limits import limit
from minimind_tui.exercise.originals import Originals
from minimind_tui.exercise.output import Output
from minimind_tui.exercise.reading import missing, read_code, unfit
from minimind_tui.run.seeding import seed_all

CHECKING = "minimind_tui.nn.checking"
COPIES = "minimind_tui.nn.copies"
NAME = "exercise"
"""What the learner's module is called."""

SPEED_SECONDS = 0.5
"""The total time for timing the learner's code and the solution."""

MOST_ROUNDS = 200
UNCOMPILED = "torch.compile：检查时不编译，照原样运行 / in a check it runs uncompiled\n"


def answer_jobs(trace: int) -> None:
    """Answer jobs until standard input is closed; `trace` is the descriptor for a traceback."""
    jobs, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    output, process = Output(), os.getpid()
    checking, copies = importlib.import_module(CHECKING), importlib.import_module(COPIES)
    warnings.simplefilter("ignore")  # of the checks as well: they would stand among what the code prints
    guard = Guard()
    answers.write(READY)
    answers.flush()
    # Written by the thread that is asked about, stopped for it: a watchdog's thread would read frames that change.
    faulthandler.register(signal.SIGALRM, file=trace, all_threads=False)
    for line in jobs:
        job = msgspec.json.decode(line, type=Job)

        def tell(outcome: Outcome, token: bytes = job.token.encode()) -> None:
            if os.getpid() != process:  # a copy of this process that the code has forked
                os._exit(0)
            answers.write(token + msgspec.json.encode(outcome) + b"\n")
            answers.flush()

        signal.setitimer(signal.ITIMER_REAL, job.seconds)
        limit(job.seconds)
        try:
            tell(_Check(job, guard, output, checking, copies, tell).outcome())
        except Exception as error:
            what = error_in_words(error)
            tell(Outcome(problem=Text(zh=f"检查程序自己出了错：{what.zh}", en=f"The checker itself failed: {what.en}")))
        signal.setitimer(signal.ITIMER_REAL, 0)


class _Check:
    """One check in progress: a job and where its results are reported."""

    def __init__(
        self,
        job: Job,
        guard: Guard,
        output: Output,
        checking: ModuleType,
        copies: ModuleType,
        tell: Callable[[Outcome], None],
    ) -> None:
        self._job, self._guard, self._output, self._tell = job, guard, output, tell
        self._checking, self._copies = checking, copies
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
            message = error_in_words(error)
            return Outcome(problem=Text(zh=f"check.py：{message.zh}", en=f"check.py: {message.en}"))
        with self._guard.watching(job.code, job.check, job.forbidden, self._output), _module(job.code) as module:
            self._originals = Originals(self._guard.library)
            found = self._run(str(source), module, check, cases)
        compiles = bool(forbidden_uses(str(source), ["torch.compile"]))
        found.printed = UNCOMPILED * compiles + inert(self._output.kept)
        return found

    def _run(self, source: str, code: ModuleType, check: ModuleType, cases: list[Any]) -> Outcome:
        job = self._job
        try:
            exec(compile(source, job.code, "exec"), vars(code))
        except BaseException as error:
            what, line = self._guard.refused or (error_in_words(error), line_of_error(error, job.code))
            return Outcome(problem=what, line=line)
        if self._guard.refused:
            return Outcome(problem=self._guard.refused[0], line=self._guard.refused[1])
        if (changed := self._originals.restore()) is not None:
            return Outcome(problem=_changed(changed))
        gone = [symbol for symbol in job.symbols if not hasattr(code, symbol)]
        if gone:
            text, line = missing(source, gone)
            return Outcome(problem=text, line=line)
        judged = self._copies.Judged(code)
        for case in cases:
            self._tell(Outcome(self._cases, running=Text(zh=case.zh, en=case.en)))
            result = self._try(case, judged)
            if result.verdict == "failed" and any(earlier.verdict != "passed" for earlier in self._cases):
                result.message = likely(result.message)
            self._cases.append(result)
        found = Outcome(self._cases)
        if found.passed and job.solution and hasattr(check, "speed"):
            found.speed = self._speed(check.speed, judged)
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
                result = CaseResult(
                    case.name, title, "error", error_in_words(error), line_of_error(error, self._job.code)
                )
        changed = self._originals.restore()
        if self._guard.refused is not None:  # whatever the code made of it
            return CaseResult(case.name, title, "error", *self._guard.refused)
        return result if changed is None else CaseResult(case.name, title, "error", _changed(changed))

    def _speed(self, speed: Any, code: ModuleType) -> tuple[float, float] | None:
        """Median seconds of a call, the learner's and the solution's, in turn."""
        try:
            with self._guard.resting():
                solution = self._copies.Judged(_load("solution", Path(self._job.solution)))
            calls = [speed(code), speed(solution)]
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


@contextmanager
def _module(file: str) -> Iterator[ModuleType]:
    """The learner's module, empty; in this context Python finds it by its name, as pickle and others ask for it."""
    module = ModuleType(NAME)
    module.__file__ = file
    sys.modules[NAME] = module
    try:
        yield module
    finally:
        sys.modules.pop(NAME, None)


def _load(name: str, path: Path) -> ModuleType:
    """The file of the course as a module. It is not kept in `sys.modules`."""
    module = ModuleType(name)
    module.__file__ = str(path)
    sys.modules[name] = module  # dataclasses look their module up
    try:
        exec(compile(path.read_bytes(), str(path), "exec"), vars(module))
    finally:
        sys.modules.pop(name, None)
    return module


def _changed(name: str) -> Text:
    return Text(
        zh=f"代码改动了 {name}：检查要用原来的它。去掉给它赋值的那一行。",
        en=f"The code changes {name}, which the checks need as it is: take out the line that assigns to it.",
    )
