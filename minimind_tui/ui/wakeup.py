"""Every signal wakes the loop, whichever thread takes it.

The system gives a signal to any thread that does not block it; Python calls its handler in the main thread, when that
one next runs. A loop that sleeps there until something happens would not hear of it. And after `fg` nothing else
happens: it is the handler of SIGCONT that starts the thread which reads the keys.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def signals_wake_the_loop() -> Iterator[None]:
    """While the loop that runs here runs. For the main thread alone, as all of `signal`."""
    loop = asyncio.get_running_loop()
    heard, told = os.pipe()
    for end in (heard, told):
        os.set_blocking(end, False)
    loop.add_reader(heard, os.read, heard, 4096)
    before = signal.set_wakeup_fd(told, warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        loop.remove_reader(heard)
        os.close(heard)
        os.close(told)
