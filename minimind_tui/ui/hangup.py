"""Leaving when the terminal closes or the system asks: at once, whatever the screen is doing.

A terminal that takes no more output stops whoever writes to it, and with it the loop that would answer a signal.
So the signals are waited for in a thread of their own, and a loop that does not leave in time is not waited for.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
from collections.abc import Callable

STATUS = {signal.SIGHUP: 129, signal.SIGTERM: 143}
"""The usual exit status after each signal."""

GRACE_SECONDS = 0.5


class Hangup:
    """Calls `leave` with the exit status, from another thread, when the terminal closes or a signal says so."""

    def __init__(self, leave: Callable[[int], None]) -> None:
        self._leave = leave
        self._left = threading.Event()
        self._first = threading.Lock()

    def __enter__(self) -> Hangup:
        for number in STATUS:  # `nohup` ignores one, and an ignored signal might not be waited for
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_BLOCK, STATUS)  # before there is any other thread: each inherits it
        for watch in (self._await_signal, self._await_end_of_terminal):
            threading.Thread(target=watch, name=watch.__name__.strip("_"), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._left.set()

    def _await_signal(self) -> None:
        self._end(STATUS[signal.Signals(signal.sigwait(STATUS))])

    def _await_end_of_terminal(self) -> None:
        """A terminal may go without a signal: to a program in the background, say."""
        _ends().poll()
        self._end(STATUS[signal.SIGHUP])

    def _end(self, status: int) -> None:
        if not self._first.acquire(blocking=False):
            return
        if _ends().poll(0):  # what is still to be written has no place to go
            null = os.open(os.devnull, os.O_RDWR)
            for number in (0, 1, 2):
                os.dup2(null, number)
        self._leave(status)
        if not self._left.wait(GRACE_SECONDS):
            os._exit(status)


def _ends() -> select.poll:
    """Asks for nothing but the end of the terminal."""
    poll = select.poll()
    poll.register(sys.__stdin__.fileno() if sys.__stdin__ else 0, 0)
    return poll
