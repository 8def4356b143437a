"""The one type of error that is told to the learner as a sentence in his language, and never as a traceback."""

from __future__ import annotations

from minimind_tui.base.text import Text


class Refusal(Exception):
    """Something that was asked for cannot be done; `message` says why and names the fix."""

    def __init__(self, message: Text) -> None:
        super().__init__(message.en)
        self.message = message
