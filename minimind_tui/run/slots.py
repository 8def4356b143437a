"""How many runs train at once, over all screens and terminals, and in which order the others wait.

A slot is a locked file, a place in the queue another: both are freed by the kernel when their process
ends, however it ends.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from minimind_tui.base.files import is_locked, try_lock
from minimind_tui.base.home import Home
from minimind_tui.run.cores import slot_count

POLL_SECONDS = 0.1


def wait_for_slot(home: Home, run_id: str, waiting: Callable[[], None] = lambda: None) -> int:
    """Wait in the queue until a slot is free, then take it; returns the descriptor that holds its lock.

    `waiting` is called at each look, and may raise to give up.
    """
    home.slots.mkdir(parents=True, exist_ok=True, mode=0o700)
    home.queue.mkdir(parents=True, exist_ok=True, mode=0o700)
    ticket = home.queue / f"{time.time_ns():020d}-{run_id}"
    held = try_lock(ticket)
    try:
        while True:
            waiting()
            if _is_first(home, ticket.name):
                for number in range(slot_count()):
                    slot = try_lock(home.slots / f"slot-{number}")
                    if slot is not None:
                        return slot
            time.sleep(POLL_SECONDS)
    finally:
        ticket.unlink(missing_ok=True)
        if held is not None:
            os.close(held)


def _is_first(home: Home, ticket: str) -> bool:
    """Whether every earlier ticket is gone or belongs to a process that has ended."""
    for earlier in sorted(path.name for path in home.queue.iterdir() if path.name < ticket):
        if is_locked(home.queue / earlier):
            return False
        (home.queue / earlier).unlink(missing_ok=True)
    return True
