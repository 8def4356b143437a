"""What screens and widgets may ask of the app that they are part of, whatever else that app can do."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol, cast

from minimind_tui.ui.style import Themed

if TYPE_CHECKING:
    from textual.dom import DOMNode
    from textual.message_pump import MessagePump
    from textual.screen import Screen

    from minimind_tui.base.home import Home
    from minimind_tui.base.text import Language
    from minimind_tui.content.course import Course
    from minimind_tui.content.schema import Step
    from minimind_tui.practice.search import Index
    from minimind_tui.practice.spent import Stopwatch
    from minimind_tui.practice.store import Progress
    from minimind_tui.ui.typed_ahead import TypedAhead


Sought = tuple[str, list[str]]
"""Words to scroll to: a heading, and words under it of which the first is wanted."""


class Studies(Protocol):
    """The course and the learner's things."""

    course: Course
    home: Home
    progress: Progress

    @property
    def language(self) -> Language:
        """The language in which the tutor speaks."""
        ...


class Tutor(Studies, Themed, Protocol):
    """All that, and the ways to other screens."""

    own_keys: dict[str, str]
    """The learner's keys, by the ids of the bindings."""
    left_alone: set[str]
    """The runs that went on without the learner since the tutor was last open."""
    stopwatch: Stopwatch
    typed: TypedAhead

    @property
    def search_index(self) -> Index:
        """Everything that can be found."""
        ...

    @property
    def trusted(self) -> bool:
        """Whether the code of this course may run."""
        ...

    @property
    def screen(self) -> Screen[Any]:
        """The screen that has the keys."""
        ...

    def trust(self) -> None:
        """Let the code of this course run, now and later."""

    def say(self, chinese: str, english: str) -> str:
        """The sentence in the learner's language; `{study.next}` in it is the key of that binding."""
        ...

    def notify(self, message: str, **options: Any) -> None:
        """A notice over the screen, for a while."""

    def push_screen(self, screen: Screen[Any], callback: Callable[[Any], Any] | None = None) -> object:
        """Open a screen over this one; `callback` gets what a dialog answers."""

    def suspend(self) -> AbstractContextManager[None]:
        """Lend the terminal to another program for as long as the block takes."""
        ...

    def action_redraw(self) -> None:
        """Draw the whole screen again."""

    async def run_action(self, action: str, default_namespace: DOMNode | None = None) -> bool:
        """Do what a binding says."""
        ...

    def action_go(self, place: str) -> None:
        """Open one of the places that every screen leads to."""

    def open_path(self, path_id: str, index: int | None = None) -> None:
        """Open a path where the learner left it, or at step `index`."""

    def open_step(self, step: Step, sought: Sought | None = None) -> None:
        """Open a step on the path that it stands on, else alone; at the words sought, where there are any."""

    def open_steps(self, module_id: str, steps: list[Step], index: int = 0) -> None:
        """Open what a module has at step `index`, outside any path."""

    def open_run(self, run_id: str, experiment: str) -> None:
        """Open the lab of an experiment on an earlier run of it."""

    def practise(self, kind: str, ref: str) -> None:
        """Open what can be practised."""


def tutor_of(part: MessagePump) -> Tutor:
    """The app that `part` belongs to."""
    return cast("Tutor", part.app)
