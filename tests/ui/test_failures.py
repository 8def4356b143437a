"""An error in one screen: it is closed, a report is kept, and everything else is as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from minimind_tui.run.runs import list_runs
from minimind_tui.ui.app import TutorApp
from minimind_tui.ui.failures import MOST_REPORTS, program_file, save_report
from minimind_tui.ui.lab.pane import LabPane
from minimind_tui.ui.prose import Prose
from minimind_tui.ui.screens.home import HomeScreen
from minimind_tui.ui.screens.progress import ProgressScreen
from minimind_tui.ui.screens.roadmap import RoadmapScreen
from minimind_tui.ui.screens.runs import RunsScreen
from minimind_tui.ui.screens.search import SearchScreen
from minimind_tui.ui.screens.study import StudyScreen
from minimind_tui.ui.steady import MOST_FAILURES
from tests.run.code import ENDLESS
from tests.ui.seeing import see, shown, tiny_app, until

SECRET = "joe's diary in /home/joe/private"
FAILED = "That screen had an error and was closed"


def fails(*_: object, **__: object) -> None:
    raise ValueError(SECRET)


def reports(app: TutorApp) -> list[str]:
    return [file.read_text(encoding="utf-8") for file in sorted(app.home.reports.glob("*.txt"))]


async def still_answers(pilot: Pilot[int]) -> None:
    """The home screen takes keys."""
    app = pilot.app
    assert isinstance(app, TutorApp)
    await until(pilot, lambda: isinstance(app.screen, HomeScreen), "home")
    await pilot.press("enter")
    await see(pilot, "Start here", "10 x²")


@pytest.mark.screen_fails
@pytest.mark.parametrize(
    ("screen", "method", "keys"),
    [
        (RoadmapScreen, "compose", ["left_square_bracket"]),
        (RoadmapScreen, "on_mount", ["left_square_bracket"]),
        (RoadmapScreen, "on_option_list_option_highlighted", ["left_square_bracket"]),
        (RoadmapScreen, "_guide", ["left_square_bracket"]),
        (RoadmapScreen, "action_page", ["left_square_bracket", "space"]),
        (RoadmapScreen, "check_action", ["left_square_bracket", "space"]),
        (ProgressScreen, "fill", ["P"]),
        (RunsScreen, "_follow", ["R"]),
        (SearchScreen, "_load", ["slash"]),
        (StudyScreen, "_open_step", ["enter"]),
        (LabPane, "compose", ["enter"]),
        (LabPane, "on_mount", ["enter"]),
        (LabPane, "open", ["enter"]),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)) if not isinstance(value, list) else "",
)
async def test_the_screen_that_failed_is_closed_and_the_others_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, screen: type[Any], method: str, keys: list[str]
) -> None:
    app = tiny_app(tmp_path)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await see(pilot, "Small path", "0/2")
        with monkeypatch.context() as broken:
            broken.setattr(screen, method, fails)
            await pilot.press(*keys)
            await see(pilot, FAILED, "Small path", "A report")
        assert reports(app)
        assert all("ValueError" in report and "joe" not in report for report in reports(app))
        assert all("screens: HomeScreen > " in report for report in reports(app))
        await still_answers(pilot)


@pytest.mark.screen_fails
async def test_an_error_while_drawing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = tiny_app(tmp_path)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await see(pilot, "Small path")
        with monkeypatch.context() as broken:
            broken.setattr(Prose, "render", fails)
            await pilot.press("left_square_bracket")
            await see(pilot, FAILED, "Small path")
        await still_answers(pilot)


@pytest.mark.screen_fails
async def test_a_run_and_what_lies_over_its_screen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = tiny_app(tmp_path, ENDLESS)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await pilot.press("enter", "n", "r")
        await until(pilot, lambda: any(run.state == "running" for run in list_runs(app.home)), "a run")
        done = app.progress.done()
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: isinstance(app.screen, RoadmapScreen), "the roadmap")
        with monkeypatch.context() as broken:  # the lab, four times a second, looks at its log under the roadmap too
            broken.setattr(LabPane, "_draw_status", fails)
            await see(pilot, FAILED, "Small path")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen), "home")
        assert app.progress.done() == done
        assert [run.state for run in list_runs(app.home)] == ["running"]
        await pilot.press("enter")
        await see(pilot, "Counting", "s Stop")
        await pilot.press("q", "s")
        await until(pilot, lambda: app.return_value == 0, "the end of the app")


@pytest.mark.screen_fails
async def test_keys_typed_for_a_screen_that_failed_are_not_for_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = tiny_app(tmp_path)
    monkeypatch.setattr(RoadmapScreen, "action_page", fails)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await see(pilot, "Small path")
        for key in ("left_square_bracket", "space", "L", "enter"):
            app.simulate_key(key)
        await see(pilot, FAILED)
        await pilot.pause(0.2)
        assert isinstance(app.screen, HomeScreen)
        assert app.language == "en"


@pytest.mark.screen_fails
async def test_the_first_screen_is_built_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = tiny_app(tmp_path)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await see(pilot, "Small path")
        first = app.screen
        monkeypatch.setattr(HomeScreen, "action_once", fails, raising=False)
        app.call_later(app.run_action, "screen.once")
        await see(pilot, FAILED, "Small path")
        assert app.screen is not first
        assert len(app.screen_stack) == 1
        await still_answers(pilot)


@pytest.mark.screen_fails
async def test_an_app_that_cannot_show_its_first_screen_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    app = tiny_app(tmp_path)
    monkeypatch.setattr(HomeScreen, "compose", fails)
    await app.run_async(headless=True, size=(120, 40))
    assert app.return_code == 1
    assert len(reports(app)) == MOST_FAILURES
    assert SECRET in capfd.readouterr().err


@pytest.mark.screen_fails
async def test_without_room_for_a_report_the_sentence_stands_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = tiny_app(tmp_path)
    app.home.reports.parent.mkdir(parents=True, exist_ok=True)
    app.home.reports.write_text("a file where the folder should be", encoding="utf-8")
    monkeypatch.setattr(RoadmapScreen, "action_page", fails)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await see(pilot, "Small path")
        await pilot.press("left_square_bracket", "space")
        await see(pilot, FAILED)
        assert "report" not in shown(app)


def raised(error: Exception, before: Exception | None = None) -> Exception:
    """The error, as it is when it was caught."""
    try:
        try:
            if before is not None:
                raise before
        except Exception as earlier:
            raise error from earlier
        raise error
    except Exception as caught:
        return caught


def test_a_report_names_code_and_nothing_else(tmp_path: Path) -> None:
    for error in (OSError(2, SECRET, "/home/joe"), KeyError(SECRET), raised(ValueError(SECRET), RuntimeError(SECRET))):
        path = save_report(tmp_path / "reports", error, {"screen": "HomeScreen"})
        assert path is not None
        text = path.read_text(encoding="utf-8")
        assert type(error).__name__ in text
        assert "joe" not in text
        assert str(Path(__file__).parent) not in text
        assert "screen: HomeScreen" in text
    assert "RuntimeError" in text
    assert "<another file>" not in text
    path = save_report(tmp_path / "reports", AttributeError("'X' object has no attribute 'y'"), {})
    assert path is not None
    assert "'X' object has no attribute 'y'" in path.read_text(encoding="utf-8")
    assert path.stat().st_mode & 0o077 == 0
    assert program_file("/home/joe/mine.py") == "<another file>"


def test_the_newest_reports_are_kept(tmp_path: Path) -> None:
    saved = [save_report(tmp_path, ValueError(), {}) for _ in range(MOST_REPORTS + 5)]
    assert sorted(tmp_path.glob("*.txt")) == saved[5:]
