"""Keys that come faster than screens change: each waits until the one before it has had its effect.

Over a slow line keys come in bursts, and whoever knows the way types ahead. A key acts on what the key before it has
led to, drawn as a reader would see it. So there is one row for all that is typed, in order; the next key is handed on
once the last one is handled everywhere, the screen that it opened is built, and what was put off until after the
drawing is done.

Where a key has begun work whose end decides what the next key is for (a run is being stopped, the texts are being
read), the next one waits for that work too, unless it is Esc.

What is dropped, and why:
- what was typed for a screen that an error has closed: it was meant for that one;
- what was typed after a key that lent the terminal to another program, before that had it: it was meant for that one;
- all that waits when Ctrl+Q is pressed by itself, not in one go with it: who leaves does not want it any more;
- more than `MOST_WAITING` keys: nobody types so far ahead; it is a text pasted by mistake, and `q` may be in it;
- a click while a key waits: it points at something that will no longer be there.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from typing import Any, Protocol

from textual.app import App
from textual.events import Key, Paste
from textual.message import Message
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input
from textual.worker import Worker

from minimind_tui.ui.rest import LONGEST_SECONDS, passed, standing

BREAKS_IN = "ctrl+q"
MOST_WAITING = 500
MOST_ROUNDS = 20
"""Screens that open one another in one go; there are two or three."""
BUILDING_SECONDS = 0.005
"""How often it is looked whether a screen is built."""
WORKING_SECONDS = 0.02
"""How often it is looked whether work has ended that keys wait for."""
IN_ONE_GO_SECONDS = 0.3
"""Keys that are less than this apart were typed without looking."""

Typed = Key | Paste


class Passed(Message):
    """Goes the way of a key, from the part that it was typed in up to the app, after that key."""

    def __init__(self, arrived: asyncio.Event) -> None:
        super().__init__()
        self.arrived = arrived


class Typewriter(Protocol):
    """What is typed on: the app."""

    async def hand_on(self, typed: Typed) -> bool:
        """Give a key to the screen; False where that cannot take it yet."""


class TypedAhead:
    """The row of what was typed and not yet handed on."""

    def __init__(self, app: App[Any], typewriter: Typewriter) -> None:
        self._app = app
        self._typewriter = typewriter
        self._row: deque[Typed] = deque()
        self._more = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._unsettled: Widget | None = None
        """The line that letters were typed into without waiting after each."""
        self._seen: Screen[Any] | None = None
        """The screen that stood, drawn, when the last key had had its effect; another may have come by itself."""
        self._work: Worker[Any] | None = None
        """What the next key waits for, besides the effect of the last one."""
        self._last = 0.0
        """When the last key came."""
        self._idle = True

    @property
    def idle(self) -> bool:
        """Whether all that was typed has had its effect."""
        return self._idle and not self._row

    def take(self, typed: Typed) -> None:
        """Another key, or a pasted text."""
        if isinstance(typed, Key) and typed.key == BREAKS_IN and typed.time - self._last > IN_ONE_GO_SECONDS:
            self.drop()
        self._last = typed.time
        if len(self._row) >= MOST_WAITING and not in_a_line(self._app.focused):
            return
        self._row.append(typed)
        self._more.set()
        if self._task is None:
            self._task = asyncio.create_task(self._hand_all_on(), name="typed ahead")

    def hold(self, work: Worker[Any]) -> None:
        """Let the next key wait until `work` has ended."""
        self._work = work

    def drop(self) -> None:
        """Forget all keys that wait."""
        self._row.clear()
        self._work = None

    def stop(self) -> None:
        """Hand on no more keys: the app has ended."""
        if self._task is not None:
            self._task.cancel()

    async def _hand_all_on(self) -> None:
        while True:
            self._idle = True
            await self._more.wait()
            self._idle = False
            while self._row:
                try:
                    await self._hand_on(self._row.popleft())
                except Exception as error:  # one key is lost, and said to be; the next one counts again
                    self._app._handle_exception(error)
            self._more.clear()

    async def _hand_on(self, typed: Typed) -> None:
        if self._work is not None and not await self._work_over(typed):
            return
        focused = self._app.focused
        a_letter = in_a_line(focused) and (isinstance(typed, Paste) or typed.is_printable)
        if self._unsettled is not None and not (a_letter and focused is self._unsettled):
            await self._settle(self._unsettled)
        elif self._app.screen is not self._seen:
            await self._settle(None)
        while not await self._given(typed):
            await self._settle(None)
        self._unsettled = focused if a_letter else None  # letters cannot change what the next letter is for
        if not a_letter:
            await self._settle(focused)

    async def _work_over(self, typed: Typed) -> bool:
        """Wait until the work has ended that keys wait for; False where what waits has been dropped meanwhile."""
        work = self._work
        if work is None or (isinstance(typed, Key) and typed.key == "escape"):
            return True
        while self._work is work and not work.is_finished:
            await asyncio.sleep(WORKING_SECONDS)
        if self._work is not work:
            return False
        self._work = None
        await self._settle(None)
        return True

    async def _given(self, typed: Typed) -> bool:
        """Hand it on in the app's own turn, between two of its messages."""
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        async def give() -> None:
            given = True
            try:
                given = await self._typewriter.hand_on(typed)
            finally:
                if not answer.done():
                    answer.set_result(given)

        return await answer if self._app.call_later(give) else True

    async def _settle(self, typed_in: Widget | None) -> None:
        """Wait until what was typed in `typed_in` has had its effect and is drawn; but not for ever."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_SECONDS):
                await self._effect_of(typed_in)
        self._seen = self._app.screen

    async def _effect_of(self, typed_in: Widget | None) -> None:
        for _ in range(2):  # the key itself; what its action has sent from there
            await self._bubbled(typed_in)
        for _ in range(MOST_ROUNDS):
            while not self._app.screen.is_mounted:
                await asyncio.sleep(BUILDING_SECONDS)
            screen = self._app.screen
            parts: list[MessagePump] = [self._app, *screen.walk_children(with_self=True)]
            await passed(parts)
            await self._drawn()
            if self._app.screen is screen and not any(part.message_queue_size for part in parts):
                return

    async def _bubbled(self, start: Widget | None) -> None:
        """Wait for a message to go from `start` up to the app, unless `start` ends on the way."""
        node: MessagePump = start if start is not None and start.is_running else self._app.screen
        if not node.is_running:
            return
        arrived = asyncio.Event()
        if node.post_message(Passed(arrived)):
            await first_of(arrived, node)

    async def _drawn(self) -> None:
        """Wait until what was put off until after the next drawing has been called."""
        screen = self._app.screen
        if not standing(self._app, screen):
            return
        drawn = asyncio.Event()
        if screen.call_after_refresh(drawn.set):
            await first_of(drawn, screen)


async def first_of(event: asyncio.Event, part: MessagePump) -> None:
    """Wait for `event`, or for the end of the part that should bring it about."""
    waiting = asyncio.ensure_future(event.wait())
    try:
        await asyncio.wait([waiting, part.task], return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()


def in_a_line(widget: Widget | None) -> bool:
    """Whether what is typed there is text."""
    # of Textual's widgets only TextArea can be read-only; it is not imported here, since the first screen has none
    return isinstance(widget, Input) or getattr(widget, "read_only", True) is False
