"""What is on the screen of an app under test, and waiting for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from textual.pilot import Pilot

from minimind_tui.content.course import load_course
from minimind_tui.practice.trust import trust
from minimind_tui.ui.app import TutorApp
from tests.tiny import CODE, home_in, tiny_course


def shown(app: TutorApp) -> str:
    """The screen as text."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


async def until(pilot: Pilot[int], condition: Callable[[], bool], what: str) -> None:
    for _ in range(1200):
        if condition():
            return
        await pilot.pause(0.05)
    app = pilot.app
    assert isinstance(app, TutorApp)
    raise AssertionError(f"never seen: {what}\n{shown(app)}")


async def see(pilot: Pilot[int], *words: str) -> None:
    app = pilot.app
    assert isinstance(app, TutorApp)
    await until(pilot, lambda: all(word in shown(app) for word in words), " + ".join(words))


def tiny_app(folder: Path, code: str = CODE) -> TutorApp:
    course = load_course(tiny_course(folder / "course", code))
    app = TutorApp(home_in(folder), course, "en")
    trust(app.progress, course.root)
    return app
