"""The process that checks exercises: `python -m minimind_tui.run.exercise_worker`.

A line of standard input is a job, a line of standard output its outcome. What the checked code prints goes
elsewhere. Before every case the random state is the same.
"""

from __future__ import annotations

import importlib
import os
import random
import sys
import traceback
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

from minimind_tui.content.inert import inert
from minimind_tui.content.schema import Text
from minimind_tui.run.exercise import CaseResult, Job, Outcome

CHECKING = "minimind_tui.nn.checking"
LONGEST_MESSAGE = 2000


def main() -> None:
    """Answer job after job until there are no more."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what the code prints is no answer
    for line in sys.stdin.buffer:
        outcome = check(msgspec.json.decode(line, type=Job))
        answers.write(msgspec.json.encode(outcome) + b"\n")
        answers.flush()


def check(job: Job) -> Outcome:
    """Load the code and its checks, and try each."""
    try:
        code = _load("exercise", Path(job.code))
    except BaseException as error:
        return Outcome(problem=_error(error), line=_line(error, job.code))
    try:
        cases = importlib.import_module(CHECKING).cases(_load("check", Path(job.check)))
    except BaseException as error:
        message = _error(error)
        return Outcome(problem=Text(zh=f"check.py：{message.zh}", en=f"check.py: {message.en}"))
    return Outcome(cases=[_try(case, code, job.code) for case in cases])


def _try(case: Any, code: ModuleType, file: str) -> CaseResult:
    _seed()
    title = Text(zh=case.zh, en=case.en)
    try:
        case.function(code)
    except BaseException as error:
        zh, en = getattr(error, "zh", None), getattr(error, "en", None)
        if isinstance(error, AssertionError) and isinstance(zh, str) and isinstance(en, str):
            return CaseResult(case.name, title, "failed", Text(zh=inert(zh), en=inert(en)))
        return CaseResult(case.name, title, "error", _error(error), _line(error, file))
    return CaseResult(case.name, title, "passed")


def _load(name: str, path: Path) -> ModuleType:
    """The file as a module; nothing of it stays among the imported ones, so that the next one begins afresh."""
    module = ModuleType(name)
    module.__file__ = str(path)
    sys.modules[name] = module  # dataclasses look their module up
    exec(compile(path.read_bytes(), str(path), "exec"), vars(module))
    return module


def _seed() -> None:
    random.seed(0)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(0)
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(0)


def _error(error: BaseException) -> Text:
    """An exception in words; the same in both languages, since Python speaks English alone."""
    try:
        words = str(error)
    except BaseException:
        words = ""
    text = inert(f"{type(error).__name__}: {words}" if words else type(error).__name__, LONGEST_MESSAGE)
    return Text(zh=text, en=text)


def _line(error: BaseException, file: str) -> int | None:
    """The innermost line of `file` in the traceback."""
    if isinstance(error, SyntaxError) and error.filename == file:
        return error.lineno
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    return frames[-1].lineno if frames else None


if __name__ == "__main__":
    main()
