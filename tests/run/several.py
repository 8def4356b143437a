"""Experiments of several processes: one that adds up, one of which a rank breaks, one that ends by SIGKILL alone."""

from __future__ import annotations

from pathlib import Path

from minimind_tui.run.watch import RunView
from tests.tiny import SPEC, tiny_course

TWO = SPEC.replace("seconds = 1", "seconds = 1\nprocesses = 2")
BY_ARM = SPEC.replace('name = "by"', 'name = "processes"').replace("by =", "processes =")

ADDS = """
import os, torch, torch.distributed as dist
from pathlib import Path
from minimind_tui.base.files import is_locked
from minimind_tui.nn.ranks import rank, world_size
def run(settings, record):
    record.plan(settings.steps)
    for step in range(1, settings.steps + 1):
        total = torch.tensor(float(rank() + 1))
        dist.all_reduce(total)
        record.metric(step, total=total, own=rank(), size=world_size(), said=settings.processes)
    slots = sum(is_locked(slot) for slot in Path("../../slots").glob("*"))
    record.metric(step + 1, threads=torch.get_num_threads(), slots=slots)
    record.note(f"第 {rank()} 个", f"rank {rank()} of {os.environ['WORLD_SIZE']}")
"""

BREAKS = """
import os, signal, time, torch, torch.distributed as dist
def run(settings, record):
    if dist.get_rank() == 1:
        {breaks}
    {rank_0}
"""

DEAF = """
import json, signal, time
from minimind_tui.nn.ranks import rank
def run(settings, record):
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    time.sleep(0.5 * rank())  # rank 0 has written its checkpoint by then
    first = (record.checkpoint.step or 0) + 1
    for step in range(first, settings.steps + 1):
        record.metric(step, total=settings.by * step, first=first)
        if step == 3:
            header = json.dumps({"__metadata__": {"step": "3", "rank": str(rank())}}).encode()
            record.checkpoint.write(len(header).to_bytes(8, "little") + header)
        while step == 5 and first == 1:
            time.sleep(0.05)
"""


def course_of(folder: Path, code: str, spec: str = TWO) -> Path:
    """The tiny course whose experiment is written for several processes."""
    course = tiny_course(folder, code)
    (course / "experiments/small/count.toml").write_text(spec, encoding="utf-8")
    return course


def last(view: RunView, arm: str, rank: int, metric: str) -> float:
    """The last value of a metric in a rank's lane."""
    recorded = view.summary.arms[arm]
    return (recorded.lanes[rank] if rank else recorded).metrics[metric].last


def deaf_and_waiting(view: RunView) -> bool:
    """Whether both ranks have come to where they stay for ever."""
    view.poll()
    arm = view.summary.arms.get("ones")
    return arm is not None and arm.step == 5 and 1 in arm.lanes and arm.lanes[1].step == 5
