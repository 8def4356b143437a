"""What holds in every test of the screens: none fails unseen, and none has a part that it does not declare."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from textual.screen import Screen
from textual.widget import Widget

from minimind_tui.ui.screens.base import TutorScreen
from minimind_tui.ui.screens.dialog import Dialog
from minimind_tui.ui.steady import SteadyApp
from tests.ui.parts import undeclared


@pytest.fixture(autouse=True)
def no_screen_fails(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever error a screen had in a test is the test's, but where it was made to fail (`screen_fails`)."""
    errors: list[Exception] = []
    contain = SteadyApp._contain

    def noted(app: SteadyApp, error: Exception, screen: Screen[Any] | None) -> None:
        errors.append(error)
        contain(app, error, screen)

    monkeypatch.setattr(SteadyApp, "_contain", noted)
    yield
    if request.node.get_closest_marker("screen_fails") is None and errors:
        raise errors[0]


@pytest.fixture(autouse=True)
def no_part_is_undeclared(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Which keys clash on a screen is known from its `PARTS`: what has bindings and is mounted there stands in them."""
    mounted: set[tuple[type, type]] = set()
    register = SteadyApp._register

    def noted(app: SteadyApp, parent: Any, *widgets: Widget, **options: Any) -> list[Widget]:
        added = register(app, parent, *widgets, **options)
        if isinstance(parent, Widget) and isinstance(parent.screen, (TutorScreen, Dialog)):
            mounted.update((type(parent.screen), type(widget)) for widget in added)
        return added

    monkeypatch.setattr(SteadyApp, "_register", noted)
    yield
    assert undeclared(mounted) == set()
