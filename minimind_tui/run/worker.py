"""The process that runs one experiment: `python -m minimind_tui.run.worker <run folder>`.

It holds the run's lock while it lives, waits for a slot, runs the arms one after another from the same
seed, judges the claims and writes how it ended. It never talks to a screen. In the folder of a run that was
interrupted it goes on where that one stopped.
"""

from __future__ import annotations

import os
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from functools import cache, partial
from pathlib import Path
from typing import Any

import msgspec

from minimind_tui.base.files import write_atomically
from minimind_tui.base.home import Home
from minimind_tui.content.course import load_experiment
from minimind_tui.content.files import inside
from minimind_tui.content.schema import PROCESSES, Arm, Experiment
from minimind_tui.run import speed
from minimind_tui.run.checkpoint import Checkpoint, checkpoint_file, remove_torn
from minimind_tui.run.claims import judge
from minimind_tui.run.ending import LOG, cause_of, last_output
from minimind_tui.run.launch import LOCK_VARIABLE
from minimind_tui.run.loading import load, reason
from minimind_tui.run.log import Tail, merged
from minimind_tui.run.log_writer import Log, StopRequested
from minimind_tui.run.model_parameters import check_models
from minimind_tui.run.own_code import left_out, written
from minimind_tui.run.process import answer_stops, ignore_stops, prepare_process
from minimind_tui.run.ranks import Loan, RankFailed, Team, Turn, team_of
from minimind_tui.run.recorder import Recorder, Settings
from minimind_tui.run.reference import RESULT, reference_of
from minimind_tui.run.request import (
    CannotBegin,
    Request,
    TextChanged,
    check_texts,
    processes_of,
    read_request,
    settings_of,
)
from minimind_tui.run.seeding import seed_all
from minimind_tui.run.slots import Slots
from minimind_tui.run.speed import DeviceMissing
from minimind_tui.run.summary import Summary
from minimind_tui.run.supervise import supervise
from minimind_tui.run.workshop import Workshop


def main(folder: Path) -> int:
    """Run what the folder's request asks for; 0 when it finished, 1 when it failed, 2 when it was stopped."""
    prepare_process()
    log = Log(folder)
    answer_stops(folder, log)
    try:
        request = read_request(folder)
        if request is None:
            raise ValueError("request.json is missing or unreadable")
        experiment = load_experiment(_source(request).with_suffix(".toml"))
        team = team_of(folder, request, experiment, log, partial(_say_failed, folder, log))
        slots = Slots(Home.of_run(folder), folder.name, team.size_here if team else 1)
        taken = slots.take()
        if team:
            team.share_threads(taken)
        _run(folder, request, experiment, log, team, slots)
        slots.give_back()
        return 0
    except BaseException as error:
        stop, log.stopping = error if isinstance(error, StopRequested) else log.stopping, None
        if isinstance(stop, RankFailed):
            _say_failed(folder, log, stop)
            return 1
        if stop is not None:
            _end(log, "stopped", how=str(stop))
            return 2
        if isinstance(
            error, TextChanged | DeviceMissing | CannotBegin
        ):  # no mistake in the code: the screen says it in words
            _end(log, "failed", reason=str(error), cause=cause_of(error), log_tail=[])
            return 1
        with suppress(OSError):  # on a full disk there is no room for it
            traceback.print_exc()
        _end(log, "failed", reason=reason(error), cause=cause_of(error), log_tail=last_output(folder))
        return 1


def _inherited_lock() -> int | None:
    """The descriptor that holds the run's lock; no program that an experiment starts may inherit it."""
    lock = os.environ.pop(LOCK_VARIABLE, "")
    if not lock:
        return None
    os.set_inheritable(int(lock), False)
    return int(lock)


def _source(request: Request) -> Path:
    """The experiment's code; its spec lies beside it."""
    return inside(Path(request.course_root), f"experiments/{request.experiment}.py")


def _run(folder: Path, request: Request, experiment: Experiment, log: Log, team: Team | None, slots: Slots) -> None:
    check_texts(request, Home.of_run(folder).corpora)
    check_models(request, Home.of_run(folder))
    earlier = _fold(folder)
    if earlier.started_at is None:
        log.event(
            "started",
            experiment=request.experiment,
            seed=request.seed,
            parameters=request.parameters,
            full=request.full,
            pid=os.getpid(),
            threads=_threads(),
            arms=[arm.id for arm in experiment.arms],
        )
    with team or nullcontext():
        _run_arms(folder, request, experiment, log, team, slots, earlier)
    _conclude(folder, experiment, log)


def _run_arms(
    folder: Path,
    request: Request,
    experiment: Experiment,
    log: Log,
    team: Team | None,
    slots: Slots,
    earlier: Summary,
) -> None:
    module = load(_source(request), Path(request.course_root))

    def seconds() -> float:
        log.flush()
        return _fold(folder).seconds(time.time())

    workshop = Workshop(folder, Home.of_run(folder), request, experiment, log, slots, seconds)

    @cache
    def measure() -> speed.Measured:
        return speed.measured(Home.of_run(folder).cache)[1]

    for arm in _open_arms(experiment, earlier):
        values: dict[str, Any] = settings_of(experiment, request, arm)
        file = checkpoint_file(folder, arm.id)
        remove_torn(file)
        checkpoint = Checkpoint(file, log.flush)
        record = Recorder(log, arm.id, checkpoint, workshop)
        if checkpoint.step is None or arm.id not in earlier.arms:
            decided = speed.decided(values, measure)
            values |= decided
            log.event("arm", arm=arm.id, settings=values)
            if any(name in values for name in speed.PARAMETERS):
                told = speed.in_words(values, measure() if decided else None)
                record.note(told.zh, told.en)
            _say_launched(experiment, request, arm, record)
        else:
            values |= speed.as_it_began(values, earlier.arms[arm.id].settings)
        given = workshop.given(arm.id, values)
        values |= {"seed": request.seed, "full": request.full}
        if experiment.exercises:
            home = Home.of_run(folder)
            values |= {"own": written(request, home), "left_out": left_out(experiment, request, home)}
        loans = {name: Loan.of(artifact) for name, artifact in given.items()}
        with team.lead(Turn(arm.id, values, values[PROCESSES], loans)) if team else nullcontext():
            seed_all(request.seed)
            module.run(Settings({**values, **given}), record)
    if team:
        team.dismiss()


def _say_launched(experiment: Experiment, request: Request, arm: Arm, record: Recorder) -> None:
    """Say that a launcher has decided the number of processes, where the experiment or the learner says another."""
    own = processes_of(experiment, msgspec.structs.replace(request, processes=None), arm)
    there = processes_of(experiment, request, arm)
    if own != there:
        record.note(
            f"启动器启动了 {there} 个进程，就用 {there} 个，而不是 {own} 个。",
            f"The launcher has started {there} processes: it runs on these, not on {own}.",
        )


def _open_arms(experiment: Experiment, earlier: Summary) -> Iterator[Arm]:
    """The arms that remain to be run: of an interrupted run, the last one begun and those after it; else all."""
    begun = [index for index, arm in enumerate(experiment.arms) if arm.id in earlier.arms]
    yield from experiment.arms[max(begun, default=0) :]


def _threads() -> int:
    """The threads that OpenMP may use: its variable may hold a list, one number for each level."""
    first = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0]
    return int(first) if first.isascii() and first.isdigit() else 1


def _fold(folder: Path) -> Summary:
    """The summary of the log so far."""
    summary = Summary()
    for event in merged(Tail(folder / LOG).events()):
        summary.apply(event)
    return summary


def _conclude(folder: Path, experiment: Experiment, log: Log) -> None:
    """Judge the claims, keep the result in short, and say that the run has finished."""
    log.flush()
    summary = _fold(folder)
    summary.claims = judge(experiment, summary)
    for result in summary.claims:
        log.event("claim", id=result.id, verdict=result.verdict, values=result.values)
    write_atomically(folder / RESULT, reference_of(summary))
    for arm in experiment.arms:
        checkpoint_file(folder, arm.id).unlink(missing_ok=True)
    ignore_stops()
    log.raise_if_stopping()
    log.end("finished", seconds=round(summary.seconds(time.time()), 3))


def _say_failed(folder: Path, log: Log, failure: RankFailed) -> None:
    """Another rank has ended before its time: the run ends with its reason."""
    _end(log, failure.kind, reason=str(failure), cause=failure.cause, log_tail=last_output(folder))


def _end(log: Log, kind: str, **fields: Any) -> None:
    try:
        log.end(kind, **fields)
    except OSError as error:
        with suppress(OSError):
            print(f"the ending could not be written: {error}", file=sys.stderr)


def start(folder: Path, lock: int | None) -> int:
    """Run `main` for `folder` under a supervisor that holds `lock`; returns its exit status."""
    return supervise(folder, lock, lambda: main(folder))


if __name__ == "__main__":
    sys.exit(start(Path(sys.argv[1]), _inherited_lock()))
