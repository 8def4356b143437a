"""Sentences name the keys that the learner has."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import minimind_tui.ui
from minimind_tui.base.text import Language
from minimind_tui.content.course import load_course
from minimind_tui.practice.trust import trust
from minimind_tui.ui.app import TutorApp
from minimind_tui.ui.keymap import declared
from minimind_tui.ui.named_keys import NAMED, with_keys
from minimind_tui.ui.screens.exercise import ExerciseScreen
from minimind_tui.ui.screens.quiz import QuizScreen
from tests.tiny import home_in, tiny_course
from tests.ui.practising import practice_app
from tests.ui.seeing import see, shown

SOURCES = sorted(Path(minimind_tui.ui.__file__).parent.rglob("*.py"))


@pytest.mark.parametrize(
    ("sentence", "own", "language", "said"),
    [
        ("{study.next} goes on", {}, "en", "n goes on"),
        ("{study.next} goes on", {"study.next": "f5,right"}, "en", "F5 goes on"),
        ("{pager.space}勾选", {}, "zh", "空格勾选"),
        ("{pager.space} marks", {}, "en", "Space marks"),
        ("{app.search} finds {x.y} in {1, 2}", {}, "en", "/ finds {x.y} in {1, 2}"),
        ("{app.help}", {}, "en", "?"),
    ],
)
def test_a_binding_is_said_by_its_key(sentence: str, own: dict[str, str], language: Language, said: str) -> None:
    assert declared()
    assert with_keys(sentence, own, language) == said


def test_every_binding_that_a_sentence_names_is_there() -> None:
    texts = [
        node.value
        for source in SOURCES
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    named = {name for text in texts for name in NAMED.findall(text)}
    assert len(named) > 20
    assert named <= declared().keys()


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_sentences_follow_the_learners_keys(tmp_path: Path, language: Language) -> None:
    app = practice_app(tmp_path, language)
    app.home.keys.parent.mkdir(parents=True)
    app.home.keys.write_text(
        '"quiz.answer" = "f5"\n"quiz.next" = "f6"\n"choices.open" = "f8"\n'
        '"exercise.edit" = "f7"\n"drill.hint" = "f9"\n'  # as it was called before
    )
    async with app.run_test(size=(110, 34)) as pilot:
        await see(pilot, "按 F8 " if language == "zh" else "Press F8 to")
        await pilot.press("E")
        await see(pilot, "▶ F8 ")
        await pilot.press("f8")
        await see(pilot, "One?" if language == "en" else "一？")
        app.push_screen(QuizScreen("small"))
        await see(pilot, "1/8", "F5")
        assert "Enter" not in shown(app).split("\n")[-1]
        await pilot.press("a", "f5")
        if "F6" not in shown(app):  # several had to be marked, or the question was an open one
            await pilot.press("f5")
        await see(pilot, "F6 for the" if language == "en" else "F6 下一题")
        app.push_screen(ExerciseScreen("small/double"))
        await see(pilot, "F7", "F9")


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_lab_and_the_lesson_follow_the_learners_keys(tmp_path: Path, language: Language) -> None:
    app = TutorApp(home_in(tmp_path), load_course(tiny_course(tmp_path / "course")), language)
    trust(app.progress, tmp_path / "course")
    app.home.keys.parent.mkdir(parents=True, exist_ok=True)
    app.home.keys.write_text('"study.next" = "f5"\n"lab.run" = "f6"\n"lab.view" = "f7"\n"lab.parameters" = "f8"\n')
    async with app.run_test(size=(120, 34)) as pilot:
        await pilot.press("enter")
        await see(pilot, "F5 下一步" if language == "zh" else "F5 next")
        await pilot.press("f5")
        await see(pilot, "按 F6 运行" if language == "zh" else "Press F6 to run")
        await pilot.press("f6")
        await see(pilot, "F7 看" if language == "zh" else "F7 for")
