"""How many cores this process may use, and how many threads a run gets."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

CGROUP = Path("/sys/fs/cgroup")


def usable_cores(cgroup: Path = CGROUP) -> int:
    """The number of cores that this process may run on, limited by the quota of its container; at least one."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, _quota(cgroup) or cores))


def _quota(cgroup: Path) -> int | None:
    """Cores' worth of time that the control group allows, in either version; None without a limit."""
    for files in (("cpu.max",), ("cpu/cpu.cfs_quota_us", "cpu/cpu.cfs_period_us")):
        with suppress(OSError, ValueError):  # not Linux, another version, or "max"
            quota, period = " ".join((cgroup / file).read_text(encoding="ascii") for file in files).split()
            return max(1, int(quota) // int(period)) if int(quota) > 0 and int(period) > 0 else None
    return None


def slot_count(environ: Mapping[str, str] = os.environ) -> int:
    """How many processes train at once: one for every two cores, at least one; MINIMIND_TUI_SLOTS says otherwise."""
    asked = environ.get("MINIMIND_TUI_SLOTS", "")
    if asked.isascii() and asked.isdigit() and int(asked) > 0:
        return int(asked)
    return max(1, usable_cores() // 2)


def threads_of_a_run(environ: Mapping[str, str] = os.environ) -> str:
    """For OMP_NUM_THREADS: the cores shared out among the slots, or what the variable says already."""
    return environ.get("OMP_NUM_THREADS") or str(max(1, usable_cores() // slot_count(environ)))


def threads_of_a_rank(share: str, slots: int, processes: int) -> str:
    """For OMP_NUM_THREADS in each process of a run that has taken `slots`, of which one gives the threads `share`.

    All its processes together have no more threads than its slots; each has one at least.
    """
    of_a_slot = share.partition(",")[0]
    return str(max(1, int(of_a_slot) * slots // processes)) if of_a_slot.isascii() and of_a_slot.isdigit() else "1"
