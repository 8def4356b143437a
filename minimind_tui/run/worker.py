"""The process that runs one experiment: `python -m minimind_tui.run.worker <run folder>`.

It holds the run's lock while it lives, waits for a slot, runs the arms one after another from the same
seed, judges the claims and writes how it ended. It never talks to a screen. In the folder of a run that was
interrupted it goes on where that one stopped.
"""

from __future__ import annotations

import faulthandler
import importlib.util
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any

from minimind_tui.base.files import write_atomically
from minimind_tui.base.home import Home
from minimind_tui.content.course import load_experiment
from minimind_tui.content.files import inside
from minimind_tui.content.roots import bundled_root
from minimind_tui.content.schema import Arm, Experiment
from minimind_tui.run import speed
from minimind_tui.run.checkpoint import Checkpoint, checkpoint_file, remove_torn
from minimind_tui.run.claims import judge
from minimind_tui.run.ending import LOG, STOP_FILE, cause_of, last_output
from minimind_tui.run.launch import LOCK_VARIABLE
from minimind_tui.run.log import Tail, merged
from minimind_tui.run.recorder import Log, Recorder, Settings, StopRequested
from minimind_tui.run.reference import RESULT, reference_of
from minimind_tui.run.request import Request, TextChanged, check_texts, default, read_request
from minimind_tui.run.seeding import seed_all
from minimind_tui.run.slots import wait_for_slot
from minimind_tui.run.speed import DeviceMissing
from minimind_tui.run.summary import Summary
from minimind_tui.run.supervise import supervise

NICENESS = 10
LONGEST_REASON = 2000
"""Characters of an exception's own words: the ending must fit into the room that is set aside for it."""

OOM_SCORE = 500
"""Where memory runs out, Linux ends this process sooner than the learner's shell and editor."""


def main(folder: Path, nicer: int = NICENESS) -> int:
    """Run what the folder's request asks for; 0 when it finished, 1 when it failed, 2 when it was stopped."""
    _prepare_process(nicer)
    log = Log(folder)
    _answer_stops(folder, log)
    try:
        request = read_request(folder)
        if request is None:
            raise ValueError("request.json is missing or unreadable")
        slot = wait_for_slot(_home(folder), folder.name)
        _run(folder, request, log)
        os.close(slot)
        return 0
    except BaseException as error:
        stop, log.stopping = error if isinstance(error, StopRequested) else log.stopping, None
        if stop is not None:
            _end(log, "stopped", how=str(stop))
            return 2
        if isinstance(error, TextChanged | DeviceMissing):  # no mistake in the code: the screen says it in words
            _end(log, "failed", reason=str(error), cause=cause_of(error), log_tail=[])
            return 1
        with suppress(OSError):  # on a full disk there is no room for it
            traceback.print_exc()
        reason = f"{type(error).__name__}: {str(error)[:LONGEST_REASON]}{_place(error.__traceback__)}"
        _end(log, "failed", reason=reason, cause=cause_of(error), log_tail=last_output(folder))
        return 1


def _prepare_process(nicer: int) -> None:
    faulthandler.enable(all_threads=False)  # a crash inside a library leaves where it was in the output
    os.nice(nicer)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with suppress(OSError):  # not Linux, or not allowed
        Path("/proc/self/oom_score_adj").write_text(f"{OOM_SCORE}", encoding="ascii")


def _inherited_lock() -> int | None:
    """The descriptor that holds the run's lock; no program that an experiment starts may inherit it."""
    lock = os.environ.pop(LOCK_VARIABLE, "")
    if not lock:
        return None
    os.set_inheritable(int(lock), False)
    return int(lock)


def _home(folder: Path) -> Home:
    """The home that the run's folder lies in: slots are counted there."""
    found = Home.from_environment()
    return Home(folder.parent.parent, found.cache, found.config)


def _answer_stops(folder: Path, log: Log) -> None:
    """SIGTERM, SIGINT, the stop file and the end of the run's folder raise StopRequested in the experiment."""
    stop_file = folder / STOP_FILE

    def stop(_: int, __: object) -> None:
        _ignore_stops()
        log.stop(StopRequested("asked" if stop_file.exists() else "terminated"))

    def watch() -> None:
        while folder.is_dir() and not stop_file.exists():
            time.sleep(0.25)
        os.kill(os.getpid(), signal.SIGTERM)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    threading.Thread(target=watch, name="stop-file", daemon=True).start()


def _ignore_stops() -> None:
    """One request is enough, and at the end it is too late for one."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)


def _run(folder: Path, request: Request, log: Log) -> None:
    course = Path(request.course_root)
    source = inside(course, f"experiments/{request.experiment}.py")
    experiment = load_experiment(source.with_suffix(".toml"))
    check_texts(request, _home(folder).corpora)
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
    for root in (bundled_root(), course):
        sys.path.insert(0, str(root))
    module = _load(source)
    # A run of an older version does not name what its experiment has learned to vary since: it had the default.
    defaults = {each.name: default(each, request.full, request.language) for each in experiment.parameters}

    @cache
    def measure() -> speed.Measured:
        return speed.measured(_home(folder).cache)[1]

    for arm in _open_arms(experiment, earlier):
        values: dict[str, Any] = {**defaults, **request.parameters, **arm.set}
        file = checkpoint_file(folder, arm.id)
        remove_torn(file)
        checkpoint = Checkpoint(file, log.flush)
        record = Recorder(log, arm.id, checkpoint)
        if checkpoint.step is None or arm.id not in earlier.arms:
            decided = speed.decided(values, measure)
            values |= decided
            log.event("arm", arm=arm.id, settings=values)
            if any(name in values for name in speed.PARAMETERS):
                told = speed.in_words(values, measure() if decided else None)
                record.note(told.zh, told.en)
        else:
            values |= speed.as_it_began(values, earlier.arms[arm.id].settings)
        seed_all(request.seed)
        module.run(Settings({**values, "seed": request.seed, "full": request.full}), record)
    _conclude(folder, experiment, log)


def _open_arms(experiment: Experiment, earlier: Summary) -> Iterator[Arm]:
    """The arms that an interrupted run has not finished: all from the last one that it began; of a new run, all."""
    begun = [index for index, arm in enumerate(experiment.arms) if arm.id in earlier.arms]
    yield from experiment.arms[max(begun, default=0) :]


def _threads() -> int:
    """The threads that OpenMP may use: its variable may hold a list, one number for each level."""
    first = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0]
    return int(first) if first.isascii() and first.isdigit() else 1


def _load(source: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("experiment", source)
    if spec is None or spec.loader is None:
        raise ImportError(f"cannot load {source}")
    module = importlib.util.module_from_spec(spec)
    sys.modules["experiment"] = module
    spec.loader.exec_module(module)
    return module


def _fold(folder: Path) -> Summary:
    """What the log says until now."""
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
    _ignore_stops()
    log.raise_if_stopping()
    log.end("finished", seconds=round(summary.seconds(time.time()), 3))


def _end(log: Log, kind: str, **fields: Any) -> None:
    try:
        log.end(kind, **fields)
    except OSError as error:
        with suppress(OSError):
            print(f"the ending could not be written: {error}", file=sys.stderr)


def _place(trace: TracebackType | None) -> str:
    """Where in the experiment's own file it happened."""
    frames = [frame for frame in traceback.extract_tb(trace) if "/experiments/" in frame.filename]
    return f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""


def start(folder: Path, lock: int | None, nicer: int = NICENESS) -> int:
    """Run it under a process that outlives it and holds `lock`, at a priority lower than this process's by `nicer`."""
    return supervise(folder, lock, lambda: main(folder, nicer))


if __name__ == "__main__":
    sys.exit(start(Path(sys.argv[1]), _inherited_lock()))
