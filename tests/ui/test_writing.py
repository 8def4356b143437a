"""Writing with a kept model: the key is offered after the run, and every setting writes the text anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from minimind_tui.content.course import load_course
from minimind_tui.nn.checkpoint import pack_model
from minimind_tui.nn.tokenizer import Characters
from minimind_tui.nn.writing import write
from minimind_tui.practice.trust import trust
from minimind_tui.ui.app import TutorApp
from minimind_tui.ui.screens.writing import LENGTH
from tests.run.saved import saved
from tests.tiny import home_in, tiny_course
from tests.ui.seeing import see, shown, until

LETTERS = Characters("abcdef猫")
KEEPS = """
import time
from pathlib import Path
def run(settings, record):
    for file in Path({folder!r}).glob("*.kept"):
        record.checkpoint.keep_model(int(file.stem), file.read_bytes())
    for step in range(1, settings.steps + 1):
        record.metric(step, total=settings.by * step)
"""


@pytest.fixture
def app(tmp_path: Path) -> TutorApp:
    """A tiny course whose run keeps two models."""
    for step in (0, 5):
        (tmp_path / f"{step}.kept").write_bytes(pack_model(saved(step, LETTERS)))
    course = tiny_course(tmp_path / "course", KEEPS.format(folder=str(tmp_path)))
    app = TutorApp(home_in(tmp_path), load_course(course), "en")
    trust(app.progress, app.course.root)
    return app


def words(step: int, prompt: str = "", **options: Any) -> str:
    """The beginning of what the model should write."""
    written = write(saved(step, LETTERS), prompt, LENGTH, **{"temperature": 0.8, "seed": 1, **options})
    return "".join(written)[:12]


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_another_checkpoint_and_temperature_and_beginning(app: TutorApp, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        await pilot.press("enter", "n")
        await see(pilot, "Press r")
        await pilot.press("w")
        await pilot.pause()
        assert "Write with it" not in shown(app)
        await pilot.press("r")
        if "Predict" in shown(app):
            await pilot.press("a", "enter")
        await see(pilot, "✓ finished")
        await pilot.press("w")
        await see(pilot, "after step 5 of 5", words(5))
        await pilot.press("left")
        await see(pilot, "after step 0 of 5", words(0))
        await pilot.press("down", *["left"] * 4)
        await see(pilot, "always the likeliest", words(0, temperature=0.0))
        await pilot.press("i", "a", "b", "enter")
        await see(pilot, "ab" + words(0, "ab", temperature=0.0))
        await pilot.press("i", *"xyz", "enter")
        await see(pilot, "never seen these characters")
        await pilot.press("i", "x", "escape")
        await until(pilot, lambda: "i for its beginning" in shown(app), "out of the line")
        await pilot.press("L")
        await see(pilot, "让它写", "检查点")
        await pilot.press("escape")
        await see(pilot, "✓ 完成")


async def test_the_newest_text_stands_under_the_plot(tmp_path: Path) -> None:
    course = tiny_course(tmp_path / "course")
    spec = course / "experiments/small/count.toml"
    metric = 'metric = "total"\n'
    under = 'sample = true\nhelp = { zh = "怎么看", en = "how to read it" }\n'
    spec.write_text(spec.read_text(encoding="utf-8").replace(metric, metric + under, 1), encoding="utf-8")
    app = TutorApp(home_in(tmp_path), load_course(course), "en")
    trust(app.progress, app.course.root)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("enter", "n")
        await see(pilot, "Press r")
        await pilot.press("r")
        await see(pilot, "✓ finished", "step 0: givenwritten")
        assert "how to read it" not in shown(app)
