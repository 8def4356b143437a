"""The screen is whole after whatever happens to the terminal: only differences are sent, so each is a trap."""

from __future__ import annotations

import ctypes
import signal
import sys
from pathlib import Path

import psutil
import pytest

from tests.terminal.command import command, environment
from tests.terminal.console import Console


def at_home(home: Path, arguments: list[str] | None = None) -> Console:
    return Console(arguments or [command()], columns=100, rows=30, environment=environment(home, "zh"))


def in_study(console: Console) -> str:
    """The first lesson; its screen."""
    console.wait_for("按 Enter 开始")
    console.press("Enter")
    console.wait_for("1/11", "往下读")
    console.pump(0.5)
    return console.text


def comes_back(console: Console, screen: str) -> None:
    console.wait(lambda: console.text == screen, f"the same screen as before:\n{screen}")


def test_a_screen_written_over_is_drawn_again(tmp_path: Path) -> None:
    with at_home(tmp_path) as console:
        before = in_study(console)
        console.scribble()
        assert "scribble" in console.text
        console.press("Ctrl+L")
        comes_back(console, before)


def test_a_window_of_another_size_and_back(tmp_path: Path) -> None:
    with at_home(tmp_path) as console:
        before = in_study(console)
        console.resize(130, 36)
        console.wait(lambda: "▶ 空格" in console.text.split("\n")[35], "a bigger screen")
        console.resize(30, 8)
        console.wait_for("太小")
        console.resize(100, 30)
        comes_back(console, before)


@pytest.mark.parametrize("between", ["", "make -f run.mk "], ids=["from the shell", "with make between"])
def test_to_the_shell_and_back(tmp_path: Path, between: str) -> None:
    (tmp_path / "run.mk").write_text(f"run:\n\t@{command()}\n", encoding="utf-8")
    with at_home(tmp_path, ["/bin/bash", "--norc", "-i"]) as console:
        console.press(f"cd {tmp_path}; {between or command()}\r")
        console.wait_for("按 Enter 开始")
        console.pump(0.5)
        before = console.text
        for _ in range(3):
            console.press("Ctrl+Z")
            console.wait_for("Stopped")
            console.press("clear; fg\r")
            comes_back(console, before)


@pytest.mark.skipif(sys.platform != "linux", reason="a signal for one thread, from outside, is Linux's own")
@pytest.mark.parametrize("number", [signal.SIGTSTP, signal.SIGWINCH])
def test_a_signal_that_another_thread_takes(tmp_path: Path, number: signal.Signals) -> None:
    """The system may give a signal to any thread; the loop sleeps in the main one, and no key is pressed."""
    with at_home(tmp_path, ["/bin/bash", "--norc", "-i"]) as console:
        console.press(f"{command()}\r")
        console.wait_for("按 Enter 开始")
        console.pump(0.5)
        before = console.text
        console.scribble()
        (tutor,) = psutil.Process(console.pid).children()
        another = next(thread.id for thread in tutor.threads() if thread.id != tutor.pid)
        assert ctypes.CDLL(None).tgkill(tutor.pid, another, number) == 0
        if number == signal.SIGTSTP:
            console.wait_for("Stopped")
            console.press("clear; fg\r")
        comes_back(console, before)


def test_with_no_shell_to_go_back_to_it_stays(tmp_path: Path) -> None:
    with at_home(tmp_path) as console:
        in_study(console)
        console.press("Ctrl+Z")
        console.wait_for("没有 shell")
        console.press("n")
        console.wait_for("2/11")
