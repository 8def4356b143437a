"""The app keeps a process ready that runs are forked from; it is gone with the app, however that ends."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable

import psutil
import pytest

from minimind_tui.run.lock import processes
from minimind_tui.run.stop import stop
from minimind_tui.run.warm_start import MODULE
from tests.terminal.console import Console
from tests.terminal.learner import Learner, is_alive
from tests.tiny import until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how many threads a process has")


def servers(learner: Learner) -> list[psutil.Process]:
    """The fork servers of a learner's apps."""
    return [process for process in learner.processes() if MODULE in process.cmdline() and not over_a_run(process)]


def over_a_run(process: psutil.Process) -> bool:
    """Whether a process that was forked is a run's: such a one works in the run's folder."""
    return process.cwd() != "/"


def loaded(server: psutil.Process) -> bool:
    """Whether it has no more to do: it waits, and a look later it has used no more time."""
    before = server.cpu_times().user
    return bool(before > 0.5 and server.status() == psutil.STATUS_SLEEPING and server.cpu_times().user == before)


@pytest.mark.parametrize(
    "leave",
    [
        lambda console: console.press("q"),
        lambda console: os.kill(console.pid, signal.SIGHUP),
        lambda console: os.kill(console.pid, signal.SIGKILL),
    ],
    ids=["by key", "hung up", "killed"],
)
def test_it_comes_with_the_first_screen_and_goes_with_the_app(
    learner: Learner, leave: Callable[[Console], object]
) -> None:
    with learner.console() as console:
        console.wait_for("Press Enter to start")
        console.wait(lambda: len(servers(learner)) == 1, "its fork server")
        app = learner.app()
        leave(console)
        console.wait(lambda: not is_alive(app), "the end of the app")
    until(lambda: not learner.processes(), "nothing that is left")


def test_a_run_is_forked_from_it_and_goes_on_without_the_app(learner: Learner) -> None:
    with learner.console() as console:
        console.wait_for("Press Enter to start")
        console.wait(lambda: len(servers(learner)) == 1, "its fork server")
        (server,) = servers(learner)
        console.wait(lambda: loaded(server), "one that has loaded")
        console.pump(1.0)
        view = learner.begin(console)
        over, _ = processes(view.folder)
        assert psutil.Process(over).ppid() == server.pid
        os.kill(console.pid, signal.SIGKILL)
    until(lambda: not is_alive(server), "its end")
    learner.only_the_run_is_left(view)
    assert stop(learner.home, view.run_id)
