"""Disks that are full, cannot be written or were emptied: the app says so, teaches on, and damages nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

from minimind_tui.base.home import Home
from minimind_tui.content.course import load_course
from minimind_tui.practice.store import Progress
from minimind_tui.practice.trust import trust
from minimind_tui.run.runs import list_runs
from minimind_tui.ui.app import TutorApp
from tests.disk import read_only, small_disk
from tests.run.code import FILLS_THE_DISK
from tests.tiny import CODE, home_in, tiny_course
from tests.ui.seeing import see, until


def opened(home: Home, course: Path) -> TutorApp:
    """The tutor on a home that may not take anything, its course trusted."""
    app = TutorApp(home, load_course(course), "en")
    trust(app.progress, course)
    return app


async def test_on_a_full_disk_the_app_teaches_and_says_what_is_not_kept(tmp_path: Path) -> None:
    course = tiny_course(tmp_path / "course")
    with small_disk(tmp_path / "disk", 1) as disk:
        home = home_in(disk)
        before = opened(home, course)
        before.progress.mark_done("lesson", "small/start")
        before.progress.close()
        (disk / "fill").write_bytes(b"")
        with (disk / "fill").open("ab", buffering=0) as fill:
            while True:
                try:
                    fill.write(b"x" * 4096)
                except OSError:
                    break
        app = opened(home, course)
        async with app.run_test(size=(120, 40), notifications=True) as pilot:
            await see(pilot, "Progress cannot be saved")
            await pilot.press("enter", "n")
            await see(pilot, "Counting", "Press r to run")
            await pilot.press("r")
            await see(pilot, "Cannot start: No space left on device")
            await pilot.press("p")
            await see(pilot, "Start here")
        app.progress.close()
        (disk / "fill").unlink()
        again = Progress(home.database)
        assert again.warning is None
        assert ("lesson", "small/start") in again.done()
        again.close()


async def test_a_run_that_fills_the_disk_ends_with_that_reason_on_the_screen(tmp_path: Path) -> None:
    course = tiny_course(tmp_path / "course", FILLS_THE_DISK)
    with small_disk(tmp_path / "disk", 1) as disk:
        app = opened(home_in(disk), course)
        async with app.run_test(size=(120, 40), notifications=True) as pilot:
            await pilot.press("enter", "n", "r")
            await see(pilot, "✗ failed", "the disk is full", "minimind-tui clean", "No space left on device")
            await pilot.press("p")
            await see(pilot, "Start here")
        app.progress.close()
        assert Progress(home_in(disk).database).warning is None


async def test_on_a_disk_that_cannot_be_written_the_app_teaches(tmp_path: Path) -> None:
    course = tiny_course(tmp_path / "course")
    with small_disk(tmp_path / "disk", 4) as disk:
        home = home_in(disk)
        before = opened(home, course)
        async with before.run_test(size=(120, 40), notifications=True) as pilot:
            await pilot.press("enter", "n", "r")
            await see(pilot, "✓ finished")
        before.progress.close()
        with read_only(disk):
            app = opened(home, course)
            async with app.run_test(size=(120, 40), notifications=True) as pilot:
                await see(pilot, "Progress cannot be saved")
                await pilot.press("enter", "n")
                await see(pilot, "✓ finished")
                await pilot.press("r")
                await see(pilot, "Cannot start: Read-only file system")
                await pilot.press("L")
                await see(pilot, "数数")
            app.progress.close()
        kept = Progress(home.database)
        assert ("experiment", "small/count") in kept.done()
        kept.close()


async def test_without_a_home_the_app_teaches(tmp_path: Path) -> None:
    blocked = tmp_path / "a-file"
    blocked.write_text("no folder")
    app = opened(home_in(blocked / "home"), tiny_course(tmp_path / "course"))
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await see(pilot, "Progress cannot be saved")
        await pilot.press("enter", "n", "r")
        await see(pilot, "Cannot start: Not a directory")
        await pilot.press("R")
        await see(pilot, "No experiment has been run yet")
    app.progress.close()


async def test_a_home_removed_under_the_app_is_no_accident(tmp_path: Path) -> None:
    home = home_in(tmp_path / "home")
    app = opened(home, tiny_course(tmp_path / "course", CODE))
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await pilot.press("enter", "n", "r")
        await see(pilot, "✓ finished")
        shutil.rmtree(tmp_path / "home")
        await pilot.press("p", "t", "L", "L", "R")
        await see(pilot, "No experiment has been run yet")
        await pilot.press("escape", "n", "r")
        await until(pilot, lambda: any(run.state == "finished" for run in list_runs(home)), "a run in a new home")
    app.progress.close()
