"""A terminal goes away, or the app is told to: it ends at once, and the run goes on without it."""

from __future__ import annotations

import os
import select
import shlex
import signal
import termios
from collections.abc import Callable
from functools import partial

import psutil
import pytest

from minimind_tui.run.watch import RunView
from tests.terminal.console import KEYS, Console
from tests.terminal.learner import FEW, Learner, gone_promptly
from tests.tiny import seen, until

pytestmark = pytest.mark.alone

HANGUP_IGNORED = 'trap "" HUP; exec '
"""What `nohup` does, and what some window managers leave to the programs that they start."""
SCREENS_AHEAD = 60
"""More than any program keeps for a terminal that takes nothing."""


def close_window(console: Console) -> None:
    """The terminal's window is closed: nobody holds the master any more."""
    console.window.close()


def send(number: signal.Signals, console: Console) -> None:
    """The program is told to end, and its terminal stays."""
    os.kill(console.pid, number)


def terminal_of(process: psutil.Process) -> str:
    """The device file of its terminal. psutil knows only of those that were there when it was asked first."""
    return os.readlink(f"/proc/{process.pid}/fd/0")


def leave_unread(console: Console, app: psutil.Process) -> None:
    """Have the screen drawn again and again, and read none of it, until the terminal has long been full.

    So it is behind a connection that hangs, before it is given up.
    """
    terminal = os.open(terminal_of(app), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
    refused = 0

    def full() -> bool:
        nonlocal refused
        console.child.send(KEYS["Ctrl+L"])
        refused = 0 if select.select([], [terminal], [], 0)[1] else refused + 1
        return refused > SCREENS_AHEAD

    try:
        until(full, "a full terminal")
    finally:
        os.close(terminal)


def status_of(console: Console) -> int:
    """The exit status of the program, once it is gone."""
    until(lambda: not console.child.isalive(), "an exit status")
    return console.wait_exit()


@pytest.mark.parametrize("shell", ["", HANGUP_IGNORED], ids=["as started by a shell", "with hangups ignored"])
def test_a_closed_window_ends_the_app_and_not_the_run(learner: Learner, shell: str) -> None:
    with learner.console(["/bin/sh", "-c", shell + shlex.join(learner.arguments)] if shell else None) as console:
        view = learner.begin(console)
        app = learner.app()
        close_window(console)
        gone_promptly(app)
        learner.only_the_run_is_left(view)
        assert status_of(console) == 128 + signal.SIGHUP


@pytest.mark.parametrize(
    ("end", "status"),
    [(close_window, 129), (partial(send, signal.SIGHUP), 129), (partial(send, signal.SIGTERM), 143)],
    ids=["closed", "SIGHUP", "SIGTERM"],
)
def test_a_terminal_that_takes_nothing_more_does_not_hold_the_app(
    learner: Learner, end: Callable[[Console], None], status: int
) -> None:
    with learner.console() as console:
        view = learner.begin(console)
        app = learner.app()
        leave_unread(console, app)
        end(console)
        gone_promptly(app)
        learner.only_the_run_is_left(view)
        assert status_of(console) == status


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_a_signal_ends_the_app_in_order_and_not_the_run(learner: Learner, number: signal.Signals) -> None:
    with learner.console() as console:
        modes = termios.tcgetattr(console.child.child_fd)
        view = learner.begin(console)
        assert termios.tcgetattr(console.child.child_fd) != modes, "a program that draws takes single keys"
        app = learner.app()
        send(number, console)
        gone_promptly(app, console)
        assert termios.tcgetattr(console.child.child_fd) == modes, "as the terminal was before"
        assert status_of(console) == 128 + number
    assert console.written.rfind(b"\x1b[?1049l") > console.written.rfind(b"\x1b[?1049h"), "the first screen again"
    assert console.written.rfind(b"\x1b[?25h") > console.written.rfind(b"\x1b[?25l"), "with its cursor"
    learner.only_the_run_is_left(view)


def stopped(learner: Learner, console: Console) -> tuple[RunView, psutil.Process]:
    """A run that goes on, and the app that began it, stopped from its shell."""
    console.press(f"{shlex.join(learner.arguments)}\r")
    view = learner.begin(console)
    app = learner.app()
    console.press("Ctrl+Z")
    console.wait_for("Stopped")
    until(lambda: app.status() == psutil.STATUS_STOPPED, "a stopped app")
    return view, app


def test_a_window_closed_over_a_stopped_app_ends_it(learner: Learner) -> None:
    with learner.console(["/bin/bash", "--norc", "-i"]) as console:
        view, app = stopped(learner, console)
        shell = psutil.Process(console.pid)
        close_window(console)
        gone_promptly(app)
        gone_promptly(shell)
        learner.only_the_run_is_left(view)


def test_a_run_goes_on_while_the_app_is_stopped(learner: Learner) -> None:
    learner.prepare(FEW)
    with learner.console(["/bin/bash", "--norc", "-i"]) as console:
        view, app = stopped(learner, console)
        assert seen(view) == "finished"
        assert app.status() == psutil.STATUS_STOPPED
        console.press("clear; fg\r")
        console.wait_for("✓ finished", "total 1/3", "2 Lab: Counting", "Done. v for")
        whole = console.text
        console.scribble()
        console.press("Ctrl+L")
        console.wait(lambda: console.text == whole, f"the same screen, drawn again:\n{whole}")
        console.press("q")
        gone_promptly(app, console)
