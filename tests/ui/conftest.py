"""No screen may fail unseen: the app would close it and go on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from textual.screen import Screen

from minimind_tui.ui.steady import SteadyApp


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
