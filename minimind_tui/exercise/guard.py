"""Refuses the few things that no honest answer to an exercise does, with a sentence that says why.

The code may use whatever Python and PyTorch offer: files, threads, processes, the profiler, ctypes. It may not read the
solution's file, use what its task forbids, end the process that checks it, or read from a keyboard where nobody types.
Python's audit events say what is about to be done. Who does it matters for forbidden names alone: PyTorch and the
checks use them too, and the frames on the stack say whose code it is.

This is no prison: what is determined to get out can, and the learner's own file is the learner's own code.
"""

from __future__ import annotations

import contextlib
import functools
import io
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType, FunctionType
from typing import Any, NoReturn

from minimind_tui.base.text import Text
from minimind_tui.exercise.originals import found
from minimind_tui.exercise.output import Output
from minimind_tui.exercise.reading import forbidden_use

PACKAGE = Path(__file__).parents[1]

MOST_PROCESSES = 64
"""Processes that a file may start in one check; it means to start no more than a few."""

PROCESSES = Text(
    zh=f"一次检查里启动了 {MOST_PROCESSES} 个以上的进程，或者子进程又分出子进程：看看启动进程的循环停不停。",
    en=f"More than {MOST_PROCESSES} processes were started in one check, or forked processes fork again: "
    "does the loop that starts them end?",
)
INPUT = Text(
    zh="代码在等键盘输入：检查时没有人打字。去掉 input()、sys.stdin 和 breakpoint()，数据从函数的参数来。",
    en="The code waits for the keyboard, where nobody types. Take input(), sys.stdin and breakpoint() out: "
    "data comes as arguments.",
)
SOLUTION = Text(
    zh="代码要打开这道题的参考答案：这里要你自己写，把它去掉。",
    en="The code opens this exercise's solution: here you write it yourself. Take that out.",
)
END = Text(
    zh="代码要结束正在检查它的进程：去掉 os._exit、os.abort、os.kill 这一类调用。",
    en="The code ends the process that checks it: take os._exit, os.abort, os.kill out.",
)
REFERENCE = forbidden_use("minimind_tui")

STARTING = frozenset(("os.fork", "os.forkpty", "os.posix_spawn", "os.system", "subprocess.Popen"))
"""The audit events of a process that is started."""

FORKING = frozenset(("os.fork", "os.forkpty"))
HARMLESS = (0, signal.SIGCHLD, signal.SIGCONT, signal.SIGURG, signal.SIGWINCH)
"""Signals that end no process which does not handle them."""

ENDING = ("_exit", "abort")
"""Functions of `os` that end the process, and raise no audit event."""


class Refused(BaseException):
    """The code did what it may not. Not an Exception, so that an `except Exception` of the code does not catch it."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


class Guard:
    """Watches the code of one file at a time: inside `watching`, forbidden actions of `learner` are refused."""

    def __init__(self) -> None:
        self.learner = ""
        self.check = ""
        self.refused: tuple[Text, int | None] | None = None
        """The first thing that was refused, and the line of the learner's that wanted it."""
        self._active = False
        self._process = os.getpid()
        self._started = 0
        self._solution: tuple[int, int] | None = None
        installed = {os.path.dirname(os.__file__), *filter(None, sys.path)}  # PyTorch may be the user's own, or linked
        self.library = tuple(folder.rstrip(os.sep) + os.sep for folder in installed)
        sys.dont_write_bytecode = True  # a module that is imported late writes no file
        sys.addaudithook(self._audit)

    @contextlib.contextmanager
    def watching(self, learner: str, check: str, forbidden: list[str], output: Output) -> Iterator[None]:
        """Watch the code in this context, which prints to `output`. At the end everything is restored."""
        self.learner, self.check = learner, check
        self.refused, self._started = None, 0
        solution = _identity(os.path.join(os.path.dirname(check), "solution.py"))
        self._solution = solution if solution != _identity(learner) else None
        hidden = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == PACKAGE.name}
        with contextlib.ExitStack() as stack:
            stack.enter_context(output.taken(self._refuse))
            stack.callback(setattr, sys, "stdin", sys.stdin)
            sys.stdin = NoKeyboard(self._refuse)
            for name in ENDING:
                self._bar(stack, os, name, END, self._is_ours)
            for name in forbidden:
                self._bar_forbidden(stack, name)
            for name in hidden:
                del sys.modules[name]
            stack.callback(sys.modules.update, hidden)
            sys.meta_path.insert(0, self)  # importlib.import_module raises no audit event
            stack.callback(sys.meta_path.remove, self)
            self._active = True
            stack.callback(setattr, self, "_active", False)
            yield

    @contextlib.contextmanager
    def resting(self) -> Iterator[None]:
        """Refuse nothing in this context, where the learner's code does not run."""
        self._active = False
        try:
            yield
        finally:
            self._active = True

    def _bar_forbidden(self, stack: contextlib.ExitStack, name: str) -> None:
        """Refuse the function `name`, also under the other names that it has in PyTorch."""
        parent_name, _, last = name.rpartition(".")
        if not parent_name.startswith("torch"):
            return
        if (module := sys.modules.get(name)) is not None:
            for function, value in list(vars(module).items()):
                if isinstance(value, FunctionType) and value.__module__.startswith(name):
                    self._bar(stack, module, function, forbidden_use(name), self._is_learners)
            return
        for owner in (parent_name, "torch", "torch.nn.functional", "torch.Tensor"):
            parent = found(owner)
            if parent is not None and callable(getattr(parent, last, None)):
                self._bar(stack, parent, last, forbidden_use(name), self._is_learners)

    def _bar(
        self, stack: contextlib.ExitStack, owner: Any, name: str, text: Text, whose: Callable[[FrameType], bool]
    ) -> None:
        """Refuse the function or class `owner.name` where `whose` says so of the caller's frame."""
        if isinstance(value := getattr(owner, name), type):
            owner, name, value = value, "__init__", value.__init__  # type: ignore[misc]
        own = name in vars(owner)
        kept = vars(owner).get(name)

        @functools.wraps(value)
        def barred(*arguments: Any, **keywords: Any) -> Any:
            if self._active and whose(sys._getframe(1)):
                self._refuse(text)
            return value(*arguments, **keywords)

        with contextlib.suppress(TypeError, AttributeError):
            setattr(owner, name, barred)
            stack.callback(setattr if own else lambda o, n, _: delattr(o, n), owner, name, kept)

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self._active:
            return
        if event == "open":
            if self._solution is not None and _identity(arguments[0]) == self._solution:
                self._refuse(SOLUTION)
        elif event in STARTING:
            self._started += 1
            if self._started > MOST_PROCESSES or (event in FORKING and not self._is_ours()):
                self._refuse(PROCESSES)
        elif event == "builtins.input":
            self._refuse(INPUT)
        elif event in ("os.kill", "os.killpg") and self._is_ours() and _ends_us(event, *arguments[:2]):
            self._refuse(END)

    def find_spec(self, name: str, *_: object) -> None:
        """Asked by Python for every module that is to be loaded: the course's own is refused to the learner's code."""
        if self._active and name.partition(".")[0] == PACKAGE.name and self._is_learners(sys._getframe(1)):
            self._refuse(REFERENCE)

    def _is_ours(self, _: FrameType | None = None) -> bool:
        """Whether this is the process that checks, and not one that the code has forked."""
        return os.getpid() == self._process

    def _is_learners(self, frame: FrameType | None) -> bool:
        """Whether the innermost code that belongs to no library is the learner's."""
        while frame is not None:
            file = frame.f_code.co_filename
            if file == self.learner:
                return True
            if file == self.check:
                return False
            if file.startswith(str(PACKAGE) + os.sep) and file != __file__:
                return False  # asked before the libraries: an installed package lies among them
            if file != __file__ and not file.startswith(("<frozen", *self.library)):
                return True
            frame = frame.f_back
        return True

    def _refuse(self, text: Text) -> NoReturn:
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and frame.f_code.co_filename != self.learner:
            frame = frame.f_back
        if self.refused is None:
            self.refused = (text, frame.f_lineno if frame else None)
        raise Refused(text)


def _identity(path: object) -> tuple[int, int] | None:
    """Which file it is, whatever link leads to it; None where there is none."""
    if not isinstance(path, str | bytes | int):
        return None
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino


def _ends_us(event: str, target: int, number: int) -> bool:
    """Whether a signal would end this process, or the one that waits for it."""
    if number in HARMLESS or signal.getsignal(number) not in (signal.SIG_DFL, None):
        return False
    group = os.getpgid(0)
    if event == "os.killpg":
        return target in (0, group)
    return target in (0, -1, -group, os.getpid(), os.getppid())


class NoKeyboard(io.TextIOBase):
    """Standard input during a check: every read is refused, since nobody types."""

    def __init__(self, refuse: Callable[[Text], NoReturn]) -> None:
        super().__init__()
        self._refuse = refuse

    def fileno(self) -> int:
        """The descriptor that programs which the code starts would read: an empty file."""
        return 0

    def readable(self) -> bool:
        """Whether the stream can be read: it says so, so that reading is refused with a sentence."""
        return True

    def read(self, size: int | None = -1, /) -> str:
        """Refuse to read: an exercise takes no input."""
        self._refuse(INPUT)

    def readline(self, size: int = -1, /) -> str:  # type: ignore[override]
        """Refuse to read a line: an exercise takes no input."""
        self._refuse(INPUT)
