"""Why a process ended that could not say so itself: by its exit status, and by what Linux counts."""

from __future__ import annotations

import signal
from pathlib import Path


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


def kills_for_memory() -> int:
    """How many processes Linux has ended since it started because memory ran out; 0 where it does not say."""
    try:
        lines = Path("/proc/vmstat").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)
