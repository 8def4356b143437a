"""Refuses what a learner's code may not do while it is checked, with a sentence that says why.

An exercise computes. It starts no process and no thread, asks nobody, writes no file, reads neither solution nor
check, leaves PyTorch as it is, and takes the ready-made thing from nowhere, however it writes the name. Python's audit
events say what is about to be done; the frames on the stack say whose code wants it: PyTorch and the checks may.

This keeps mistakes and easy cheating from doing harm. It is no prison: what is determined to get out can, and the
learner's own file is the learner's own code.
"""

from __future__ import annotations

import builtins
import contextlib
import functools
import io
import math
import os
import resource
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType, FunctionType, ModuleType
from typing import Any, NoReturn

from minimind_tui.base.text import Text
from minimind_tui.exercise.reading import forbidden_use

PACKAGE = Path(__file__).parents[1]
MEMORY_MB = 512
"""Address space for the code, on top of the 600 MB or so that PyTorch takes."""

KEPT_CHARACTERS = 4000
"""Characters of the code's own output that are kept."""

MOST_PRINTED = 1_000_000
"""Characters after which printing is a mistake."""

FILE_MB = 1

PROCESS = Text(
    zh="代码想启动别的进程：练习只做计算，去掉 os.fork、subprocess、multiprocessing 这一类调用。",
    en="The code wants to start a process. An exercise computes: take os.fork, subprocess, multiprocessing out.",
)
THREAD = Text(
    zh="代码想启动线程：练习不需要线程，去掉它。",
    en="The code wants to start a thread. An exercise needs none: take it out.",
)
INPUT = Text(
    zh="代码在等键盘输入：检查时没有人打字。去掉 input() 和 sys.stdin，数据从函数的参数来。",
    en="The code waits for the keyboard, where nobody types. Take input() and sys.stdin out: data comes as arguments.",
)
NETWORK = Text(
    zh="代码想连网：练习不需要网络，去掉它。", en="The code wants the network. An exercise needs none: take it out."
)
FILES = Text(
    zh="代码想改动磁盘上的文件：练习只返回结果，去掉写文件、删文件的调用。",
    en="The code wants to change files. An exercise returns its result: take out what writes or deletes.",
)
PEEK = Text(
    zh="代码想读课程的答案或检查：这里要你自己写，把它去掉。",
    en="The code wants to read the course's solution or checks: here you write it yourself. Take that out.",
)
END = Text(
    zh="代码想结束整个进程，或关掉不属于它的文件：去掉 os._exit、os.abort、os.kill、os.close 这一类调用。",
    en="The code wants to end the process, or to close files of others: take os._exit, os.kill, os.close out.",
)
LIBRARY = Text(
    zh="代码想直接调用系统的库（ctypes）：练习用 Python 和 PyTorch 就够了，去掉它。",
    en="The code wants to call the system's libraries (ctypes). Python and PyTorch are enough: take it out.",
)
LIMITS = Text(
    zh="代码想改动时间、内存或递归的限制：去掉它。",
    en="The code wants to change its limits of time, memory or recursion: take that out.",
)
FLOOD = Text(
    zh=f"打印超过了 {MOST_PRINTED // 1_000_000} MB：是不是循环里有 print？去掉它。",
    en=f"Over {MOST_PRINTED // 1_000_000} MB were printed. Is there a print in a loop? Take it out.",
)
REFERENCE = forbidden_use("minimind_tui")

EVENTS = {
    **dict.fromkeys(
        (
            "os.fork",
            "os.forkpty",
            "os.posix_spawn",
            "os.system",
            "os.exec",
            "os.spawn",
            "subprocess.Popen",
            "pty.spawn",
        ),
        PROCESS,
    ),
    "builtins.input": INPUT,
    **dict.fromkeys(("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto"), NETWORK),
    **dict.fromkeys(
        ("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.truncate", "os.link", "os.symlink", "os.chmod"), FILES
    ),
    **dict.fromkeys(("os.kill", "os.killpg", "signal.pthread_kill"), END),
    "ctypes.dlopen": LIBRARY,
    **dict.fromkeys(("resource.setrlimit", "resource.prlimit"), LIMITS),
}
CALLS = {
    "os": dict.fromkeys(("_exit", "abort", "close", "closerange", "dup2"), END),
    "sys": {"setrecursionlimit": LIMITS},
    "_posixsubprocess": {"fork_exec": PROCESS},
    "_thread": {"start_new_thread": THREAD},
    "threading": {"_start_new_thread": THREAD},
}
"""Functions that raise no audit event."""

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


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
        self.course = ""
        self.refused: tuple[Text, int | None] | None = None
        """The first thing that was refused, and the line of the learner's that wanted it."""
        self._active = False
        installed = {os.path.dirname(os.__file__), *filter(None, sys.path)}  # PyTorch may be the user's own, or linked
        self._library = tuple(folder.rstrip(os.sep) + os.sep for folder in installed)
        sys.dont_write_bytecode = True  # a module that is imported late writes no file
        sys.addaudithook(self._audit)

    @contextlib.contextmanager
    def watching(self, learner: str, check: str, forbidden: list[str]) -> Iterator[Printed]:
        """Watch the code in this context; yields what it prints. At the end everything is restored."""
        self.learner, self.check, self.course = learner, check, os.path.realpath(Path(check).parents[3])
        self.refused = None
        printed = Printed(self._refuse)
        hidden = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == PACKAGE.name}
        with contextlib.ExitStack() as stack:
            stack.enter_context(contextlib.redirect_stdout(printed))
            stack.enter_context(contextlib.redirect_stderr(printed))
            stack.callback(setattr, sys, "stdin", sys.stdin)
            sys.stdin = NoKeyboard(self._refuse)
            for name, calls in CALLS.items():
                for call, text in calls.items():
                    self._bar(stack, sys.modules[name] if name in sys.modules else __import__(name), call, text)
            for name in forbidden:
                self._bar_forbidden(stack, name)
            for name in hidden:
                del sys.modules[name]
            stack.callback(sys.modules.update, hidden)
            self._active = True
            stack.callback(setattr, self, "_active", False)
            yield printed

    def _bar_forbidden(self, stack: contextlib.ExitStack, name: str) -> None:
        """Refuse the function `name`, also under the other names that it has in PyTorch."""
        parent_name, _, last = name.rpartition(".")
        if not parent_name.startswith("torch"):
            return
        if (module := sys.modules.get(name)) is not None:
            for function, value in list(vars(module).items()):
                if isinstance(value, FunctionType) and value.__module__.startswith(name):
                    self._bar(stack, module, function, forbidden_use(name))
            return
        for owner in (parent_name, "torch", "torch.nn.functional", "torch.Tensor"):
            parent = _found(owner)
            if parent is not None and callable(getattr(parent, last, None)):
                self._bar(stack, parent, last, forbidden_use(name))

    def _bar(self, stack: contextlib.ExitStack, owner: Any, name: str, text: Text) -> None:
        """Refuse the function or class `owner.name` to the learner's code; the others call it as before."""
        if isinstance(value := getattr(owner, name), type):
            owner, name, value = value, "__init__", value.__init__  # type: ignore[misc]
        own = name in vars(owner)
        kept = vars(owner).get(name)

        @functools.wraps(value)
        def barred(*arguments: Any, **keywords: Any) -> Any:
            if self._active and self._is_learners(sys._getframe(1)):
                self._refuse(text)
            return value(*arguments, **keywords)

        with contextlib.suppress(TypeError, AttributeError):
            setattr(owner, name, barred)
            stack.callback(setattr if own else lambda o, n, _: delattr(o, n), owner, name, kept)

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self._active:
            return
        if event == "open":
            text = self._opened(*arguments)
        elif event == "import":
            text = REFERENCE if str(arguments[0]).partition(".")[0] == PACKAGE.name else None
        else:
            text = EVENTS.get(event)
        if text is not None and self._is_learners(sys._getframe(1)):
            self._refuse(text)

    def _opened(self, path: object, mode: object, flags: object) -> Text | None:
        """The sentence why the file may not be opened; None if it may."""
        if isinstance(mode, str) and set(mode) & set("wax+"):
            return FILES
        if mode is None and isinstance(flags, int) and flags & WRITING:
            return FILES
        if isinstance(path, str | bytes) and path:
            where = os.path.realpath(os.fsdecode(path))
            if where == os.path.realpath(self.learner):
                return None
            if where.startswith(self.course + os.sep):
                return PEEK
            if where.startswith(str(PACKAGE) + os.sep):
                return REFERENCE
        return None

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
            if file != __file__ and not file.startswith(("<frozen", *self._library)):
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


class Printed(io.TextIOBase):
    """Takes what is printed: its beginning is kept, too much is refused."""

    def __init__(self, refuse: Callable[[Text], NoReturn]) -> None:
        super().__init__()
        self._refuse = refuse
        self._kept: list[str] = []
        self._length = 0

    def writable(self) -> bool:
        """Whether text can be written: always."""
        return True

    def write(self, text: str) -> int:
        """Keep the text while there is room; returns its length, as streams do."""
        if self._length < KEPT_CHARACTERS:
            self._kept.append(text[: KEPT_CHARACTERS - self._length])
        self._length += len(text)
        if self._length > MOST_PRINTED:
            self._refuse(FLOOD)
        return len(text)

    @property
    def kept(self) -> str:
        """The beginning of what was printed."""
        return "".join(self._kept) + ("…" if self._length > KEPT_CHARACTERS else "")


class NoKeyboard(io.TextIOBase):
    """Standard input during a check: every read is refused, since nobody types."""

    def __init__(self, refuse: Callable[[Text], NoReturn]) -> None:
        super().__init__()
        self._refuse = refuse

    def readable(self) -> bool:
        """Whether the stream can be read: it says so, so that reading is refused with a sentence."""
        return True

    def read(self, size: int | None = -1, /) -> str:
        """Refuse to read: an exercise takes no input."""
        self._refuse(INPUT)

    def readline(self, size: int = -1, /) -> str:  # type: ignore[override]
        """Refuse to read a line: an exercise takes no input."""
        self._refuse(INPUT)


class Originals:
    """A snapshot of PyTorch, so that changes which the code makes to it are detected and undone."""

    NAMES = ("torch", "torch.nn", "torch.nn.functional", "torch.Tensor", "torch.nn.Module", "torch.nn.Parameter")

    def __init__(self) -> None:
        found = [(name, _found(name)) for name in self.NAMES]
        self._owners = [(name, owner) for name, owner in found if owner is not None]
        self._owners += [("builtins", builtins), ("math", math)]
        self._before = [dict(vars(owner)) for _, owner in self._owners]

    def restore(self) -> str | None:
        """Undo every change; returns the name of one changed thing, or None."""
        first = None
        for (label, owner), before in zip(self._owners, self._before, strict=True):
            now = vars(owner)
            changed = [name for name, value in before.items() if _counts(name) and now.get(name) is not value]
            added = [] if isinstance(owner, ModuleType) else [n for n in now if n not in before and _counts(n)]
            for name in changed:
                setattr(owner, name, before[name])
            for name in added:
                delattr(owner, name)
            if changed or added:
                first = first or f"{label}.{(changed + added)[0]}"
        return first


def _counts(name: str) -> bool:
    """Whether a name is public, or an operator: the others are PyTorch's own bookkeeping."""
    return not name.startswith("_") or (name.startswith("__") and name not in ("__warningregistry__", "__doc__"))


def _found(name: str) -> Any:
    """The module or the class with this dotted name."""
    parent, _, last = name.rpartition(".")
    return sys.modules.get(name) or getattr(sys.modules.get(parent), last, None)


def limit(seconds: float) -> None:
    """Bound processor time, memory and files of this process, counted from now."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _lower(resource.RLIMIT_CPU, math.ceil(used.ru_utime + used.ru_stime + seconds) + 2)
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, FILE_MB << 20)
    with contextlib.suppress(OSError, ValueError):  # where the system tells how much it is, on Linux
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        _lower(resource.RLIMIT_AS, pages * resource.getpagesize() + (MEMORY_MB << 20))


def _lower(kind: int, value: int) -> None:
    """Set the soft limit only, so that the next job can set another."""
    _, hard = resource.getrlimit(kind)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(kind, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))
