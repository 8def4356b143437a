"""The process that runs one experiment: `python -m minimind_tui.run.worker <run folder>`.

It holds the run's lock while it lives, waits for a slot, runs the arms one after another from the same
seed, judges the claims and writes how it ended. It never talks to a screen.
"""

from __future__ import annotations

import importlib.util
import os
import random
import signal
import sys
import threading
import time
import traceback
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any

from minimind_tui.content.course import inside, load_experiment
from minimind_tui.content.roots import bundled_root
from minimind_tui.content.schema import Experiment
from minimind_tui.home import Home
from minimind_tui.run.claims import judge
from minimind_tui.run.launch import LOCK_VARIABLE
from minimind_tui.run.log import Tail
from minimind_tui.run.recorder import Log, Recorder, Settings, StopRequested
from minimind_tui.run.request import Request, read_request
from minimind_tui.run.slots import wait_for_slot
from minimind_tui.run.summary import Summary

STOP_FILE = "stop"
NICENESS = 10
LOG_LINES = 20


def main(folder: Path) -> int:
    """Run what the folder's request asks for; 0 when it finished, 1 when it failed, 2 when it was stopped."""
    _prepare_process()
    log = Log(folder / "events.jsonl")
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
        traceback.print_exc()
        reason = f"{type(error).__name__}: {error}{_place(error.__traceback__, folder)}"
        _end(log, "failed", reason=reason, log_tail=_log_tail(folder))
        return 1


def _prepare_process() -> None:
    lock = os.environ.pop(LOCK_VARIABLE, "")
    if lock:
        os.set_inheritable(int(lock), False)
    os.nice(NICENESS)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


def _home(folder: Path) -> Home:
    """The home that the run's folder lies in: slots are counted there."""
    found = Home.from_environment()
    return Home(folder.parent.parent, found.cache, found.config)


def _answer_stops(folder: Path, log: Log) -> None:
    """SIGTERM, SIGINT and the stop file raise StopRequested in the experiment."""
    stop_file = folder / STOP_FILE

    def stop(_: int, __: object) -> None:
        _ignore_stops()
        log.stop(StopRequested("asked" if stop_file.exists() else "terminated"))

    def watch() -> None:
        while not stop_file.exists():
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
    begun = time.monotonic()
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
    for arm in experiment.arms:
        values: dict[str, Any] = {**request.parameters, **arm.set}
        log.event("arm", arm=arm.id, settings=values)
        _seed(request.seed)
        module.run(Settings({**values, "seed": request.seed, "full": request.full}), Recorder(log, arm.id))
    _judge(folder, experiment, log)
    _ignore_stops()
    log.raise_if_stopping()
    log.event("finished", seconds=round(time.monotonic() - begun, 3))
    log.close()


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


def _seed(seed: int) -> None:
    """Every arm starts from the same random state, in each library that the experiment has loaded."""
    random.seed(seed)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(seed % 2**32)
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(seed)


def _judge(folder: Path, experiment: Experiment, log: Log) -> None:
    log.flush()
    summary = Summary()
    for event in Tail(folder / "events.jsonl").events():
        summary.apply(event)
    for result in judge(experiment, summary):
        log.event("claim", id=result.id, verdict=result.verdict, values=result.values)


def _end(log: Log, kind: str, **fields: Any) -> None:
    try:
        log.event(kind, **fields)
        log.close()
    except OSError as error:
        print(f"the ending could not be written: {error}", file=sys.stderr)


def _place(trace: TracebackType | None, folder: Path) -> str:
    """Where in the experiment's own file it happened."""
    frames = [frame for frame in traceback.extract_tb(trace) if "/experiments/" in frame.filename]
    return f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""


def _log_tail(folder: Path) -> list[str]:
    try:
        with (folder / "worker.log").open("rb") as file:
            file.seek(max(0, file.seek(0, 2) - 8192))
            return file.read().decode("utf-8", "replace").splitlines()[-LOG_LINES:]
    except OSError:
        return []


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
