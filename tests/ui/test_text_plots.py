"""The plots that are text, in the lab and side by side for two runs, at a small and a wide terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from minimind_tui.content.course import load_course
from minimind_tui.practice.trust import trust
from minimind_tui.ui.app import TutorApp
from minimind_tui.ui.plot.line_plot import LinePlot
from minimind_tui.ui.screens.compare import CompareScreen
from tests.tiny import begin, home_in, seen
from tests.ui.seeing import see
from tests.views.recorded import course_of_records

PLOTS = {
    "in pieces": "4 tokens",
    "talk": "assistant  kite emma",
    "scores": "a⏎b",
    "schedule": "rank 1",
    "scaling": "y = 8·x^-0.25",
}


def app_with_runs(folder: Path, runs: int) -> tuple[TutorApp, list[str]]:
    """The tutor on the course of records, with finished runs."""
    home, root = home_in(folder), course_of_records(folder / "course")
    views = [begin(home, root, seed=seed) for seed in range(1, runs + 1)]
    assert [seen(view) for view in views] == ["finished"] * runs
    app = TutorApp(home, load_course(root), "en")
    trust(app.progress, root)
    return app, [view.run_id for view in views]


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_the_lab_shows_each_kind(tmp_path: Path, size: tuple[int, int]) -> None:
    app, runs = app_with_runs(tmp_path, 1)
    async with app.run_test(size=size) as pilot:
        app.open_run(runs[0], "small/count")
        await see(pilot, "total")
        for title, words in PLOTS.items():
            await pilot.press("v")
            await see(pilot, title, words)


async def test_two_runs_are_compared_in_each_kind(tmp_path: Path) -> None:
    app, runs = app_with_runs(tmp_path, 2)
    async with app.run_test(size=(120, 40)) as pilot:
        app.push_screen(CompareScreen(*runs))
        await see(pilot, "total", "A ones", "B twos")
        for title, words in PLOTS.items():
            await pilot.press("v")
            await see(pilot, title, words, "A ones")
        await pilot.press("a")
        await see(pilot, "A ones")
        app.language = "zh"
        await see(pilot, "规模", "y = 8·x^-0.25")
        plot = app.screen.query_one("#compare-line", LinePlot)
        assert plot.log_scale, "as its spec says, in the widgets of the other language too"
        assert app.focused is plot, "the keys of the plot work"
