"""Slots for runs of several processes: all or none, in order, and alone where there are too few."""

from __future__ import annotations

import os
import threading
from collections import defaultdict
from pathlib import Path

import pytest
from rich.style import Style

from minimind_tui.base.files import is_locked, try_lock
from minimind_tui.base.home import Home
from minimind_tui.content.course import load_course
from minimind_tui.run import slots
from minimind_tui.run.slots import give_back, is_queued, wait_for_slots
from minimind_tui.ui.lab.model import Lab
from minimind_tui.ui.lab.status import status, what_next
from tests.tiny import begin, home_in, tiny_course, until


class Waiting:
    """A run that wants slots, in a thread."""

    def __init__(self, home: Home, name: str, processes: int) -> None:
        queued = len(list(home.queue.glob("[0-9]*")))
        self.slots: list[int] = []
        self._thread = threading.Thread(target=self._take, args=(home, name, processes), daemon=True)
        self._thread.start()
        until(lambda: bool(self.slots) or len(list(home.queue.glob("[0-9]*"))) > queued, f"{name} in the queue")

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


def test_a_ticket_is_not_lost_to_one_who_looks_while_it_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINIMIND_TUI_SLOTS", "1")
    home = home_in(tmp_path)
    other = wait_for_slots(home, "other")
    lock = try_lock

    def looked_at_before_it_is_locked(path: Path, patience: float = 0.0) -> int | None:
        if path.parent == home.queue:
            path.touch()
            assert slots._is_first(home, "9" * 20)
            assert path.exists(), "taken away, though its process was about to lock it"
        return lock(path, patience)

    monkeypatch.setattr(slots, "try_lock", looked_at_before_it_is_locked)
    one = Waiting(home, "one", 1)
    assert is_queued(home, "one")
    assert not slots._is_first(home, "9" * 20)
    give_back(other)
    one.end()


def test_what_a_killed_process_has_left_in_the_queue_is_taken_away(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    home.queue.mkdir(parents=True)
    for name in ("00000000000000000001-ended", ".00000000000000000002-killed"):
        (home.queue / name).touch()
        os.utime(home.queue / name, (1, 1))
    give_back(wait_for_slots(home, "one"))
    assert list(home.queue.iterdir()) == []


def test_only_a_run_that_stands_in_the_queue_is_queued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINIMIND_TUI_SLOTS", "1")
    home = home_in(tmp_path)
    assert not is_queued(home, "one"), "there is no queue yet"
    other = wait_for_slots(home, "other")
    one = Waiting(home, "one", 1)
    assert is_queued(home, "one")
    assert not is_queued(home, "other"), "it has what it wanted"
    give_back(other)
    one.end()
    until(lambda: not is_queued(home, "one"), "out of the queue")


def test_a_run_that_starts_is_not_said_to_wait_for_a_slot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINIMIND_TUI_SLOTS", "1")
    home, root = home_in(tmp_path), tiny_course(tmp_path)
    course = load_course(root)
    other = wait_for_slots(home, "other")
    view = begin(home, root)
    lab = Lab(home, course, course.experiments[view.summary.experiment], "en")
    lab.view = view

    def said() -> tuple[str, str]:
        lab.poll()
        return status(lab, "en", defaultdict(Style.null), 60).plain, what_next(lab, set(), "", "en")

    assert said()[0] == "… starting" or view.queued
    until(lambda: "waiting for a free slot" in said()[0], "in the queue")
    assert "another run" in said()[1]
    give_back(other)
    until(lambda: "in a moment" in said()[1] or view.state != "waiting", "starting")
    until(lambda: "finished" in said()[0], "its end")
