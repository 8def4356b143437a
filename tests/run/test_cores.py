"""How many cores a run may count on, in a container too."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from minimind_tui.run.cores import slot_count, threads_of_a_rank, threads_of_a_run, usable_cores


@pytest.fixture
def sixteen_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(16)), raising=False)


@pytest.mark.usefixtures("sixteen_cores")
@pytest.mark.parametrize(
    ("files", "cores"),
    [
        ({}, 16),
        ({"cpu.max": "max 100000\n"}, 16),
        ({"cpu.max": "250000 100000\n"}, 2),
        ({"cpu.max": "50000 100000\n"}, 1),
        ({"cpu.max": "6400000 100000\n"}, 16),
        ({"cpu.max": "nonsense"}, 16),
        ({"cpu/cpu.cfs_quota_us": "400000\n", "cpu/cpu.cfs_period_us": "100000\n"}, 4),
        ({"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, 16),
    ],
)
def test_a_quota_limits_the_cores(tmp_path: Path, files: dict[str, str], cores: int) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="ascii")
    assert usable_cores(tmp_path) == cores


@pytest.mark.usefixtures("sixteen_cores")
def test_the_slots_share_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("minimind_tui.run.cores._quota", lambda _: None)
    assert (slot_count({}), threads_of_a_run({})) == (8, "2")
    assert threads_of_a_run({"MINIMIND_TUI_SLOTS": "1"}) == "16"
    assert threads_of_a_run({"MINIMIND_TUI_SLOTS": "99"}) == "1"
    assert threads_of_a_run({"OMP_NUM_THREADS": "4,2"}) == "4,2"


@pytest.mark.parametrize(
    ("share", "slots", "processes", "threads"),
    [("2", 2, 2, "2"), ("2", 1, 2, "1"), ("8", 1, 3, "2"), ("1", 1, 4, "1"), ("4,2", 1, 2, "2"), ("", 1, 2, "1")],
)
def test_the_ranks_share_the_threads_of_their_slots(share: str, slots: int, processes: int, threads: str) -> None:
    assert threads_of_a_rank(share, slots, processes) == threads
