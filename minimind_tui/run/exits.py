"""Why a process ended that could not say so itself: by its exit status, and by what Linux counts."""

from __future__ import annotations

import signal
from pathlib import Path

GROUPS = Path("/sys/fs/cgroup")
MACHINE = Path("/proc/vmstat")


def reason_of(code: int, *, for_memory: bool) -> tuple[str, str]:
    """The reason and the cause of an exit status, -n after signal n.

    The cause is what a screen can explain: `exit`, `killed`, `segfault`; `memory` for a kill where `for_memory` says
    that Linux has killed meanwhile for want of it; empty for another signal.
    """
    if code >= 0:
        return f"exit status {code} without a word", "exit"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    cause = {"SIGKILL": "killed", "SIGSEGV": "segfault"}.get(name, "")
    return f"ended by {name}", "memory" if cause == "killed" and for_memory else cause


class MemoryKills:
    """Whether Linux has ended a process for want of memory since this was made.

    It counts those of a control group; asked is this process's own, which its children share: a kill elsewhere on the
    machine says nothing about them. Where no group counts, all of the machine are counted, and none where Linux does
    not say.
    """

    def __init__(self) -> None:
        self._counter = _counter()
        self._before = _count(self._counter)

    def any_since(self) -> bool:
        """Whether there has been one since; of a group that was entered since, ever."""
        counter = _counter()
        return _count(counter) > (self._before if counter == self._counter else 0)


def _counter() -> Path:
    """The file that counts the kills of the innermost control group of this process that has one.

    In a container its groups may have other names than those that Linux tells: then it is the outermost that is seen.
    """
    for controllers, group in _groups():
        memory = "memory" in controllers
        root, name = (GROUPS / "memory", "memory.oom_control") if memory else (GROUPS, "memory.events")
        inner = root / group.lstrip("/")
        for folder in (inner, *inner.parents):
            if folder.is_relative_to(root) and (folder / name).is_file():
                return folder / name
    return MACHINE


def _groups() -> list[tuple[list[str], str]]:
    """The controllers and the name of each group of this process; the one of version 2 of control groups has none."""
    try:
        lines = Path("/proc/self/cgroup").read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return []
    each = [line.split(":", 2) for line in lines if line.count(":") >= 2]
    named = [(controllers.split(","), group) for _, controllers, group in each]
    return [group for group in named if group[0] in (["memory"], [""])]


def _count(counter: Path) -> int:
    try:
        lines = counter.read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)
