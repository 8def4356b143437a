"""Slots for runs of several processes: all or none, in order, and alone where there are too few."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from minimind_tui.base.files import is_locked
from minimind_tui.base.home import Home
from minimind_tui.run.slots import give_back, wait_for_slots
from tests.tiny import home_in, until


class Waiting:
    """A run that wants slots, in a thread."""

    def __init__(self, home: Home, name: str, processes: int) -> None:
        queued = len(list(home.queue.glob("*")))
        self.slots: list[int] = []
        self._thread = threading.Thread(target=self._take, args=(home, name, processes), daemon=True)
        self._thread.start()
        until(lambda: bool(self.slots) or len(list(home.queue.glob("*"))) > queued, f"{name} in the queue")

    def _take(self, home: Home, name: str, processes: int) -> None:
        self.slots = wait_for_slots(home, name, processes)

    def end(self) -> None:
        """It has its slots, and gives them back."""
        until(lambda: bool(self.slots), "its slots")
        give_back(self.slots)


def locked(home: Home) -> int:
    return sum(is_locked(slot) for slot in home.slots.iterdir())


def test_all_or_none_and_nobody_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINIMIND_TUI_SLOTS", "3")
    home = home_in(tmp_path)
    first, second = wait_for_slots(home, "first", 2), wait_for_slots(home, "second")
    assert (len(first), len(second)) == (2, 1)
    wide, narrow = Waiting(home, "wide", 2), Waiting(home, "narrow", 1)
    give_back(second)
    until(lambda: locked(home) == 2, "one free slot")
    assert (wide.slots, narrow.slots) == ([], []), "one is not enough for the first, and the other is behind it"
    give_back(first)
    until(lambda: bool(wide.slots and narrow.slots), "both")
    assert (len(wide.slots), len(narrow.slots)) == (2, 1)
    wide.end()
    narrow.end()


def test_two_that_want_more_than_there_is_run_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINIMIND_TUI_SLOTS", "2")
    home = home_in(tmp_path)
    other = wait_for_slots(home, "other")
    one, two = Waiting(home, "one", 4), Waiting(home, "two", 4)
    give_back(other)
    until(lambda: len(one.slots) == 2, "all that there are")
    assert two.slots == []
    one.end()
    until(lambda: len(two.slots) == 2, "its turn")
    two.end()
    assert locked(home) == 0
