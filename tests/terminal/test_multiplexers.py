"""A terminal inside another one, left and come back to: GNU screen and tmux, and an app that was stopped meanwhile.

Keys come in bursts here, as over a slow line; those that redraw the screen are strewn among them.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psutil
import pytest

from tests.terminal.console import KEYS, Console
from tests.terminal.learner import SIZE, Learner, goes_on, gone_promptly
from tests.tiny import until

Size = tuple[int, int]
WIDE, NARROW = SIZE, (80, 24)
REDRAWS = 20 * KEYS["Ctrl+L"]
ROUND_TRIP = f"vz{KEYS['Ctrl+L']}Lvz{KEYS['Ctrl+L']}pn{KEYS['Ctrl+L']}vL"
"""From the lab through its views, both widths, both languages and both steps, back to where it began."""
SOUGHT = "here"


pytestmark = pytest.mark.alone


@dataclass(frozen=True)
class Multiplexer:
    """One program of the kind, its server where no other one can meet it."""

    environment: dict[str, str]
    open: list[str]
    """Starts the app in a session of its own."""
    attach: list[str]
    """Shows that session here, and no longer where it was shown before."""
    detach: str
    """The keys that leave it."""
    typing: Callable[[str], list[str]]
    """The command that types into it from outside."""
    end: list[str]
    own_rows: int
    """Rows at the bottom of the screen that are not the app's."""

    def console(self, command: list[str], size: Size) -> Console:
        """A terminal with `open` or `attach` in it."""
        columns, rows = size
        return Console(command, columns=columns, rows=rows, environment=self.environment)

    def attached(self, size: Size) -> Console:
        """Another terminal, as soon as the session is drawn there."""
        console = self.console(self.attach, size)
        console.wait(lambda: console.bytes_read > 0, "a screen that is attached to")
        return console

    def leave(self, console: Console) -> None:
        """Detach by keys."""
        console.child.send(self.detach)
        assert console.wait_exit() == 0

    def type_in(self, keys: str) -> None:
        """Send keys to the session, whether or not anybody has it on a screen."""
        subprocess.run(self.typing(keys), env=self.environment, check=True, capture_output=True)

    def shown(self, console: Console) -> str:
        """What the app has drawn."""
        return "\n".join(console.text.split("\n")[: console.screen.lines - self.own_rows])

    def comes_back(self, console: Console, screen: str) -> None:
        """Wait until the app shows the same screen as before."""
        console.wait(lambda: self.shown(console) == screen, f"the same screen as before:\n{screen}")


def tmux(folder: str, environment: dict[str, str], line: str) -> Multiplexer:
    """Typed ahead is not pasted: its keys count however fast they come."""
    command = ["tmux", "-L", "tests", "-f", "/dev/null"]
    return Multiplexer(
        environment={**environment, "TMUX_TMPDIR": folder},
        open=[*command, "new-session", "-s", "tutor", line, ";", "set", "-g", "assume-paste-time", "0"],
        attach=[*command, "attach", "-d"],
        detach="\x02d",
        typing=lambda keys: [*command, "send-keys", "-t", "tutor", "-H", *(f"{ord(key):02x}" for key in keys)],
        end=[*command, "kill-server"],
        own_rows=1,
    )


def screen(folder: str, environment: dict[str, str], line: str) -> Multiplexer:
    """Without the settings of the machine that the test runs on; for a terminal that repeats no character (REP).

    In a locale that the machine has not, as the learner's own may be here, screen takes Chinese to be half as wide.
    """
    command = ["screen", "-c", "/dev/null", "-U", "-S", "tutor"]
    return Multiplexer(
        environment={
            **environment,
            "SCREENDIR": folder,
            "SYSSCREENRC": "/dev/null",
            "TERM": "linux",
            "LANG": "C.UTF-8",
        },
        open=[*command, "/bin/sh", "-c", line],
        attach=["screen", "-U", "-d", "-r", "tutor"],
        detach="\x01d",
        typing=lambda keys: ["screen", "-S", "tutor", "-p", "0", "-X", "stuff", keys],
        end=["screen", "-S", "tutor", "-X", "quit"],
        own_rows=0,
    )


@pytest.fixture(params=[tmux, screen], ids=["tmux", "screen"])
def multiplexer(request: pytest.FixtureRequest, learner: Learner) -> Iterator[Multiplexer]:
    make = request.param
    if shutil.which(make.__name__) is None:
        pytest.skip(f"there is no {make.__name__} on this machine: Debian's package is {make.__name__}")
    environment = {name: value for name, value in learner.environment.items() if name != "MINIMIND_TUI_HOME"}
    with tempfile.TemporaryDirectory(prefix="mux") as folder:  # a socket's path must be short
        made = make(folder, environment, learner.line)
        try:
            yield made
        finally:
            subprocess.run(made.end, env=made.environment, check=False, capture_output=True)
            until(lambda: not servers(folder), "the end of the server")


def servers(folder: str) -> list[psutil.Process]:
    """The multiplexer's own processes that live with sockets in `folder`; a run that it began lives on."""
    found = psutil.process_iter(["environ", "name"])
    mine = [process for process in found if folder in (process.info["environ"] or {}).values()]
    return [process for process in mine if process.info["name"].lower().startswith(("tmux", "screen"))]


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
