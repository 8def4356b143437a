"""The glossary by keys: from a lesson to a term, to its lesson, and back to the very same place."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from minimind_tui.base.text import Language
from minimind_tui.content.course import load_course
from minimind_tui.content.roots import bundled_root
from minimind_tui.content.schema import Step
from minimind_tui.ui.app import TutorApp
from minimind_tui.ui.key_bar import NextBar
from minimind_tui.ui.screens.glossary import GlossaryScreen
from minimind_tui.ui.screens.home import HomeScreen
from minimind_tui.ui.screens.look_up import LookUpScreen
from minimind_tui.ui.screens.study import StudyScreen
from tests.glossary_course import glossary_course
from tests.tiny import home_in, tiny_course
from tests.ui.seeing import see, shown, until

START = Step(kind="lesson", ref="small/start")


def learner(folder: Path, language: Language, course: Path | None = None) -> TutorApp:
    return TutorApp(home_in(folder), load_course(course or glossary_course(folder / "course")), language)


def glossary_of(app: TutorApp) -> GlossaryScreen:
    assert isinstance(app.screen, GlossaryScreen)
    return app.screen


async def at(pilot: Pilot[int], app: TutorApp, term: str) -> None:
    """Until that term's definition is shown."""
    await until(pilot, lambda: glossary_of(app).browsing.chosen == term, f"the term {term}")


@pytest.mark.parametrize(
    ("language", "size"), [("zh", (80, 24)), ("en", (80, 24)), ("zh", (140, 40)), ("en", (60, 16))]
)
async def test_from_a_lesson_to_a_term_to_its_lesson_and_back_to_the_same_place(
    tmp_path: Path, language: Language, size: tuple[int, int]
) -> None:
    def say(zh: str, en: str) -> str:
        return zh if language == "zh" else en

    app = learner(tmp_path, language)
    async with app.run_test(size=size) as pilot:
        app.open_step(START)
        await see(pilot, say("往下读", "read on"))
        await pilot.press("space", "j", "j", "j")
        await until(
            pilot, lambda: isinstance(app.screen, StudyScreen) and app.screen.lesson.scroll_y > 3, "further down"
        )
        before, bookmark = shown(app), app.progress.place("whole")
        await pilot.press("g")
        await see(pilot, say("这篇课文里的", "In this text"), say("读的单位。", "What is read."))
        await at(pilot, app, "token")
        await pilot.press(*"grad")
        await see(pilot, say("导数 x²。", "A derivative x²."), say("讲在", "Defined in"))
        await pilot.press("enter", "down", "enter")
        await at(pilot, app, "layer-norm")
        await see(pilot, say("除以标准差。", "Divides by"))
        assert app.screen.query_one(Input).value == "", "what was typed would hide it"
        await pilot.press("escape")
        await at(pilot, app, "gradient")
        assert app.screen.query_one(Input).value == "grad"
        await pilot.press("enter")
        await see(pilot, say("梯度就是导数", "A gradient is it"))
        assert isinstance(app.screen, LookUpScreen)
        assert say("后来", "Later on") in shown(app)
        await pilot.press("escape")
        await see(pilot, say("讲在", "Defined in"))
        await pilot.press("escape", "escape")
        await until(pilot, lambda: isinstance(app.screen, StudyScreen), "the lesson")
        assert shown(app) == before
        assert app.progress.place("whole") == bookmark
        assert app.progress.done() == set(), "nothing was read by looking it up"


async def test_from_the_looked_up_lesson_one_may_go_on_studying_it(tmp_path: Path) -> None:
    app = learner(tmp_path, "en")
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("g")
        await see(pilot, "A term, in English or Chinese")
        await pilot.press(*"梯度", "enter", "enter")
        await see(pilot, "Enter to study it")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, StudyScreen), "the study screen")
        assert isinstance(app.screen, StudyScreen)
        assert app.screen.walk.step.ref == "small/later"
        assert len(app.screen_stack) == 2


async def test_words_that_stand_on_the_screen_come_before_the_rest_of_the_lesson(tmp_path: Path) -> None:
    app = TutorApp(home_in(tmp_path), load_course(bundled_root()), "en")
    async with app.run_test(size=(80, 24)) as pilot:
        app.open_step(Step(kind="lesson", ref="normalization/quick-why"))
        await see(pilot, "0.41")
        seen = shown(app)
        assert "LayerNorm" not in seen
        await pilot.press("g")
        await see(pilot, "On the screen", "In this text")
        rows = [option.id for option in glossary_of(app).terms.options]
        assert rows.index("gradient") < rows.index("layernorm") < rows.index("ablation")
        assert rows[1:3] == ["normalization", "loss"], "in the order in which they stand in the text"


async def test_tab_the_arrows_and_the_other_language(tmp_path: Path) -> None:
    app = learner(tmp_path, "en")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("g")
        await at(pilot, app, "gradient")
        await pilot.press("down")
        await at(pilot, app, "layer-norm")
        await pilot.press("tab")
        assert app.screen.focused is glossary_of(app).links
        await until(pilot, lambda: "Enter opens" in app.screen.query_one(NextBar).sentence, "what the links are for")
        app.language = "zh"
        await see(pilot, "除以标准差。", "另见")
        assert glossary_of(app).browsing.chosen == "layer-norm"
        await pilot.press(*"xyz")
        await see(pilot, "没有这样的术语")
        await pilot.press("enter")
        assert isinstance(app.screen.focused, Input), "there is nowhere to go"
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen), "home")


async def test_a_term_is_found_by_the_search_and_opened(tmp_path: Path) -> None:
    app = learner(tmp_path, "en")
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("slash", *"derivative")
        await see(pilot, "Term", "gradient")
        await pilot.press("enter")
        await see(pilot, "A derivative x².")
        await pilot.press("escape")
        await see(pilot, "derivative", "1 hit")


async def test_a_glossary_that_cannot_be_read_or_is_not_there_is_said(tmp_path: Path) -> None:
    app = learner(tmp_path, "zh", glossary_course(tmp_path / "course", "format = 1\nterms = 3\n"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("g")
        await see(pilot, "术语表打不开", "glossary.toml:2")
    app = learner(tmp_path, "en", tiny_course(tmp_path / "bare"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("g")
        await see(pilot, "This course has no glossary")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen), "home")


async def test_help_and_palette_know_it(tmp_path: Path) -> None:
    app = learner(tmp_path, "en")
    async with app.run_test(size=(100, 40)) as pilot:
        app.open_step(START)
        await see(pilot, "read on")
        await pilot.press("question_mark")
        await see(pilot, "Glossary", "What a word means")
        await pilot.press("escape", "ctrl+p", *"glossary")
        await see(pilot, "Glossary (g)")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, GlossaryScreen), "the glossary")
