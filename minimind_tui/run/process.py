"""The manners of a process that runs an experiment: it stands back for others, and answers a request to stop."""

from __future__ import annotations

import faulthandler
import os
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path

from minimind_tui.run.ending import OUTPUT, STOP_FILE
from minimind_tui.run.log_writer import Log, StopRequested

NICENESS = 10

MOST_PRINTED = 5_000_000
"""Bytes of what is printed; past that it begins anew, so that a print in every step does not fill the disk."""

OOM_SCORE = 500
"""Where memory runs out, Linux ends this process sooner than the learner's shell and editor."""


def prepare_process() -> None:
    """Stand back: a low priority, no end with the terminal, the first to go where memory runs out."""
    faulthandler.enable(all_threads=False)  # a crash inside a library leaves where it was in the output
    os.nice(max(0, NICENESS - os.nice(0)))  # a run that another one has started is no nicer than that
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with suppress(OSError):  # not Linux, or not allowed
        Path("/proc/self/oom_score_adj").write_text(f"{OOM_SCORE}", encoding="ascii")


def answer_stops(folder: Path, log: Log) -> None:
    """SIGTERM, SIGINT, the stop file and the end of the run's folder raise StopRequested in the experiment.

    Where the log names a reason already, that one is raised. What is printed is kept short meanwhile.
    """
    stop_file = folder / STOP_FILE

    def stop(_: int, __: object) -> None:
        ignore_stops()
        log.stop(log.stopping or StopRequested("asked" if stop_file.exists() else "terminated"))

    def watch() -> None:
        while folder.is_dir() and not stop_file.exists():
            keep_short(folder / OUTPUT)
            time.sleep(0.25)
        os.kill(os.getpid(), signal.SIGTERM)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    threading.Thread(target=watch, name="stop-file", daemon=True).start()


def keep_short(output: Path) -> None:
    """Empty the file of what is printed where it has become long; whoever prints appends to it."""
    with suppress(OSError):
        if output.stat().st_size > MOST_PRINTED:
            output.write_text("[what was printed before this is not kept]\n", encoding="utf-8")


def ignore_stops() -> None:
    """One request is enough, and at the end it is too late for one."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
