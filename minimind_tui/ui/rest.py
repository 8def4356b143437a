"""When a part of the screen is at rest: what was sent to it is done, and nothing more comes.

Textual gives each widget a queue and a task of its own. A part that is taken away or built again while its queue is
not empty looks for children that have gone (`NoMatches`), at a moment that hangs on the machine. So a part comes to
rest first; and what is still to be called for one that has gone is not called.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Any

from textual.app import App
from textual.dom import DOMNode
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.widget import Widget

LONGEST_SECONDS = 2.0
"""A handler that takes longer is not waited for: better a late error in one screen than keys that wait for ever."""
LOOKS_SECONDS = 0.1
"""How often it is looked whether those that were asked still live; only an end in mid-answer waits that long."""


def standing(app: App[Any], screen: Screen[Any]) -> bool:
    """Whether a screen has been built and has not begun to go."""
    return screen.is_mounted and screen.is_running and not gone(app, screen)


def gone(app: App[Any], part: MessagePump) -> bool:
    """Whether `part`, or what it is a part of, is no longer there or has begun to go."""
    node: MessagePump | None = part
    while node is not None and node is not app:
        if node._closing or node._closed or (isinstance(node, DOMNode) and node._pruning):
            return True
        if isinstance(node, Screen) and node not in app.screen_stack:
            return True
        node = node._parent
    return node is None


async def passed(parts: Iterable[MessagePump]) -> None:
    """Wait until each of `parts` has handled what was in its queue; those that end meanwhile are not waited for."""
    loop = asyncio.get_running_loop()
    answers: dict[MessagePump, asyncio.Future[None]] = {}
    for part in parts:
        answer: asyncio.Future[None] = loop.create_future()
        if part.is_running and part.call_later(_answer, answer):
            answers[part] = answer
    while waited := [answer for part, answer in answers.items() if part.is_running and not answer.done()]:
        await asyncio.wait(waited, timeout=LOOKS_SECONDS)


def _answer(answer: asyncio.Future[None]) -> None:
    if not answer.done():
        answer.set_result(None)


async def in_turn(part: Widget, work: Callable[[], Awaitable[None]]) -> None:
    """Do `work` between two messages of `part`, so that no handler of it meets what is half done; wait for its end."""
    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def turn() -> None:
        try:
            await work()
        finally:
            _answer(done)

    if part.is_running and part.call_later(turn):
        await asyncio.wait([done, part.task], return_when=asyncio.FIRST_COMPLETED)


async def come_to_rest(part: DOMNode, *, with_self: bool) -> None:
    """Stop the clocks of `part` (or of its children alone), then wait until the last message is handled.

    A message may bubble through every part above its own: one round for each.
    """
    parts = list(part.walk_children(with_self=with_self))
    for node in parts:
        for timer in list(node._timers):
            timer.stop()
    depth = max((len(node.ancestors_with_self) - len(part.ancestors_with_self) for node in parts), default=0)
    with suppress(TimeoutError):
        async with asyncio.timeout(LONGEST_SECONDS):
            for _ in range(depth + 1):
                await passed(parts)
                if not any(node.message_queue_size for node in parts):
                    return
