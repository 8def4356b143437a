"""GNU screen and tmux, each with a server of its own."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass

import psutil

from tests.terminal.console import Console

Size = tuple[int, int]


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


def servers(folder: str) -> list[psutil.Process]:
    """The multiplexer's own processes that live with sockets in `folder`; a run that it began lives on."""
    found = psutil.process_iter(["environ", "name"])
    mine = [process for process in found if folder in (process.info["environ"] or {}).values()]
    return [process for process in mine if process.info["name"].lower().startswith(("tmux", "screen"))]
