"""An exercise in a real terminal, by keys alone: failed, then passed in one's own editor; a hint and the solution."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from minimind_tui.base.home import Home
from minimind_tui.base.text import Language
from minimind_tui.content.roots import bundled_root
from minimind_tui.practice import exercises
from minimind_tui.practice.store import Progress
from tests.terminal.command import command, environment
from tests.terminal.console import Console

REF = "feed-forward/swiglu"
SOLUTION = bundled_root() / "lessons/feed-forward/exercises/swiglu/solution.py"
TITLES = {"zh": "SwiGLU，从空文件写起", "en": "SwiGLU from an empty file"}
SIZES = {"zh": (80, 24), "en": (120, 40)}


def scripted_editor(folder: Path) -> Path:
    """An editor that leaves the gate open the first time, as beginners do, and writes the solution the second."""
    wrong = folder / "wrong.py"
    wrong.write_text(SOLUTION.read_text(encoding="utf-8").replace("F.silu(", "("), encoding="utf-8")
    script = folder / "my editor"
    script.write_text(
        f"#!/bin/sh\nif [ -e '{folder}/once' ]; then cat '{SOLUTION}' > \"$1\"; "
        f"else touch '{folder}/once'; cat '{wrong}' > \"$1\"; fi\n",
        encoding="utf-8",
    )
    script.chmod(0o755)
    return script


@pytest.mark.parametrize("language", ["zh", "en"])
def test_fail_and_then_pass_a_exercise(tmp_path: Path, language: Language) -> None:
    columns, rows = SIZES[language]
    chinese = language == "zh"
    editor = scripted_editor(tmp_path)
    known = {**environment(tmp_path, language), "EDITOR": f"'{editor}'"}
    home = Home.from_environment({"MINIMIND_TUI_HOME": known["MINIMIND_TUI_HOME"]})
    with Console([command()], columns=columns, rows=rows, environment=known) as console:
        console.wait_for("MiniMind")
        console.press("Ctrl+P")
        console.wait_for("找操作" if chinese else "Actions, lessons")
        console.press(*"swiglu")
        console.wait_for(TITLES[language])
        console.press("↓", "Enter") if TITLES[language] not in console.text else console.press("Enter")
        console.wait_for("题目，15 分钟" if chinese else "Task, 15 min", "gate_proj")
        console.press("e")
        console.wait_for("通过 1/6" if chinese else "1/6 pass", "少了 SiLU" if chinese else "the SiLU is missing")
        assert exercises.standing(Progress(home.database), REF) == (1, 0, False), "kept before the screen says so"
        console.press("h")
        console.wait_for("提示 1" if chinese else "Hint 1")
        assert exercises.standing(Progress(home.database), REF).hints == 1
        console.press("e")
        console.wait_for("v 对照参考答案" if chinese else "v for the solution")
        assert exercises.standing(Progress(home.database), REF) == (2, 1, True)
        console.press("v")
        console.wait_for("参考答案" if chinese else "The solution", "F.silu")
        console.press("i")
        console.wait_for("Esc 写完" if chinese else "Esc when done")
        console.press("# mine")
        console.press("Esc")
        console.wait_for("试过 3 次" if chinese else "3 tries")
        os.kill(console.pid, signal.SIGKILL)
    written = (home.exercises / f"{REF}.py").read_text(encoding="utf-8")
    assert written == "# mine" + SOLUTION.read_text(encoding="utf-8")
