"""Notes, search, progress, the palette and one's own keys, by keys."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import TextArea

from minimind_tui.base.text import Language
from minimind_tui.content.course import load_course
from minimind_tui.practice import spent
from minimind_tui.practice.notes import keep_note, read_note
from minimind_tui.practice.store import Progress
from minimind_tui.ui.app import TutorApp
from minimind_tui.ui.screens.home import HomeScreen
from minimind_tui.ui.screens.note import NoteScreen
from minimind_tui.ui.screens.progress import ProgressScreen
from minimind_tui.ui.screens.quiz import QuizScreen
from minimind_tui.ui.screens.search import SearchScreen
from minimind_tui.ui.screens.study import StudyScreen
from tests.tiny import home_in, tiny_course
from tests.tiny_practice import add_practice
from tests.ui.seeing import see, shown


@pytest.fixture(autouse=True)
def no_editor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EDITOR", raising=False)
    monkeypatch.delenv("VISUAL", raising=False)


def learner(folder: Path, language: Language = "en") -> TutorApp:
    return TutorApp(home_in(folder), load_course(add_practice(tiny_course(folder / "course"))), language)


async def kept(pilot: Pilot[int], app: TutorApp, text: str) -> None:
    """Until the screen says that the note is kept; then it is on the disk."""
    await see(pilot, "✓ kept" if app.language == "en" else "✓ 已存")
    assert read_note(app.home, "small/start") == text


async def test_a_note_is_kept_as_it_is_written(tmp_path: Path) -> None:
    app = learner(tmp_path)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await pilot.press("enter")
        await see(pilot, "Title")
        await pilot.press("N")
        await see(pilot, "Note: Start here", "Esc when you are done")
        assert "✓ kept" not in shown(app)
        await pilot.press(*"qn?", "enter", *"x")
        await kept(pilot, app, "qn?\nx")
        await pilot.press("y", "escape")
        await see(pilot, "Title")
        assert read_note(app.home, "small/start") == "qn?\nxy"
        await pilot.press("n")
        await see(pilot, "Counting")
        await pilot.press("N")
        await see(pilot, "Note: Counting")
        await pilot.press("z", "escape")
        assert read_note(app.home, "small/count") == "z"


async def test_a_note_that_cannot_be_kept_is_not_thrown_away_at_once(tmp_path: Path) -> None:
    app = learner(tmp_path, "zh")
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        app.push_screen(NoteScreen("small/start"))
        await see(pilot, "笔记：开始")
        app.home.notes.write_text("in the way")
        await pilot.press("a")
        await see(pilot, "没存下", "存不下来")
        await pilot.press("escape")
        await see(pilot, "再按 Esc")
        assert isinstance(app.screen, NoteScreen)
        app.home.notes.unlink()
        await pilot.press("b", "escape")
        await pilot.pause()
        assert not isinstance(app.screen, NoteScreen)
        assert read_note(app.home, "small/start") == "ab"


async def test_a_note_that_cannot_be_kept_outlives_another_language(tmp_path: Path) -> None:
    app = learner(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        app.push_screen(NoteScreen("small/start"))
        await see(pilot, "Note: Start here")
        app.home.notes.write_text("in the way")
        await pilot.press(*"ab", "left")
        app.language = "zh"
        await see(pilot, "笔记：开始")
        app.home.notes.unlink()
        await pilot.press("c", "escape")
        await pilot.pause()
        assert read_note(app.home, "small/start") == "acb"


async def test_what_another_window_writes_is_taken_in(tmp_path: Path) -> None:
    app = learner(tmp_path)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        app.push_screen(NoteScreen("small/start"))
        await see(pilot, "Note: Start here")
        keep_note(app.home, "small/start", "from there\n", "")
        await pilot.press(*"here")
        await see(pilot, "both are kept", "from there")
        assert {"here", "from there"} <= set(read_note(app.home, "small/start").split("\n"))


async def test_an_editor_that_does_not_work_gives_way_to_the_one_inside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", "no-such-editor --wait")
    app = learner(tmp_path)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await pilot.press("enter")
        await see(pilot, "Title")
        await pilot.press("N")
        await see(pilot, "no-such-editor", "$EDITOR", "Note: Start here")


async def test_the_language_changes_under_a_note(tmp_path: Path) -> None:
    app = learner(tmp_path)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        app.push_screen(NoteScreen("small/start"))
        await see(pilot, "Note: Start here")
        await pilot.press(*"ab", "left")
        app.language = "zh"
        await see(pilot, "笔记：开始")
        await pilot.press("c")
        assert app.screen.query_one(TextArea).text == "acb"


@pytest.mark.parametrize(("language", "word"), [("zh", "偶数"), ("en", "EVEN")])
async def test_a_hit_is_shown_and_opened(tmp_path: Path, language: Language, word: str) -> None:
    app = learner(tmp_path, language)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("slash")
        await see(pilot, "Type what to look for" if language == "en" else "输入要找的词")
        await pilot.press(*word)
        await see(pilot, "Which are even?" if language == "en" else "哪些是偶数？")
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, QuizScreen)
        await pilot.press("escape")
        assert isinstance(app.screen, SearchScreen)
        await pilot.press("x", "x", "x")
        await see(pilot, "Nowhere" if language == "en" else "哪里都没有")


async def test_a_lesson_opens_where_the_words_stand(tmp_path: Path) -> None:
    app = learner(tmp_path)
    lesson = tmp_path / "course/lessons/small/start.en.md"
    lesson.write_text(
        "# Title\n\n" + "A line of it.\n\n" * 60 + "## Deep down\n\nThe needle, here.\n\n" + "On.\n\n" * 60
    )
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("slash", *"needle")
        await see(pilot, "Start here", "Deep down", "The needle")
        await pilot.press("enter")
        await see(pilot, "The needle, here.")
        assert isinstance(app.screen, StudyScreen)
        assert app.screen.lesson.scroll_y > 50
        place = app.progress.place()
        assert place is not None
        assert (place.path, place.step) == ("quick-start", 0)


async def test_a_note_is_found_and_opened(tmp_path: Path) -> None:
    app = learner(tmp_path)
    keep_note(app.home, "small/count", "RMSNorm 不减均值\n", "")
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await pilot.press("slash", *"均值")
        await see(pilot, "Note", "Counting", "不减均值", "1 hit;")
        await pilot.press("enter")
        await see(pilot, "Note: Counting")
        await pilot.press("!", "escape")
        await pilot.press(*[" "], *"rms")
        await see(pilot, "1 hit;")


async def test_the_arrows_choose_among_hits(tmp_path: Path) -> None:
    app = learner(tmp_path)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await pilot.press("slash", *"count")
        await see(pilot, "Counting")
        assert isinstance(app.screen, SearchScreen)
        first = app.screen._found.hits[0].passage
        await pilot.press("down", "up", "enter")
        await pilot.pause()
        assert isinstance(app.screen, StudyScreen)
        assert app.screen.walk.step.ref == first.ref


async def test_time_is_counted_for_the_module_on_the_screen(tmp_path: Path) -> None:
    app = learner(tmp_path)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await pilot.press("enter")
        await see(pilot, "Title")
        await pilot.press("j", "question_mark", "escape", "j")
        await pilot.press("P")
        await see(pilot, "What was done")
        assert 0 < spent.by_what(Progress(app.home.database))["small"] < 300


async def test_progress_tells_what_is_missing_and_writes_a_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = learner(tmp_path)
    app.progress.mark_done("lesson", "small/start")
    async with app.run_test(size=(100, 40), notifications=True) as pilot:
        await pilot.press("P")
        await see(pilot, "Small path", "still 1 experiment", "lessons 1/1", "experiments 0/1", "quiz 0/8, 7 needed")
        await pilot.press("w")
        await see(pilot, "Report:")
        text = (tmp_path / "minimind-report.md").read_text(encoding="utf-8")
        assert "- [x] lessons 1/1" in text
        await pilot.press("L")
        await see(pilot, "课文 1/1", "要 7")
        await pilot.press("escape")
        assert isinstance(app.screen, HomeScreen)


async def test_a_report_goes_elsewhere_where_this_folder_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "minimind-report.md").write_text("something of the learner's own")
    monkeypatch.chdir(tmp_path)
    app = learner(tmp_path)
    async with app.run_test(size=(100, 40), notifications=True) as pilot:
        app.push_screen(ProgressScreen())
        await see(pilot, "What was done")
        await pilot.press("w")
        await see(pilot, "Report:")
    assert (tmp_path / "minimind-report.md").read_text() == "something of the learner's own"
    assert (app.home.data / "minimind-report.md").exists()


@pytest.mark.parametrize(
    ("language", "query", "wanted"),
    [
        ("zh", "翻倍", "写代码：翻倍"),
        ("zh", "测验小模块", "测验：小模块"),
        ("zh", "进度", "进度 (P)"),
        ("zh", "课文开始", "课文：开始"),
        ("en", "Quiz: Small", "Quiz: Small module"),
        ("en", "exercise double", "Exercise: Double"),
        ("en", "counting", "Experiment: Counting"),
        ("en", "cards", "Cards: Small module"),
        ("en", "search", "Search (/)"),
    ],
)
async def test_the_palette_finds_everything(tmp_path: Path, language: Language, query: str, wanted: str) -> None:
    app = learner(tmp_path, language)
    async with app.run_test(size=(100, 34), notifications=True) as pilot:
        await see(pilot, "Enter")
        await pilot.press("ctrl+p", *["space" if sign == " " else sign for sign in query])
        await see(pilot, wanted)
        assert "🔎" not in shown(app)  # two cells in one terminal, one in another


async def test_the_palette_does_what_the_keys_of_the_screen_do(tmp_path: Path) -> None:
    app = learner(tmp_path)
    async with app.run_test(size=(100, 34), notifications=True) as pilot:
        await pilot.press("enter")
        await see(pilot, "Title")
        await pilot.press("ctrl+p", *"Note")
        await see(pilot, "Note (N)")
        await pilot.press("enter", "enter")
        await see(pilot, "Note: Start here")


def own_keys(app: TutorApp, text: str) -> None:
    app.home.keys.parent.mkdir(parents=True, exist_ok=True)
    app.home.keys.write_text(text, encoding="utf-8")


async def test_own_keys_work_and_are_named_where_keys_are_named(tmp_path: Path) -> None:
    app = learner(tmp_path)
    own_keys(app, '"study.next" = "f7,f6"\napp.progress = "f8"\n')
    async with app.run_test(size=(100, 34), notifications=True) as pilot:
        await pilot.press("enter")
        await see(pilot, "Title", "F7 Next")
        await pilot.press("n")
        assert isinstance(app.screen, StudyScreen)
        assert app.screen.walk.step.ref == "small/start"
        await pilot.press("question_mark")
        await see(pilot, "F7 F6")
        await pilot.press("escape", "f7")
        await see(pilot, "Counting")
        await pilot.press("f8")
        await see(pilot, "What was done")


async def test_a_wrong_line_is_named_and_the_app_starts(tmp_path: Path) -> None:
    app = learner(tmp_path)
    own_keys(app, '"study.nxet" = "f7"\n"study.previous" = "f9"\n')
    async with app.run_test(size=(100, 34), notifications=True) as pilot:
        await see(pilot, "keys.toml, line 1", "did you mean study.next")
        await pilot.press("enter")
        await see(pilot, "Title")
        await pilot.press("n", "f9")
        await see(pilot, "Title")


def fake_editor(folder: Path, script: str) -> str:
    path = folder / "editor.sh"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return os.fspath(path)


async def test_a_terminal_that_cannot_be_lent_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", fake_editor(tmp_path, 'echo written > "$1"'))
    app = learner(tmp_path)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await pilot.press("enter")
        await see(pilot, "Title")
        await pilot.press("N")
        await see(pilot, "Note: Start here")
