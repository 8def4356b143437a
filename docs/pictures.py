"""Draws the pictures of the README from the app itself: `make pictures`.

A real app, real runs in a home folder of their own; only the terminal is simulated.
"""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from textual.pilot import Pilot

from minimind_tui.base.home import Home
from minimind_tui.base.text import LANGUAGES, Language
from minimind_tui.content.course import load_course
from minimind_tui.content.roots import bundled_root
from minimind_tui.content.schema import Step
from minimind_tui.run.runs import list_runs
from minimind_tui.ui.app import TutorApp
from minimind_tui.ui.lab.pane import LabPane
from minimind_tui.ui.screens.study import StudyScreen
from minimind_tui.ui.style import DARK

DOCS = Path(__file__).parent
SIZE = (120, 36)
NETWORK_FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def save(app: TutorApp, name: str) -> None:
    """The screen as an SVG that loads nothing from the network."""
    svg = NETWORK_FONTS.sub("", app.export_screenshot(title="minimind-tui", simplify=True))
    (DOCS / f"{name}.svg").write_text(svg.replace("Fira Code", "DejaVu Sans Mono"), encoding="utf-8")
    print(name)


async def until(pilot: Pilot[int], condition: Callable[[], bool]) -> None:
    """Wait for a condition; a minute is too long for any of them."""
    for _ in range(1200):
        if condition():
            await pilot.pause(0.4)
            return
        await pilot.pause(0.05)
    raise SystemExit("a picture never came about")


async def draw(language: Language, home: Home) -> None:
    """All pictures in one language."""
    app = TutorApp(home, load_course(bundled_root()), language)
    async with app.run_test(size=SIZE) as pilot:

        def runs(state: str) -> int:
            return sum(run.state == state for run in list_runs(home))

        app.theme = DARK.name
        await pilot.pause(0.5)
        await pilot.press("enter", "n")
        await pilot.pause(0.3)
        await pilot.press("r", "c", "enter")
        await until(pilot, lambda: runs("finished") == 1)
        save(app, f"study-finished-{language}")
        await pilot.press("v", "v")
        await pilot.pause(0.3)
        save(app, f"findings-{language}")
        await pilot.press("n", "n", "n", "n", "n")
        await pilot.pause(0.3)
        await pilot.press("r", "b", "enter")
        await until(pilot, lambda: _steps(app, "rope") > 60)
        save(app, f"study-running-{language}")
        await pilot.press("question_mark")
        await pilot.pause(0.3)
        save(app, f"help-{language}")
        await pilot.press("escape")
        await until(pilot, lambda: runs("finished") == 2)
        await pilot.press("R")
        await pilot.pause(0.5)
        save(app, f"runs-{language}")
        await pilot.press("escape", "escape")
        await pilot.pause(0.3)
        save(app, f"home-{language}")
        await draw_tracer(app, pilot, language)
        await draw_broken(app, pilot, language)
        await draw_embedded(app, pilot, language)
        await draw_trained(app, pilot, language)


async def run_whole(app: TutorApp, pilot: Pilot[int], ref: str, *keys: str) -> None:
    """Open an experiment, start it by keys, and wait for its end."""
    app.open_step(Step(kind="experiment", ref=ref))
    await pilot.pause(0.5)
    await pilot.press(*keys)
    await until(pilot, lambda: _finished(app))


async def draw_tracer(app: TutorApp, pilot: Pilot[int], language: Language) -> None:
    """The shape tracer at the scores, then who looks at whom, layer by layer and head by head."""
    await run_whole(app, pilot, "block/shape-tracer", "r", "c", "enter")
    await pilot.press(*["down"] * 15)
    await pilot.pause(0.3)
    save(app, f"tracer-{language}")
    await pilot.press("v")
    await pilot.pause(0.3)
    save(app, f"heads-{language}")
    await pilot.press("escape")
    await pilot.pause(0.3)


async def draw_broken(app: TutorApp, pilot: Pilot[int], language: Language) -> None:
    """A healthy model, and beside it one without residual connections."""
    app.open_step(Step(kind="lesson", ref="normalization/quick-why"))
    await pilot.pause(0.5)
    await pilot.press("B", "d")
    await until(pilot, lambda: _finished(app))
    save(app, f"break-it-{language}")
    await pilot.press("escape", "escape")
    await pilot.pause(0.3)


async def draw_embedded(app: TutorApp, pilot: Pilot[int], language: Language) -> None:
    """A lesson with an experiment inside, run where it stands."""
    app.open_step(Step(kind="lesson", ref="position/rotation"))
    await pilot.pause(0.5)
    screen = app.screen
    assert isinstance(screen, StudyScreen)
    card = screen.lesson.spots["position/rope-rotation"]
    while not screen.lesson.page.shows(card):
        await pilot.press("space")
        await pilot.pause(0.2)
    await pilot.press("r", "b", "enter")
    await until(pilot, lambda: _finished(app))
    await pilot.press("v", "v")
    await pilot.pause(0.3)
    save(app, f"lesson-{language}")
    await pilot.press("escape")
    await pilot.pause(0.3)


async def draw_trained(app: TutorApp, pilot: Pilot[int], language: Language) -> None:
    """A whole small model at the end of its training: its losses, and what it wrote on the way."""
    await run_whole(app, pilot, "block/train-your-own", "r")
    save(app, f"trained-{language}")
    await pilot.press("v")
    await pilot.pause(0.3)
    save(app, f"written-{language}")
    await pilot.press("escape")
    await pilot.pause(0.3)


def _finished(app: TutorApp) -> bool:
    panes = app.screen.query(LabPane)
    return bool(panes) and panes.first().finished


def _steps(app: TutorApp, arm: str) -> int:
    panes = app.screen.query(LabPane)
    summary = panes.first().state.summary if panes and panes.first().state else None
    return summary.arms[arm].step if summary and arm in summary.arms else 0


def main() -> int:
    """Both languages, each from an empty home."""
    for language in LANGUAGES:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            asyncio.run(draw(language, Home(root / "data", root / "cache", root / "config")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
