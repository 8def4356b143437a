"""What the first screen costs: nothing is done twice for it, nothing is looked for that cannot be there."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.color import Color
from textual.css.stylesheet import Stylesheet

from minimind_tui.base.terminal import can_have_the_mouse
from minimind_tui.content.course import load_course
from minimind_tui.practice.store import Progress
from minimind_tui.ui.app import TutorApp
from minimind_tui.ui.style import THEMES
from tests.tiny import home_in, tiny_course
from tests.ui.seeing import until

LATER = (
    "minimind_tui.run.summary",
    "minimind_tui.run.launch",
    "minimind_tui.ui.lab",
    "argparse",
    "hashlib",
    "fsrs",
    "json",
)
"""Modules that the first screen does without."""


@pytest.fixture
def uncollected() -> Iterator[None]:
    """As the command leaves it to the app."""
    gc.disable()
    yield
    gc.unfreeze()
    gc.enable()


@pytest.mark.parametrize("theme", [None, *THEMES])
async def test_the_theme_stands_before_its_styles_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, theme: str | None
) -> None:
    again = []
    monkeypatch.setattr(Stylesheet, "reparse", lambda _: again.append(theme))
    home = home_in(tmp_path)
    progress = Progress(home.database)
    if theme is not None:
        progress.set_setting("theme", theme)
    progress.close()
    app = TutorApp(home, load_course(tiny_course(tmp_path / "course")), "en")
    async with app.run_test() as pilot:
        await pilot.pause()
        assert not again
        assert app.current_theme.name == app.theme
        if theme is not None:
            assert app.theme == theme
        assert app.has_class("-light-mode") == (not app.current_theme.dark)
        if not app.current_theme.ansi:
            assert app.screen.styles.background == Color.parse(app.current_theme.background or "")
    app.progress.close()


async def test_garbage_is_looked_for_once_the_first_screen_has_settled(tmp_path: Path, uncollected: None) -> None:
    app = TutorApp(home_in(tmp_path), load_course(tiny_course(tmp_path / "course")), "en")
    async with app.run_test() as pilot:
        await until(pilot, gc.isenabled, "garbage is looked for")
        assert gc.get_freeze_count()
    app.progress.close()


def test_the_first_screen_loads_no_more_than_it_shows() -> None:
    modules = "minimind_tui.commands.tutor", "minimind_tui.ui.screens.home", "minimind_tui.ui.app"
    asked = f"import sys, {', '.join(modules)}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout.split()
    assert not set(LATER) & set(loaded)


@pytest.mark.parametrize(
    ("environ", "clicks"),
    [
        ({"TERM": "xterm-256color"}, True),
        ({"TERM": "screen.xterm-256color", "STY": "1.tutor"}, False),
        ({"TERM": "screen-256color"}, False),
        ({"TERM": "screen-256color", "TMUX": "/tmp/socket,1,0"}, True),
        ({"TERM": "tmux-256color"}, True),
        ({}, True),
    ],
)
def test_gnu_screen_is_not_asked_for_clicks(environ: dict[str, str], clicks: bool) -> None:
    assert can_have_the_mouse(environ) == clicks
