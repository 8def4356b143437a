"""Keys that reach the terminal in one go: Esc and the next one, and what was typed for another program."""

from __future__ import annotations

import shlex
from pathlib import Path

import psutil
import pytest

from tests.terminal.console import Console
from tests.terminal.learner import Learner
from tests.terminal.multiplexer import Multiplexer
from tests.tiny import until

EDITOR = """#!/bin/sh
echo "The editor is open"
read line
echo "$line" >> "$1"
"""


def note_of(learner: Learner) -> str:
    """What the note on the first lesson says on the disk."""
    file = learner.home.notes / "small" / "start.md"
    return file.read_text(encoding="utf-8").strip() if file.exists() else ""


def in_the_lesson(console: Console) -> None:
    """By keys, from the home screen."""
    console.wait_for("Press Enter to start")
    console.press("Enter")
    console.wait_for("1/2", "Start here")


def test_esc_and_the_next_key_in_one_go(learner: Learner) -> None:
    with learner.console() as console:
        in_the_lesson(console)
        console.press("P")
        console.wait_for("What was done")
        console.child.send("\x1bn")
        console.wait_for("2/2", "Press r to run")
        console.press("p")
        console.wait_for("1/2")
        console.press("N")
        console.wait_for("Note: Start here")
        console.child.send("my idea\x1bn")
        console.wait_for("2/2", "Press r to run")
    assert note_of(learner) == "my idea"


def test_esc_and_the_next_key_as_a_multiplexer_passes_them_on(multiplexer: Multiplexer, learner: Learner) -> None:
    """tmux waits half a second for what may follow Esc, GNU screen 0.3: they hand on both at once."""
    with multiplexer.console(multiplexer.open, (120, 40)) as console:
        in_the_lesson(console)
        console.press("P")
        console.wait_for("What was done")
        console.child.send("\x1b")
        console.pump(0.15)
        console.child.send("n")
        console.wait_for("2/2", "Press r to run")


@pytest.fixture
def editor(tmp_path: Path) -> Path:
    """An editor that says when it is open, and adds one line."""
    file = tmp_path / "editor"
    file.write_text(EDITOR, encoding="utf-8")
    file.chmod(0o755)
    return file


def test_what_is_typed_for_the_editor_before_it_is_open_does_nothing_in_the_tutor(
    learner: Learner, editor: Path
) -> None:
    arguments = ["env", f"EDITOR={editor}", *learner.arguments]
    with learner.console(arguments) as console:
        in_the_lesson(console)
        console.child.send("Nquite\r")
        console.wait_for("The editor is open")
        console.child.send("my idea\n")
        console.wait_for("1/2", "Start here")
        console.press("n")  # the tutor is there, on the same page, and takes keys
        console.wait_for("2/2", "Press r to run")
    assert note_of(learner) == "my idea"


def test_what_is_typed_for_the_shell_before_it_is_there_does_nothing_in_the_tutor(learner: Learner) -> None:
    with learner.console(["/bin/bash", "--norc", "-i"]) as console:
        console.press(f"{shlex.join(learner.arguments)}\r")
        in_the_lesson(console)
        app = learner.app()
        console.child.send("\x1a\x1anls q\r")
        console.wait_for("Stopped")
        until(lambda: app.status() == psutil.STATUS_STOPPED, "a stopped app")
        console.press("clear; fg\r")
        console.wait_for("1/2", "Start here")
        console.press("n")
        console.wait_for("2/2", "Press r to run")
        assert app.is_running()
