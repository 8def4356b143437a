"""From the wish to the first point of a curve: a run that is forked beside one that is started, in turns."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psutil

from minimind_tui.base.home import Home
from minimind_tui.content.course import load_course
from minimind_tui.content.roots import bundled_root
from minimind_tui.run import warm_start
from minimind_tui.run.ending import LOG
from minimind_tui.run.launch import start
from minimind_tui.run.request import request_for, validate
from minimind_tui.run.stop import stop
from minimind_tui.run.warm_start import MODULE, ForkServer
from tests.benchmarks import Figure
from tests.benchmarks.screen import opened
from tests.run.code import TRAINS
from tests.terminal.command import command, environment
from tests.terminal.console import Console
from tests.tiny import home_in, tiny_course, until

PAIRS = 5
EXPERIMENTS = ("normalization/gradient-flow", "attention/causal-mask")
BOUND = 0.3


def seconds_to_a_point(runs: Path, began: float) -> float:
    """Seconds from `began` until a step stands in the log of the one run in `runs`."""
    while not any(b'"metric"' in log.read_bytes() for log in runs.glob(f"*/{LOG}")):
        time.sleep(0.002)
    return time.perf_counter() - began


def started(experiment: str) -> float:
    """One run of the course's, from `start` on, to its first point."""
    course = load_course(bundled_root())
    spec = course.experiments[experiment]
    with tempfile.TemporaryDirectory() as folder:
        home = home_in(Path(folder))
        values = validate(spec, {})
        request = request_for(course, spec, values, home, seed=1, full=False, language="en")
        began = time.perf_counter()
        run = start(home, request)
        taken = seconds_to_a_point(home.runs, began)
        stop(home, run)
    return taken


def fork_server(console: Console) -> psutil.Process:
    """The one of the app in this terminal, which begins it when its first screen is drawn."""
    found: list[psutil.Process] = []

    def there() -> bool:
        found[:] = [each for each in psutil.Process(console.pid).children() if MODULE in each.cmdline()]
        return bool(found)

    console.wait(there, "a fork server")
    return found[0]


def waits(server: psutil.Process) -> bool:
    """Whether it has loaded: it has used some time, and uses no more."""
    before = server.cpu_times().user
    time.sleep(1.0)
    return before > 0.5 and server.cpu_times().user == before


def from_the_key(*, warm: bool) -> float:
    """In the app, from `r` to the first point of an experiment that trains."""
    with tempfile.TemporaryDirectory() as folder:
        course = tiny_course(Path(folder) / "course", TRAINS.format(pause=0))
        home = Home.from_environment(environment(Path(folder), "en"))
        with opened(Path(folder), [command(), "--course", str(course), "--trust"]) as console:
            console.wait_for("Press Enter")
            server = fork_server(console)
            if warm:
                console.wait(lambda: waits(server), "a fork server that waits")
            else:
                server.kill()  # while it loads: the app begins no other
            console.press("Enter")
            console.wait_for("1/2")
            console.press("n")
            console.wait_for("2/2", "Press r to run")
            began = time.perf_counter()
            console.press("r")
            taken = seconds_to_a_point(home.runs, began)
            for run in home.runs.iterdir():
                stop(home, run.name)
    return taken


def compared(what: str, how: str, warm: Callable[[], float], cold: Callable[[], float]) -> Figure:
    """The ratio of the two, measured in turns."""
    taken: dict[Callable[[], float], list[float]] = {warm: [], cold: []}
    for turn in range(PAIRS):
        for seconds in (warm, cold) if turn % 2 else (cold, warm):
            taken[seconds].append(seconds())
    ratios = [one / other for one, other in zip(taken[warm], taken[cold], strict=True)]
    medians = f"{statistics.median(taken[warm]):.2f} s against {statistics.median(taken[cold]):.2f} s"
    return Figure(what, statistics.median(ratios), BOUND, "×", f"{how}, in turns; median of {PAIRS} pairs; {medians}")


def measure() -> list[Figure]:
    """The ratios, and what the fork server takes."""
    server = ForkServer()
    server.begin()
    until(server.is_ready, f"a fork server; {server.reason}")
    figures = []

    def offering(offered: ForkServer | None, experiment: str) -> float:
        warm_start.offered = offered
        return started(experiment)

    for experiment in EXPERIMENTS:
        warm, cold = partial(offering, server, experiment), partial(offering, None, experiment)
        what = f"a forked run's first point, `{experiment.partition('/')[2]}`"
        figures.append(compared(what, "from the start of a run, against one in a new process", warm, cold))
    memory = psutil.Process(server.pid).memory_info().rss / 1e6
    figures.append(
        Figure("the process that runs are forked from", memory, 400, "MB", "resident size, after those runs")
    )
    server.close()
    warm, cold = partial(from_the_key, warm=True), partial(from_the_key, warm=False)
    how = "from `r` in the app, with its fork server against without"
    figures.append(compared("from the key to the first point", how, warm, cold))
    return figures
