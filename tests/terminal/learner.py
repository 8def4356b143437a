"""A learner whose run goes on: what is pressed to begin it, and what is left on the machine afterwards.

Shared by the tests in which a terminal goes away, over SSH or not.
"""

from __future__ import annotations

import os
import shlex
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from minimind_tui.base.home import Home
from minimind_tui.run.runs import list_runs
from minimind_tui.run.watch import RunView
from tests.terminal.command import command, environment
from tests.terminal.console import Console
from tests.tiny import home_in, tiny_course, until

COUNTS = """
import time
def run(settings, record):
    record.plan(STEPS)
    for step in range(1, STEPS + 1):
        record.metric(step, total=step * settings.by)
        time.sleep(0.02)
"""
FEW, MANY = 100, 1_000_000
"""Steps of an arm: two seconds, and more than any test waits for."""
PROMPTLY = float(os.environ.get("MINIMIND_TUI_TEST_PROMPTLY", "1.0"))
"""Seconds in which the app must be gone once its terminal is. More only for a machine that is busy otherwise."""
TICK = 1 / os.sysconf("SC_CLK_TCK")
SIZE = (120, 40)


@dataclass(frozen=True)
class Learner:
    """One learner's folder, and a course with an experiment of as many steps as asked for."""

    folder: Path
    course: Path

    def prepare(self, steps: int) -> None:
        """Write the course."""
        self.folder.mkdir(exist_ok=True)
        tiny_course(self.course, COUNTS.replace("STEPS", str(steps)))

    @property
    def environment(self) -> dict[str, str]:
        """What a fresh login has."""
        return environment(self.folder, "en")

    @property
    def home(self) -> Home:
        """Where the app keeps this learner's things."""
        return home_in(Path(self.environment["MINIMIND_TUI_HOME"]))

    @property
    def arguments(self) -> list[str]:
        """The command that opens the course."""
        return [command(), "--course", str(self.course), "--trust"]

    @property
    def line(self) -> str:
        """The same for a shell that has another environment, which it replaces."""
        kept = (f"{name}={value}" for name, value in self.environment.items() if name != "TERM")
        return "exec " + shlex.join(["env", *kept, *self.arguments])

    def console(self, arguments: list[str] | None = None) -> Console:
        """A terminal with the app in it, or with another command."""
        columns, rows = SIZE
        return Console(arguments or self.arguments, columns=columns, rows=rows, environment=self.environment)

    def begin(self, console: Console) -> RunView:
        """By keys, from the home screen to a run in its first arm; that run."""
        console.wait_for("Press Enter to start")
        console.press("Enter")
        console.wait_for("1/2")
        console.press("n")
        console.wait_for("2/2", "Press r to run")
        console.press("r")
        console.wait_for("▸ ones", "s stops")
        (run,) = list_runs(self.home)
        view = RunView(self.home, run.id)
        console.wait(lambda: steps_of(view) > 0, "a first step in the log")
        assert view.state == "running"
        return view

    def processes(self) -> list[psutil.Process]:
        """Every process that lives with this learner's home."""
        mine = self.environment["MINIMIND_TUI_HOME"]
        found = psutil.process_iter(["environ"])
        return [p for p in found if (p.info["environ"] or {}).get("MINIMIND_TUI_HOME") == mine and is_alive(p)]

    def app(self) -> psutil.Process:
        """The process that draws the screen."""
        (found,) = (process for process in self.processes() if command() in process.cmdline())
        return found

    def only_the_run_is_left(self, view: RunView) -> None:
        """What lives on is the run's, takes further steps, and only the worker itself uses the processor for it."""
        session = os.getsid(view.summary.pid)
        until(lambda: all(_session(process) in (session, None) for process in self.processes()), "the run alone")
        left = self.processes()
        assert view.summary.pid in [process.pid for process in left], "the worker"
        others = [process for process in left if process.pid != view.summary.pid]
        used, begun = seconds_used(others), time.monotonic()
        goes_on(view)
        assert seconds_used(others) - used < 0.1 * (time.monotonic() - begun) + TICK, f"busy: {others}"


def _session(process: psutil.Process) -> int | None:
    """The session that a process is in; None where it has ended meanwhile."""
    try:
        return os.getsid(process.pid)
    except ProcessLookupError:
        return None


def seconds_used(processes: list[psutil.Process]) -> float:
    """Processor time that those of `processes` which live have used."""
    times = [process.cpu_times() for process in processes if is_alive(process)]
    return float(sum(used.user + used.system for used in times))


def is_alive(process: psutil.Process) -> bool:
    """Whether a process runs or waits; one that only waits to be reaped does not."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def gone_promptly(process: psutil.Process, console: Console | None = None) -> None:
    """Wait for the end of a process, which must be near; draw what it still writes, where there is a terminal."""

    def gone() -> bool:
        if console is not None:
            console.pump(0.01)
        return not is_alive(process)

    try:
        until(gone, "the end of the app", deadline=PROMPTLY)
    except AssertionError as error:
        raise AssertionError(f"{error}: {process}, CPU {process.cpu_percent(0.5):.0f} %") from None


def steps_of(view: RunView) -> int:
    """The steps that the log holds, of all arms."""
    view.poll()
    return sum(len(arm.metrics["total"]) for arm in view.summary.arms.values() if "total" in arm.metrics)


def goes_on(view: RunView) -> None:
    """Wait for steps that the log does not hold yet."""
    before = steps_of(view)
    until(lambda: steps_of(view) > before, f"a step after {before}")
    assert view.state in ("running", "finished")


def is_whole(view: RunView, steps: int) -> None:
    """The log of a finished run holds every step of both arms."""
    assert {name: list(arm.metrics["total"].steps) for name, arm in view.summary.arms.items()} == {
        "ones": list(range(1, steps + 1)),
        "twos": list(range(1, steps + 1)),
    }
    assert view.summary.arms["twos"].metrics["total"].last == 2 * steps
    assert view.summary.unreadable == 0
