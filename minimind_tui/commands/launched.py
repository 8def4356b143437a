"""`run` as one of several ranks, where torchrun or srun has started it: which it is, and what it then does."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import NoReturn

import msgspec

from minimind_tui.base.text import Text
from minimind_tui.commands.common import UsageError
from minimind_tui.content.schema import Experiment
from minimind_tui.run.launched import Place, place_of, threads_of
from minimind_tui.run.request import Request, processes_of


def launched(experiment: Experiment, environ: Mapping[str, str] = os.environ) -> Place | None:
    """The place of this process among those of a launcher; None where it is alone, and runs as it always does.

    Raises UsageError for several processes and an experiment that is written for one.
    """
    place = place_of(environ)
    if place is None or experiment.is_distributed:
        return place
    if place.size == 1:
        return None
    raise UsageError(
        Text(
            zh=f"{experiment.id} 只用一个进程，启动器却启动了 {place.size} 个，每个都会把它从头跑一遍。"
            f"不用启动器，直接运行：minimind-tui run {experiment.id}",
            en=f"{experiment.id} computes in one process, and the launcher has started {place.size}: "
            f"each would run all of it. Run it without the launcher: minimind-tui run {experiment.id}",
        )
    )


def with_place(request: Request, experiment: Experiment, place: Place) -> Request:
    """The request on as many processes as the launcher has started. Raises UsageError where an arm wants more."""
    request = msgspec.structs.replace(request, processes=place.size)
    wanted = max(processes_of(experiment, request, arm) for arm in experiment.arms)
    if wanted > place.size:
        raise UsageError(
            Text(
                zh=f"{experiment.id} 有一组要 {wanted} 个进程，启动器只启动了 {place.size} 个。"
                f"让它启动 {wanted} 个：torchrun 用 --nproc-per-node，srun 用 --ntasks。",
                en=f"An arm of {experiment.id} wants {wanted} processes, and the launcher has started {place.size}. "
                f"Let it start {wanted}: torchrun --nproc-per-node, srun --ntasks.",
            )
        )
    return request


def enter(place: Place) -> None:
    """Let what this process starts know its place, by the names that PyTorch reads."""
    os.environ.update(place.environment(), OMP_NUM_THREADS=threads_of(place, os.environ))


def become_rank(request: Request) -> NoReturn:
    """Be a rank other than 0 from here on, in this same process: a launcher's signals reach it."""
    sys.stdout.flush()
    sys.stderr.flush()
    command = [sys.executable, "-P", "-m", "minimind_tui.run.rank", request.course_root]
    os.execv(sys.executable, command)
