"""A learner who trains a model of parts of his own, by keys alone: refused with the fix, then equal to rounding."""

from __future__ import annotations

from pathlib import Path

import pytest

from minimind_tui.base.home import Home
from minimind_tui.base.text import Language
from tests.solutions import solution_of, write_passed
from tests.terminal.command import command, environment
from tests.terminal.console import Console
from tests.terminal.quick_start import COURSE, SIZES, Walk

SPEC = COURSE.experiments["block/own-parts"]
PART = "feed-forward/swiglu"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_part_that_has_passed_is_put_into_the_model(tmp_path: Path, language: Language) -> None:
    columns, rows = SIZES[language]
    known = environment(tmp_path, language)
    home = Home.from_environment({"MINIMIND_TUI_HOME": known["MINIMIND_TUI_HOME"]})
    with Console([command()], columns=columns, rows=rows, environment=known) as console:
        walk = Walk(console, language)
        walk.see("MiniMind")
        walk.press("Ctrl+P")
        walk.see(walk.say("找操作", "Actions, lessons"))
        walk.press(*SPEC.title.of(language))
        walk.see(SPEC.question.of(language)[:12])
        walk.press("↓", "Enter")
        walk.see(walk.say("▶ 按 r 运行", "▶ Press r to run"))
        walk.press("r")
        walk.see("minimind-tui exercise")
        write_passed(home, PART, solution_of(COURSE.root, PART))
        walk.press("r")
        walk.see(walk.say("✓ 完成", "✓ finished"))
        for plot in SPEC.plots:
            walk.see(f"{plot.title.of(language)} ")
            walk.see_data(plot)
            walk.press("v")
        walk.see(walk.say("✓ 成立", "✓ holds"))
