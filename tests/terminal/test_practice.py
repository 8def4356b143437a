"""A note written, found, exported, imported on an empty home and found there: by keys in a real terminal."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from minimind_tui.base.text import Language
from minimind_tui.practice.notes import read_note
from tests.terminal.console import Console
from tests.terminal.tutor import Tutor


def into_the_note(tutor: Tutor, console: Console) -> None:
    console.wait_for(tutor.say("按 Enter 开始", "Press Enter to start"))
    console.press("Enter")
    console.wait_for("1/2", tutor.say("标题", "Title"))
    console.press("N")
    console.wait_for(tutor.say("笔记：开始", "Note: Start here"))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_note_goes_with_the_learner(tmp_path: Path, course: Path, language: Language) -> None:
    here, there = (Tutor(tmp_path / name, course, language) for name in ("here", "there"))
    words = here.say("残差让梯度直达", "residuals carry gradients")
    with here.open() as console:
        into_the_note(here, console)
        console.press(*words)
        console.wait_for(words, here.say("✓ 已存", "✓ kept"))
        os.kill(console.pid, signal.SIGKILL)
        console.wait_exit()
    assert read_note(here.home, "small/start") == words
    file = tmp_path / "state.json"
    assert "state.json" in here.run("export", str(file))
    assert here.say("笔记 1", "notes 1") in there.run("import", str(file))
    assert here.say("都有了", "already") in there.run("import", str(file))
    for tutor in (here, there):
        with tutor.open() as console:
            console.wait_for(tutor.say("按 Enter", "Press Enter"))
            console.press("/")
            console.wait_for(tutor.say("输入要找的词", "Type what to look for"))
            console.press(*words[-4:])
            console.wait_for(tutor.say("共 1 处", "1 hit;"), words)
            console.press("Enter")
            console.wait_for(tutor.say("笔记：开始", "Note: Start here"), words)
            console.press("!", "Esc")
            console.wait_gone(tutor.say("笔记：开始", "Note: Start here"))
            console.press("Esc")
            console.wait_for(tutor.say("按 Enter", "Press Enter"))
            console.press("q")
            assert console.wait_exit() == 0
        assert read_note(tutor.home, "small/start") == words + "!"
    assert here.say("都有了", "already") in there.run("import", str(file))


def test_the_learners_own_editor_has_the_terminal(tmp_path: Path, course: Path) -> None:
    editor = tmp_path / "an editor"
    editor.write_text('#!/bin/sh\necho "EDITING $1"\nread line\necho "$line" >> "$1"\n')
    editor.chmod(0o700)
    tutor = Tutor(tmp_path / "here", course, "en", {"VISUAL": f"'{editor}'", "EDITOR": "false"})
    with tutor.open() as console:
        console.wait_for("Press Enter to start")
        console.press("Enter")
        console.wait_for("1/2", "Title")
        console.press("N")
        console.wait_for("EDITING", "start.md")
        console.press(*"by hand", "Ctrl+C")
        console.wait_for("Note: Start here", "(-2):")  # a long path before it breaks the line anywhere
        console.press("Esc")
        console.wait_for("1/2", "Title")
        console.press("N")
        console.wait_for("EDITING", "start.md")
        console.press(*"by hand", "Enter")
        console.wait_for("1/2", "Title", "The note is kept")
        assert read_note(tutor.home, "small/start") == "by hand\n"
        console.press("n")
        console.wait_for("2/2")
        console.press("q")
        assert console.wait_exit() == 0


def test_a_failing_editor_gives_way_to_the_one_inside(tmp_path: Path, course: Path) -> None:
    tutor = Tutor(tmp_path / "here", course, "en", {"EDITOR": "false"})
    with tutor.open() as console:
        into_the_note(tutor, console)
        console.wait_for("false")
        console.press("x", "Esc")
        console.wait_gone("Note: Start here")
        console.press("q")
        assert console.wait_exit() == 0
    assert read_note(tutor.home, "small/start") == "x"


def test_own_keys_and_what_is_wrong_with_them(tmp_path: Path, course: Path) -> None:
    tutor = Tutor(tmp_path / "here", course, "zh")
    tutor.home.keys.parent.mkdir(parents=True)
    tutor.home.keys.write_text('"app.search" = "f5"\n"study.next" = "nowhere"\n')
    with tutor.open() as console:
        console.wait_for("keys.toml 第 2 行", "nowhere")
        console.press("\x1b[15~")
        console.wait_for("输入要找的词")
        console.press("Esc", "q")
        assert console.wait_exit() == 0
