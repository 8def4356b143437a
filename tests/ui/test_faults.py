"""On the screen: interrupted runs go on, deleted ones are gone, what was left alone is named."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

from minimind_tui.run.checkpoint import checkpoint_file, step_of
from minimind_tui.run.lock import processes
from minimind_tui.run.runs import list_runs
from tests.run.code import ENDLESS, TRAINS
from tests.ui.seeing import see, tiny_app, until


async def test_an_interrupted_training_is_offered_to_go_on(tmp_path: Path) -> None:
    app = tiny_app(tmp_path, TRAINS.format(pause=0.02).replace("settings.steps", "80"))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("enter", "n", "r")
        await until(pilot, lambda: bool(list_runs(app.home)), "a run")
        folder = app.home.runs / list_runs(app.home)[0].id
        await until(pilot, lambda: step_of(checkpoint_file(folder, "ones")) is not None, "a checkpoint")
        _, worker = processes(folder)
        assert worker is not None
        os.kill(worker, signal.SIGKILL)
        await see(pilot, "✗ crashed", "it was killed", "SIGKILL", "r to go on after step")
        await pilot.press("r")
        await see(pilot, "The last run was interrupted", "go on after step", "“ones”", "start a new run")
        await pilot.press("escape")
        assert len(list_runs(app.home)) == 1
        await pilot.press("r", "g")
        await see(pilot, "✓ finished")
        assert [run.state for run in list_runs(app.home)] == ["finished"], "the same run"


async def test_a_run_deleted_under_the_lab_is_said_to_be_gone(tmp_path: Path) -> None:
    app = tiny_app(tmp_path, ENDLESS)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("enter", "n", "r")
        await until(pilot, lambda: any(run.state == "running" for run in list_runs(app.home)), "a run")
        shutil.rmtree(app.home.runs / list_runs(app.home)[0].id)
        await see(pilot, "✗ crashed", "the run's folder is gone")
        await pilot.press("R")
        await see(pilot, "No experiment has been run yet")


async def test_a_run_is_deleted_after_a_question(tmp_path: Path) -> None:
    app = tiny_app(tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("enter", "n", "r")
        await see(pilot, "✓ finished")
        await pilot.press("R")
        await see(pilot, "Counting", "finished")
        await pilot.press("x")
        await see(pilot, "Delete this run?")
        await pilot.press("escape", "x", "y")
        await see(pilot, "No experiment has been run yet")
        assert list(app.home.runs.iterdir()) == []


async def test_what_was_left_alone_is_named_when_the_learner_is_back(tmp_path: Path) -> None:
    app = tiny_app(tmp_path, ENDLESS.replace("while True", "for _ in range(60)"))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("enter", "n", "r")
        await until(pilot, lambda: any(run.state == "running" for run in list_runs(app.home)), "a run")
        await pilot.press("q", "l")
    app.progress.close()
    second = tiny_app(tmp_path)
    async with second.run_test(size=(120, 40)) as pilot:
        await see(pilot, "“Counting” went on without you and still runs")
        await until(pilot, lambda: list_runs(app.home)[0].state == "finished", "its end")
    second.progress.close()
    third = tiny_app(tmp_path)
    async with third.run_test(size=(120, 40)) as pilot:
        await see(pilot, "“Counting” went on without you: finished")
        await pilot.press("enter")
        await see(pilot, "✓ finished")
    third.progress.close()
    fourth = tiny_app(tmp_path)
    async with fourth.run_test(size=(120, 40)) as pilot:
        await see(pilot, "Small path")
        assert fourth.left_alone == set()
