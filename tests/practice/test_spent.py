"""Time is counted between keys, not while the learner is away, and written down every half minute."""

from __future__ import annotations

from pathlib import Path

from minimind_tui.practice import spent
from minimind_tui.practice.store import Progress


def test_the_time_between_keys_goes_to_what_was_on_the_screen(tmp_path: Path) -> None:
    progress = Progress(tmp_path / "progress.sqlite3")
    watch = spent.Stopwatch(progress)
    for moment, what in [(0, "small"), (10, "small"), (15, ""), (20, "review"), (21, "review")]:
        watch.key(what, moment)
    assert spent.by_what(progress) == {}, "nothing is written at every key"
    watch.flush()
    assert spent.by_what(progress) == {"small": 15.0, "review": 1.0}
    watch.flush()
    assert spent.by_what(progress) == {"small": 15.0, "review": 1.0}


def test_whoever_is_away_learns_nothing(tmp_path: Path) -> None:
    progress = Progress(tmp_path / "progress.sqlite3")
    watch = spent.Stopwatch(progress)
    watch.key("small", 0)
    watch.key("small", spent.IDLE + 1)
    watch.key("small", spent.IDLE + 3)
    watch.flush()
    assert spent.by_what(progress) == {"small": 2.0}


def test_a_kill_costs_half_a_minute_at_most(tmp_path: Path) -> None:
    progress = Progress(tmp_path / "progress.sqlite3")
    watch = spent.Stopwatch(progress)
    for moment in range(0, 301, 5):
        watch.key("small", moment)
        assert moment - spent.by_what(Progress(tmp_path / "progress.sqlite3")).get("small", 0) <= spent.FLUSH
