"""How many processes train at once, over all screens and terminals, and in which order the other runs wait.

A slot is a locked file, a place in the queue another: both are freed by the kernel when their process
ends, however it ends.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from minimind_tui.base.files import is_locked, try_lock
from minimind_tui.base.home import Home
from minimind_tui.run.cores import slot_count

POLL_SECONDS = 0.1
ABANDONED_SECONDS = 60.0
"""A ticket that has no name after this time belongs to a process that was killed while it made it."""


def wait_for_slots(
    home: Home, run_id: str, processes: int = 1, waiting: Callable[[], None] = lambda: None
) -> list[int]:
    """Wait in order until a slot is free for each of a run's processes, and take them; the descriptors that hold them.

    Where there are fewer slots than processes, all of them do. It takes all that it wants or none, and nobody behind
    it takes any meanwhile: two runs that want several never wait for each other. `waiting` is called at each look, and
    may raise to give up.
    """
    home.slots.mkdir(parents=True, exist_ok=True, mode=0o700)
    home.queue.mkdir(parents=True, exist_ok=True, mode=0o700)
    ticket, held = _queue_up(home, run_id)
    try:
        while True:
            waiting()
            taken = _take(home, processes) if _is_first(home, ticket.name) else []
            if taken:
                return taken
            time.sleep(POLL_SECONDS)
    finally:
        ticket.unlink(missing_ok=True)
        os.close(held)


def _queue_up(home: Home, run_id: str) -> tuple[Path, int]:
    """A ticket, and the descriptor that holds it locked.

    It gets its name once it is locked: a ticket that nobody holds is taken away by whoever looks for its turn.
    """
    name = f"{time.time_ns():020d}-{run_id}"
    unnamed = home.queue / f".{name}"
    held = try_lock(unnamed)
    if held is None:
        raise FileExistsError(errno.EEXIST, "another run has this id", str(unnamed))
    return unnamed.rename(home.queue / name), held


def is_queued(home: Home, run_id: str) -> bool:
    """Whether the run stands in the queue for slots."""
    return any(is_locked(ticket) for ticket in home.queue.glob(f"[0-9]*-{run_id}"))


def _take(home: Home, processes: int) -> list[int]:
    """As many free slots as there are processes, at most all that there are; none where there are fewer."""
    there = slot_count()
    wanted, taken = min(processes, there), list[int]()
    for number in range(there):
        slot = try_lock(home.slots / f"slot-{number}")
        if slot is not None:
            taken.append(slot)
        if len(taken) == wanted:
            return taken
    give_back(taken)
    return []


def give_back(slots: list[int]) -> None:
    """Free the slots that these descriptors hold."""
    for slot in slots:
        os.close(slot)


class Slots:
    """The slots of one run: taken when its turn comes, lent to others while the run waits for another."""

    def __init__(self, home: Home, run_id: str, processes: int = 1) -> None:
        self._home, self._run_id, self._processes = home, run_id, processes
        self._held: list[int] = []

    def take(self) -> int:
        """Wait for the slots; how many there are."""
        self._held = wait_for_slots(self._home, self._run_id, self._processes)
        return len(self._held)

    def give_back(self) -> None:
        """Free the slots."""
        give_back(self._held)
        self._held = []

    @contextmanager
    def lent(self) -> Iterator[None]:
        """Without the slots; at the end they are waited for again, as everybody does, unless something was raised.

        A run that kept its slots while it waits for another would wait for ever where there are no more.
        """
        self.give_back()
        yield
        self.take()


def _is_first(home: Home, ticket: str) -> bool:
    """Whether every earlier ticket is gone or belongs to a process that has ended."""
    for path in sorted(home.queue.iterdir()):
        unnamed = path.name.startswith(".")
        if unnamed and _age(path) < ABANDONED_SECONDS:
            continue  # its process is about to lock it
        if unnamed or path.name < ticket:
            if is_locked(path):
                return False
            path.unlink(missing_ok=True)
    return True


def _age(path: Path) -> float:
    """Seconds since a file was written; 0 where it has gone."""
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return 0.0
