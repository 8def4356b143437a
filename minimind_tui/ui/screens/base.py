"""What all screens have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, cast

from rich.style import Style
from textual import events
from textual._callback import invoke
from textual._types import CallbackType
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.widget import Widget

from minimind_tui.base.text import Language
from minimind_tui.practice.reading import Reading
from minimind_tui.ui.rest import come_to_rest, gone
from minimind_tui.ui.style import rich_styles
from minimind_tui.ui.tutor import Tutor


class Tutoring:
    """Access to the app with its type, and to the learner's language."""

    PARTS: ClassVar[tuple[type[Widget], ...]] = ()
    """The widgets with bindings of their own that may be on this screen: keys must not have two meanings on it."""

    def _invoke_later(self, callback: CallbackType, sender: MessagePump) -> None:
        """Textual calls this to put `callback` off until after the next drawing; its sender may be gone by then."""

        async def unless_gone() -> None:
            if sender is self.app or not gone(self.app, sender):  # type: ignore[attr-defined]
                await invoke(callback)

        super()._invoke_later(unless_gone, sender)  # type: ignore[misc]

    @property
    def tutor(self) -> Tutor:
        """The app, as far as screens know it."""
        return cast("Tutor", self.app)  # type: ignore[attr-defined]

    @property
    def language(self) -> Language:
        """The language in which the tutor speaks."""
        return self.tutor.language

    def say(self, chinese: str, english: str) -> str:
        """The sentence in the learner's language."""
        return self.tutor.say(chinese, english)

    def key_of(self, binding: str) -> str:
        """The key that the learner has for a binding, as it is written."""
        return self.say(f"{{{binding}}}", f"{{{binding}}}")

    def styles_by_name(self) -> dict[str, Style]:
        """Rich styles of the present theme."""
        return rich_styles(self.tutor)


class TutorScreen(Tutoring, Screen[object]):
    """A full screen: `compose` makes its widgets, `fill` puts the words into them."""

    ONLY_LEAVING: ClassVar[bool] = False
    """Whether there is nothing to do here but to leave."""

    @property
    def spent_on(self) -> str:
        """What the learner's time here is counted for: a module's id, or `review`; the screen under this one says."""
        return ""

    @property
    def reading(self) -> Reading:
        """What is read here, for whoever looks up a word of it; nothing on most screens."""
        return Reading()

    def fill(self) -> None:
        """Put in what `compose` leaves empty, and give the keys to the widget that wants them."""

    def action_home(self) -> None:
        """Back to the home screen, which is always the first."""
        while len(self.app.screen_stack) > 1:
            self.app.pop_screen()

    def keep_place(self) -> Callable[[], None]:
        """Look where the learner is; what is returned leads back there, once the screen has been built again."""
        return lambda: None

    async def rebuild(self) -> None:
        """Build again, in another language or theme, where the learner was. The app calls it in this screen's turn."""
        back = self.keep_place()
        await come_to_rest(self, with_self=False)
        await self.recompose()
        # Textual puts nothing into a screen that has begun to go, and nothing works that it puts in when the app ends
        if self.app.is_running and not gone(self.app, self):
            self.fill()
            back()

    def on_screen_resume(self) -> None:
        """Take the size that the terminal has now: it may have changed under another screen."""
        if self.size and self.size != self.app.size:
            self.post_message(events.Resize(self.app.size, self.app.size))
