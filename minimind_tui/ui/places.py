"""The screens that a key leads to from everywhere; each is imported when it is first opened."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from textual.screen import Screen

PLACES = {
    "roadmap": "roadmap:RoadmapScreen",
    "runs": "runs:RunsScreen",
    "practice": "practice:PracticeScreen",
    "search": "search:SearchScreen",
    "glossary": "glossary:GlossaryScreen",
    "progress": "progress:ProgressScreen",
}
"""Module and class of each place, by the name that `go('…')` in a binding gives it."""


def screen_of(place: str) -> type[Screen[object]]:
    """The class of a place's screen, which is made without arguments."""
    module, _, name = PLACES[place].partition(":")
    return cast("type[Screen[object]]", getattr(import_module(f"minimind_tui.ui.screens.{module}"), name))
