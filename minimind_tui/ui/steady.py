"""The app's ground: no key meets a half-built screen, and no error in one screen ends the others.

All that leans on the inside of Textual 8.2 for this stands here and in `rest.py`.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakSet

from textual import _time, events
from textual._context import active_message_pump
from textual.app import App
from textual.dom import DOMNode
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message
from textual.screen import Screen
from textual.worker import WorkerFailed

from minimind_tui.ui.failures import save_report
from minimind_tui.ui.keyboard import KeyboardDriver
from minimind_tui.ui.rest import come_to_rest, standing
from minimind_tui.ui.typed_ahead import Passed, Typed, TypedAhead

MOST_FAILURES, WITHIN_SECONDS = 5, 10.0
"""More errors than that: they come from the app itself, and closing screens does not help."""


class SteadyApp(App[int]):
    """An app whose screens come and go in turn with what is typed."""

    def __init__(self, reports: Path) -> None:
        super().__init__()
        self.typed = TypedAhead(self, self)
        self._reports = reports
        self._failed_at: deque[float] = deque(maxlen=MOST_FAILURES)
        self._failed: WeakSet[Screen[Any]] = WeakSet()
        """Screens that had an error: what else they say until they are gone comes of that."""
        self._lent_at = 0.0
        """When the terminal was last given to another program; keys of before were meant for that."""

    def get_driver_class(self) -> type[Driver]:
        """Where Textual would read the terminal by its own parser, ours does."""
        found = super().get_driver_class()
        return KeyboardDriver if found is LinuxDriver else found

    @contextmanager
    def suspend(self) -> Iterator[None]:
        """Lend the terminal to another program, for as long as the block takes."""
        self.typed.drop()
        with super().suspend():
            self._lent_at = _time.get_time()
            yield

    async def on_event(self, event: events.Event) -> None:
        """What is typed goes into its row; a click that overtakes it points at nothing."""
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            if event.time > self._lent_at:
                self.typed.take(event)
        elif isinstance(event, events.MouseEvent) and not event.is_forwarded and not self._can_click(event):
            event.stop()
        else:
            await super().on_event(event)

    def _can_click(self, event: events.MouseEvent) -> bool:
        """Letting go always counts: something may be held."""
        return standing(self, self.screen) and (self.typed.idle or isinstance(event, events.MouseUp))

    async def hand_on(self, typed: Typed) -> bool:
        """Give a key to the screen that is there now; False while it is being built."""
        if not self.screen_stack or not standing(self, self.screen):
            return False
        await super().on_event(typed)
        return True

    def on_passed(self, event: Passed) -> None:
        """What was sent after a key has come up here: the key has been before it."""
        event.arrived.set()

    async def on_unmount(self) -> None:
        """Nothing is handed on any more."""
        self.typed.stop()

    async def _replace_screen(self, screen: Screen[Any]) -> Screen[Any]:
        """Take a screen away, once it is at rest."""
        if screen.is_running:
            await come_to_rest(screen, with_self=True)
        elif screen.is_attached:  # its building failed: Textual leaves what was built of it
            await screen._message_loop_exit()
        return await super()._replace_screen(screen)

    async def _dispatch_message(self, message: Message) -> None:
        """An error in what a key does happens in the app's own turn; it belongs to the screen that the key was for."""
        screen = self.screen_stack[-1] if self.screen_stack else None
        try:
            await super()._dispatch_message(message)
        except Exception as error:
            self._contain(error, screen)

    def _handle_exception(self, error: Exception) -> None:
        """Textual ends the app here."""
        self._contain(error, self._screen_of(error))

    def _screen_of(self, error: Exception) -> Screen[Any] | None:
        """The screen in whose turn an error was raised."""
        part: object = active_message_pump.get(None)
        if isinstance(error, WorkerFailed):
            part = next((worker.node for worker in self.workers if worker.error is error.error), part)
        while isinstance(part, DOMNode) and not isinstance(part, Screen):
            part = part.parent
        if isinstance(part, Screen):
            return part
        return self.screen_stack[-1] if self.screen_stack else None

    def _contain(self, error: Exception, screen: Screen[Any] | None) -> None:
        """Close the screen that failed and say so. An app that cannot even show its first screen ends as before."""
        if screen is not None:
            if screen in self._failed:
                return
            self._failed.add(screen)
        cause = error.error if isinstance(error, WorkerFailed) else error
        report = save_report(self._reports, cause, self.about_now(screen))
        self._failed_at.append(time.monotonic())
        often = len(self._failed_at) == MOST_FAILURES and self._failed_at[-1] - self._failed_at[0] < WITHIN_SECONDS
        if self._exit:
            return  # the learner has left; nothing is there to be closed
        if often or screen is None or not self._running:
            super()._handle_exception(error)
        elif screen in self.screen_stack:
            self.typed.drop()
            self.call_later(self._close_failed, screen, report)

    def about_now(self, screen: Screen[Any] | None) -> Mapping[str, str]:
        """What a report says of the moment."""
        stack = " > ".join(type(other).__name__ for other in self.screen_stack)
        return {
            "screen": type(screen).__name__,
            "screens": stack,
            "size": f"{self.size.width}x{self.size.height}",
            "theme": self.theme,
        }

    async def _close_failed(self, screen: Screen[Any], report: Path | None) -> None:
        """Take away a screen and what lies over it; the first one is built anew."""
        if screen not in self.screen_stack:
            return
        while len(self.screen_stack) > 1 and screen in self.screen_stack:
            self.pop_screen()
        if screen in self.screen_stack:  # the stack is never empty, not even for a moment: others look at its top
            self.push_screen(self.get_default_screen())
            self._screen_stack.remove(screen)
            await self._replace_screen(screen)
        self.failed(report)

    def failed(self, report: Path | None) -> None:
        """Tell the learner that a screen was closed after an error; `report` is None where none could be saved."""
