"""A learner who has only a keyboard: the installed command in a real terminal, from an empty home folder."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from minimind_tui.base.text import Language
from tests.terminal.command import command, environment
from tests.terminal.console import Console
from tests.terminal.quick_start import COURSE, SIZES, Walk

README = Path(__file__).parents[2] / "README.md"


def key_table() -> set[str]:
    """The keys that the README's table names."""
    rows = re.findall(r"^\| (`.+?) \|", README.read_text(encoding="utf-8"), re.MULTILINE)
    return {key for row in rows for key in re.findall(r"`([^`]+)`", row)}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_quick_start_by_keys_alone(tmp_path: Path, language: Language) -> None:
    columns, rows = SIZES[language]
    steps = COURSE.steps("quick-start")
    with Console([command()], columns=columns, rows=rows, environment=environment(tmp_path, language)) as console:
        walk = Walk(console, language)
        walk.see(walk.say("按 Enter 开始", "Press Enter to start"))
        walk.press("Enter")
        for number, step in enumerate(steps, 1):
            if step.kind == "lesson":
                walk.read(number, len(steps))
            else:
                walk.experiment(COURSE.experiments[step.ref], number, len(steps))
        walk.see(walk.say("走完了", "is done"))
        walk.press("Enter")
        walk.see("██████████", walk.say("已走完", "is done"))
        walk.press("q")
        assert console.wait_exit() == 0

    with Console([command()], columns=columns, rows=rows, environment=environment(tmp_path, language)) as console:
        again = Walk(console, language)
        again.see("██████████", again.say("已走完", "is done"))
        again.press("q")
        assert console.wait_exit() == 0


def test_every_key_of_the_readme_does_what_it_says(tmp_path: Path) -> None:
    for seed in ("1", "2"):
        arguments = [command(), "run", "gradient-flow", "--seed", seed]
        subprocess.run(arguments, env=environment(tmp_path, "en"), check=True, capture_output=True)
    learners = environment(tmp_path, "en")
    with Console([command()], columns=120, rows=40, environment=learners, folder=tmp_path) as console:
        walk = Walk(console, "en")
        press_everything(walk)
        assert console.wait_exit() == 0
    assert "# Learning report" in (tmp_path / "minimind-report.md").read_text(encoding="utf-8")
    assert key_table() <= walk.pressed, f"in the README, never pressed: {key_table() - walk.pressed}"
    assert len(key_table()) > 20


def press_everything(walk: Walk) -> None:
    """Each key of the table, and the effect that the table promises."""
    see, press, gone = walk.see, walk.press, walk.console.wait_gone
    see("Press Enter to start")
    press("?")
    see("Keys on this screen", "Switch the language")
    press("Esc")
    gone("Keys on this screen")
    press("j")
    see("Press Enter to start “Systematic”")
    press("j")
    see("Press Enter to start “Mastery”")
    press("k", "↑", "↓")
    see("Press Enter to start “Systematic”")
    press("↑")
    see("Press Enter to start “Quick start”")
    press("[")
    see("07 Tokenizer", "planned")
    press("Esc")
    gone("07 Tokenizer")
    press("/")
    see("Type what to look for")
    press(*"RoPE")
    see("Why RoPE", " hits")
    press("Esc")
    gone("Why RoPE")
    press("g")
    see("A term, in English or Chinese", "Defined in")
    press("Esc")
    gone("Defined in")
    press("P")
    see("The paths", "Quick start")
    press("w")
    see("Report:")
    press("Esc")
    gone("The paths")
    press("Ctrl+P")
    see("Actions, lessons")
    press("Esc")
    gone("Actions, lessons")
    press("R")
    see("Started", "How deep does the gradient get?")
    press("Space")
    see("Mark one more")
    press("↓", "Space")
    see("Press c to compare")
    press("c")
    see("A no norm", "B RMSNorm", "seed 2")
    press("Esc")
    see("Started")
    press("Enter")
    see("✓ finished", "1/5")
    press("Esc")
    see("Press Enter")
    press("Enter")
    see("1/11", "Space to read on")
    press("N")
    see("Note: What if we do not normalize?")
    press("Esc")
    gone("Note: ")
    press("B")
    see("Break it", "Take out every norm")
    press("Esc")
    gone("Take out every norm")
    press("Space")
    press("n")
    see("2/11", "gradient of each layer 1/5")
    press("→")
    see("from the input = ")
    press("←", "y")
    press("y")
    press("+")
    press("-")
    press("v")
    see("activation of each layer 2/5")
    press("c")
    see("gradient-flow.py", "def make_norm")
    press("Esc")
    gone("def make_norm")
    press("z")
    gone("Reading the plot")
    press("z")
    see("Reading the plot")
    press("Tab")
    see("n next")
    press("1", "2", "o")
    see("Parameters", "‹ 20 ›")
    press("→")
    see("‹ 21 ›")
    press("Enter")
    see("✓ finished", "depth=21")
    press("v", "v", "v")
    see("✓ holds", "Changed in this run")
    assert "you said" not in walk.console.text, "the prediction is about the defaults"
    press("o", "x", "Enter")
    see("Predict first, then run")
    press("d", "Enter")
    see("✓ finished", "1/5")
    walk.console.wait(lambda: "depth=21" not in walk.console.text, "a run at the defaults")
    press("v", "v", "v")
    see("✗ you said: much larger")
    for step in range(3, 8):
        press("n")
        see(f"{step}/11")
    press("r")
    see("Predict first, then run")
    press("Enter")
    see("▸ no positions")
    press("s")
    see("■ stopped")
    for step in range(6, 0, -1):
        press("p")
        see(f"{step}/11")
    press("L")
    see("没有归一化会怎样")
    press("L")
    see("What if we do not normalize?")
    press("t", "t", "t", "t")
    walk.console.scribble()
    press("Ctrl+L")
    gone("scribble")
    press("F1")
    see("Keys on this screen")
    press("Esc")
    gone("Keys on this screen")
    press("q")
