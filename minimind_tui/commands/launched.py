"""`run` as one of several ranks, where torchrun or srun has started it: which it is, and what it then does."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import NoReturn

import msgspec

from minimind_tui.base.home import Home
from minimind_tui.base.text import Text
from minimind_tui.commands.common import UsageError
from minimind_tui.content.schema import MOST_PROCESSES, Experiment
from minimind_tui.run.launched import Place, place_of, threads_of
from minimind_tui.run.request import Request, processes_of, read_request


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
                f"让它启动 {wanted} 个（torchrun 用 --nproc-per-node，srun 用 --ntasks），或者不用启动器直接运行。",
                en=f"An arm of {experiment.id} wants {wanted} processes, and the launcher has started {place.size}. "
                f"Let it start {wanted} (torchrun --nproc-per-node, srun --ntasks), or run it without the launcher.",
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


def refuse_launcher(home: Home, run_id: str) -> None:
    """A run goes on by itself, with as many ranks as it had, which its worker starts. Raises UsageError."""
    place = place_of(os.environ)
    if place is not None and place.size > 1:
        raise UsageError(
            Text(
                zh=f"resume 不用启动器：它自己会再启动同样多的进程。直接运行：minimind-tui resume {run_id}",
                en="resume needs no launcher: it starts as many processes again by itself. Run it alone: "
                f"minimind-tui resume {run_id}",
            )
        )
    request = read_request(home.runs / run_id)
    if request is not None and (request.processes or 1) > MOST_PROCESSES:
        raise UsageError(
            Text(
                zh=f"{run_id} 用了启动器的 {request.processes} 个进程；一台机器上最多接着跑 {MOST_PROCESSES} 个。"
                f"用启动器从头再跑：minimind-tui run {request.experiment}",
                en=f"{run_id} had {request.processes} processes of a launcher; on one machine it can go on with "
                f"{MOST_PROCESSES} at most. To start anew, by the launcher: minimind-tui run {request.experiment}",
            )
        )
