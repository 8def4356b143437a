"""An exercise by keys: read, write, save and be checked, hints, the solution; nothing typed is ever lost."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest
from textual.pilot import Pilot

from minimind_tui.base.text import Language
from minimind_tui.content.course import load_course
from minimind_tui.practice import exercises
from minimind_tui.practice.store import Progress
from minimind_tui.practice.trust import trust
from minimind_tui.ui.app import TutorApp
from minimind_tui.ui.external_editor import editor
from minimind_tui.ui.screens.exercise import ExerciseScreen
from tests.tiny import home_in, tiny_course
from tests.tiny_practice import SOLUTION, STARTER, add_practice
from tests.ui.seeing import see, shown, until

WIDE, NARROW = (120, 36), (80, 24)
REF = "small/double"


@pytest.fixture(autouse=True)
def no_editor(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("EDITOR", "VISUAL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    """Every process that a test starts is gone at its end."""
    before = set(psutil.Process().children(recursive=True))
    yield
    _, alive = psutil.wait_procs(set(psutil.Process().children(recursive=True)) - before, timeout=30)
    assert alive == []


def exercise_app(folder: Path, language: Language = "en", *, trusted: bool = True) -> TutorApp:
    app = TutorApp(home_in(folder), load_course(add_practice(tiny_course(folder / "course"))), language)
    if trusted:
        trust(app.progress, app.course.root)
    return app


@asynccontextmanager
async def opened(app: TutorApp, size: tuple[int, int]) -> AsyncIterator[tuple[Pilot[int], Path]]:
    """The exercise on the screen, and the learner's file."""
    async with app.run_test(size=size, notifications=True) as pilot:
        app.open_exercise(REF)
        path = app.home.exercises / f"{REF}.py"
        await see(pilot, "Double" if app.language == "en" else "翻倍", "double(x)")
        yield pilot, path


def screen_of(app: TutorApp) -> ExerciseScreen:
    assert isinstance(app.screen, ExerciseScreen)
    return app.screen


async def test_fail_then_pass_in_the_built_in_editor(tmp_path: Path) -> None:
    app = exercise_app(tmp_path)
    async with opened(app, WIDE) as (pilot, path):
        await see(pilot, "Task, 5 min", "Write double(x)", "def double(x):", "Not checked yet", "e to write")
        await pilot.press("c")
        await see(pilot, "✗ Whole numbers", "✓ Zero", "1/2 pass", "1 try", "h for a hint")
        assert exercises.standing(Progress(app.home.database), REF) == (1, 0, False)
        await pilot.press("e", "ctrl+end", "up", "end", *" + x")
        await see(pilot, "return x + x", "Ctrl+S saves and checks", "the code has changed")
        await pilot.press("ctrl+s")
        await see(pilot, "2/2 pass", "✓ passed")
        assert path.read_text(encoding="utf-8") == SOLUTION
        assert ("exercise", REF) in Progress(app.home.database).done()
        await pilot.press("escape")
        await see(pilot, "Passed! v for the solution")
        await pilot.press("v")
        await see(pilot, "1 The solution", "n for the next exercise")
        await pilot.press("v")
        await see(pilot, "1 Task")


async def test_on_a_narrow_screen_task_and_code_are_shown_in_turn(tmp_path: Path) -> None:
    app = exercise_app(tmp_path, "zh")
    async with opened(app, NARROW) as (pilot, _):
        await see(pilot, "题目，5 分钟", "写 double(x)")
        assert "def double" not in shown(app)
        await pilot.press("tab")
        await see(pilot, "def double", "还没检查过")
        assert "题目，5 分钟" not in shown(app)
        await pilot.press("c")
        await see(pilot, "✗ 整数", "✓ 零", "通过 1/2", "e 接着改；h 要一条提示")
        await pilot.press("1")
        await see(pilot, "题目，5 分钟")


async def test_three_hints_then_the_solution_after_asking(tmp_path: Path) -> None:
    app = exercise_app(tmp_path)
    async with opened(app, WIDE) as (pilot, _):
        await pilot.press("v")
        assert "The solution" not in shown(app)
        for number, hint in enumerate(("think", "Hint 2", "x + x"), 1):
            await pilot.press("h")
            await see(pilot, f"Hint {number}", hint)
            assert exercises.standing(Progress(app.home.database), REF).hints == number
        await pilot.press("h")
        await see(pilot, "all three hints")
        await pilot.press("escape", "h", "y")
        await see(pilot, "1 The solution", "return x + x")
        assert ("exercise", REF) not in app.progress.done()
        await pilot.press("c")
        await see(pilot, "e to write it yourself; v for the task")
        await pilot.press("v")
        await see(pilot, "e to mend it; v for the solution")


async def test_a_file_that_python_cannot_read_gets_to_no_check(tmp_path: Path) -> None:
    app = exercise_app(tmp_path)
    async with opened(app, WIDE) as (pilot, _):
        await pilot.press("i", "left_parenthesis", "ctrl+s")
        await see(pilot, "syntax error")
        assert "0/0" not in shown(app)


async def test_what_another_program_saves_is_checked_at_once(tmp_path: Path) -> None:
    app = exercise_app(tmp_path)
    async with opened(app, WIDE) as (pilot, path):
        path.write_text("def double(x):\n    return y\n", encoding="utf-8")
        await see(pilot, "return y", "Line 2: NameError: name 'y' is not defined")
        path.write_text(SOLUTION, encoding="utf-8")
        await see(pilot, "Passed!", "return x + x")


async def test_typing_is_kept_by_itself_and_in_another_language(tmp_path: Path) -> None:
    app = exercise_app(tmp_path)
    async with opened(app, WIDE) as (pilot, path):
        await pilot.press("e", "ctrl+end", *"# mine")
        await until(pilot, lambda: "# mine" in path.read_text(encoding="utf-8"), "the autosave")
        await see(pilot, "saved")
        await pilot.press(*" more")
        app.action_language()
        await see(pilot, "写吧：Ctrl+S 保存并检查", "# mine more")
        assert "# mine more" in path.read_text(encoding="utf-8")
        await pilot.press(*" x", "escape")
        await see(pilot, "通过 1/2")
        await pilot.press("e", *"!", "ctrl+q")
    assert path.read_text(encoding="utf-8") == STARTER + "# mine more x!"


async def test_a_file_that_changed_while_it_was_typed_in_is_kept_too(tmp_path: Path) -> None:
    app = exercise_app(tmp_path)
    async with opened(app, WIDE) as (pilot, path):
        await pilot.press("e", "ctrl+end", *"# a")
        path.write_text("theirs", encoding="utf-8")
        await pilot.press("ctrl+s")
        await see(pilot, "double.1.py")
        assert path.with_name("double.1.py").read_text(encoding="utf-8") == "theirs"
        assert path.read_text(encoding="utf-8") == STARTER + "# a"


async def test_what_cannot_be_saved_is_still_there_in_another_language(tmp_path: Path) -> None:
    app = exercise_app(tmp_path)
    async with opened(app, WIDE) as (pilot, path):
        path.unlink()
        path.mkdir()
        await pilot.press("e", "ctrl+end", *"# mine")
        await see(pilot, "permissions.")
        app.action_language()
        await see(pilot, "写吧", "# mine")
        path.rmdir()
        await pilot.press("!")
        await until(pilot, lambda: path.is_file() and "# mine!" in path.read_text(encoding="utf-8"), "the autosave")


async def test_what_is_typed_during_a_check_is_not_taken_for_checked(tmp_path: Path) -> None:
    app = exercise_app(tmp_path)
    async with opened(app, WIDE) as (pilot, _):
        await pilot.press("e", "ctrl+end", "ctrl+s")
        await see(pilot, "Checking…")
        await pilot.press(*"# mine")
        await see(pilot, "1/2 pass, the code has changed")


async def test_code_cannot_command_the_terminal(tmp_path: Path) -> None:
    app = exercise_app(tmp_path)
    async with opened(app, WIDE) as (pilot, path):
        path.write_text("x = 1  # \x1b[2J\u202eevil\n" + SOLUTION + "print('\\x1b[2J')\n", encoding="utf-8")
        await see(pilot, "# �[2J�evil", "Passed!", "Printed")
        assert "\x1b" not in shown(app)
        assert "\u202e" not in shown(app)


async def test_enter_keeps_the_indentation_and_backspace_takes_a_step_of_it(tmp_path: Path) -> None:
    app = exercise_app(tmp_path)
    async with opened(app, WIDE) as (pilot, _):
        await pilot.press("e", "ctrl+end", *"if x:", "enter", *"a", "enter", "backspace", *"b")
        assert screen_of(app).code.text == STARTER + "if x:\n    a\nb"


async def test_starting_over_asks_and_keeps_the_old_file(tmp_path: Path) -> None:
    app = exercise_app(tmp_path)
    async with opened(app, WIDE) as (pilot, path):
        path.write_text(SOLUTION, encoding="utf-8")
        await see(pilot, "Passed!")
        await pilot.press("x", "escape")
        assert path.read_text(encoding="utf-8") == SOLUTION
        await pilot.press("x")
        await see(pilot, "Begin again")
        await pilot.press("y")
        await see(pilot, "double.1.py", "e to write")
        assert path.read_text(encoding="utf-8") == STARTER


async def test_the_timer_counts_down_and_stops_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = exercise_app(tmp_path)
    async with opened(app, WIDE) as (pilot, _):
        await pilot.press("T")
        await see(pilot, "4:59")
        session = screen_of(app).session
        assert session._timer_from is not None
        session._timer_from -= 400
        await see(pilot, "over by 1:4")
        await pilot.press("c")
        await see(pilot, "1/2 pass", "over by")
        await pilot.press("T")
        assert "over by" not in shown(app)


async def test_a_check_that_hangs_leaves_the_app_awake_and_can_be_left(tmp_path: Path) -> None:
    app = exercise_app(tmp_path)
    async with opened(app, WIDE) as (pilot, path):
        path.write_text("def double(x):\n    while True: pass\n", encoding="utf-8")
        await see(pilot, "Checking…", "while True")
        await pilot.press("h")
        await see(pilot, "Hint 1")
        path.write_text(SOLUTION, encoding="utf-8")
        await see(pilot, "Passed!")
        path.write_text("def double(x):\n    while True: pass\n", encoding="utf-8")
        await see(pilot, "Checking…")
        await pilot.press("escape")
        assert not isinstance(app.screen, ExerciseScreen)


async def test_a_course_from_elsewhere_is_asked_about_before_its_code_runs(tmp_path: Path) -> None:
    app = exercise_app(tmp_path, trusted=False)
    async with opened(app, WIDE) as (pilot, _):
        await pilot.press("c")
        await see(pilot, "This course is from elsewhere")
        await pilot.press("escape", "c", "y")
        await see(pilot, "1/2 pass")


async def test_an_editor_that_is_not_there_or_fails_gives_way_to_the_built_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = exercise_app(tmp_path)
    async with opened(app, WIDE) as (pilot, _):
        monkeypatch.setenv("EDITOR", "no-such-editor --wait")
        await pilot.press("e")
        await see(pilot, "There is no editor no-such-editor", "Ctrl+S saves")
        await pilot.press("escape")
        await until(pilot, lambda: not screen_of(app).code.writing, "reading again")
        monkeypatch.setenv("VISUAL", "true")
        await pilot.press("e")  # Pilot's terminal cannot be lent
        await see(pilot, "cannot be lent", "Ctrl+S saves")


def test_the_editor_is_that_of_the_environment() -> None:
    assert editor({}) == editor({"EDITOR": " "}) == []
    assert editor({"EDITOR": "code --wait", "VISUAL": ""}) == ["code", "--wait"]
    assert editor({"EDITOR": "vi", "VISUAL": "'my editor' -x"}) == ["my editor", "-x"]
    assert editor({"EDITOR": "it's"}) == ["it's"]


async def test_the_palette_knows_every_exercise(tmp_path: Path) -> None:
    app = exercise_app(tmp_path)
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("ctrl+p", *"double")
        await see(pilot, "Exercise: Double")
        await pilot.press("enter")
        await see(pilot, "def double(x):")
        await pilot.press("n")
        await see(pilot, "1/1")


async def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    app = exercise_app(tmp_path)
    app.home.exercises.parent.mkdir(parents=True, exist_ok=True)
    app.home.exercises.write_text("in the way", encoding="utf-8")
    async with app.run_test(size=WIDE) as pilot:
        app.open_exercise(REF)
        await see(pilot, "permissions.", "Esc back")  # the path before it breaks the line anywhere
        await pilot.press("e", "c", "x", "h")
        assert os.path.isfile(app.home.exercises)
