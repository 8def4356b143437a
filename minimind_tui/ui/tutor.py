"""What a screen or a widget may ask of the app that it is part of, whatever else that app can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

from minimind_tui.base.text import Language
from minimind_tui.content.course import Course

if TYPE_CHECKING:
    from textual.message_pump import MessagePump

    from minimind_tui.base.home import Home
    from minimind_tui.practice.store import Progress


class Tutor(Protocol):
    """The course, the learner's things, and the learner's language."""

    course: Course
    home: Home
    progress: Progress
    own_keys: dict[str, str]
    """The learner's keys, by the ids of the bindings."""

    @property
    def language(self) -> Language:
        """The language to speak."""
        ...

    def say(self, chinese: str, english: str) -> str:
        """The sentence in the learner's language; `{study.next}` in it is the key of that binding."""
        ...


def tutor_of(part: MessagePump) -> Tutor:
    """The app that `part` belongs to, as a tutor."""
    return cast("Tutor", part.app)
