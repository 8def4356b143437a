"""A terminal inside another one, left and come back to: GNU screen and tmux, and an app that was stopped meanwhile.

Keys come in bursts here, as over a slow line; those that redraw the screen are strewn among them.
"""

from __future__ import annotations

import psutil
import pytest

from tests.terminal.console import KEYS, Console
from tests.terminal.learner import SIZE, Learner, goes_on, gone_promptly
from tests.terminal.multiplexer import Multiplexer
from tests.tiny import until

WIDE, NARROW = SIZE, (80, 24)
REDRAWS = 20 * KEYS["Ctrl+L"]
ROUND_TRIP = f"vz{KEYS['Ctrl+L']}Lvz{KEYS['Ctrl+L']}pn{KEYS['Ctrl+L']}vL"
"""From the lab through its views, both widths, both languages and both steps, back to where it began."""
SOUGHT = "here"


pytestmark = pytest.mark.alone


def no_report(learner: Learner) -> None:
    """No screen had an error, nor has the app."""
    assert [path.read_text(encoding="utf-8") for path in learner.home.reports.glob("*")] == []


def search(console: Console) -> None:
    """From the lesson or the lab, to the hits of a search; each key after the one before it."""
    console.press("/")
    console.wait_for("Type what to look for")
    console.press(*SOUGHT)
    console.wait_for(f"│  {SOUGHT} ", "Start here", "2 hits")


def back_in_the_lab(console: Console) -> None:
    """From the search."""
    console.press("Esc")
    console.wait_gone("2 hits")
    console.press("n")
    console.wait_for("2/2", "▸ ones", "total 1/3", "s stops")


def test_detached_and_attached_again_in_haste(multiplexer: Multiplexer, learner: Learner) -> None:
    with multiplexer.console(multiplexer.open, WIDE) as console:
        view = learner.begin(console)
        app = learner.app()
        search(console)
        expected = multiplexer.shown(console)
        back_in_the_lab(console)
        console.child.send(REDRAWS + ROUND_TRIP + REDRAWS)
        multiplexer.leave(console)
    for size in (NARROW, WIDE, NARROW, WIDE):
        with multiplexer.attached(size) as console:
            console.child.send(REDRAWS + ROUND_TRIP + REDRAWS)
            multiplexer.leave(console)
    with multiplexer.attached(NARROW) as console:
        console.child.send(REDRAWS + ROUND_TRIP)
        with multiplexer.attached(WIDE) as taken_over:
            taken_over.child.send(ROUND_TRIP + REDRAWS)
            console.wait_exit()
            taken_over.child.send(f"p/{SOUGHT[:2]}")
            multiplexer.leave(taken_over)
    with multiplexer.attached(NARROW) as console:
        console.child.send(SOUGHT[2:] + REDRAWS)
        multiplexer.leave(console)
    with multiplexer.attached(WIDE) as console:
        console.child.send(REDRAWS)
        multiplexer.comes_back(console, expected)
        assert learner.app() == app
        back_in_the_lab(console)
        console.wait_for("1 Lesson", "2 Lab")
        console.press("L")
        console.wait_for("正在运行")
        console.press("L")
        console.wait_for("s stops")
        goes_on(view)
        console.press("q")
        console.wait_for("1 run is still going on")
        console.press("l")
        gone_promptly(app, console)
        assert console.wait_exit() == 0
    learner.only_the_run_is_left(view)
    no_report(learner)


def test_keys_that_come_while_nobody_is_attached(multiplexer: Multiplexer, learner: Learner) -> None:
    with multiplexer.console(multiplexer.open, WIDE) as console:
        view = learner.begin(console)
        search(console)
        expected = multiplexer.shown(console)
        back_in_the_lab(console)
        multiplexer.leave(console)
    for keys in (REDRAWS, ROUND_TRIP, ROUND_TRIP + REDRAWS, "p/", SOUGHT):
        multiplexer.type_in(keys)
    with multiplexer.attached(WIDE) as console:
        multiplexer.comes_back(console, expected)
        multiplexer.leave(console)
    multiplexer.type_in("\r")
    multiplexer.type_in(f"n{ROUND_TRIP}")
    goes_on(view)
    with multiplexer.attached(NARROW) as console:
        console.wait_for("2/2", "▸ ones", "s stops", "1/3")
    goes_on(view)
    no_report(learner)


def test_keys_and_another_size_while_the_app_is_stopped(learner: Learner) -> None:
    """As a debugger stops it, or a machine that falls asleep: no shell has the terminal meanwhile."""
    with learner.console() as console:
        view = learner.begin(console)
        app = learner.app()
        console.resize(*NARROW)
        search(console)
        expected = console.text
        back_in_the_lab(console)
        for _ in range(3):
            console.resize(*WIDE)
            console.wait_for("1 Lesson", "2 Lab", "s stops")
            app.suspend()
            until(lambda: app.status() == psutil.STATUS_STOPPED, "a stopped app")
            console.child.send(REDRAWS + ROUND_TRIP)
            console.resize(*NARROW)
            console.child.send(f"p/{SOUGHT}")
            goes_on(view)
            app.resume()
            console.wait(lambda: console.text == expected, f"the same screen as before:\n{expected}")
            back_in_the_lab(console)
        console.press("L")
        console.wait_for("▸ 加一", "正在运行")
    no_report(learner)
