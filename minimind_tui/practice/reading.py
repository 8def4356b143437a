"""What somebody who looks up a word has before him."""

from __future__ import annotations

from typing import NamedTuple


class Reading(NamedTuple):
    """A text that is being read; empty where none is."""

    on_screen: str = ""
    """What of it is on the screen."""
    text: str = ""
    """All of its sentences."""
