"""Break it: a key asks what to break, runs it beside the healthy model, and comes back to where it was asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from minimind_tui.content.course import load_course
from minimind_tui.content.roots import bundled_root
from minimind_tui.practice.trust import trust
from minimind_tui.run.runs import list_runs
from minimind_tui.ui.app import TutorApp
from minimind_tui.ui.screens import break_it
from tests.tiny import home_in, tiny_course
from tests.ui.seeing import see, shown, until

DAMAGE = """
[[parameters]]
name = "damage"
kind = "choice"
label = { zh = "坏在哪", en = "what is broken" }
default = "leg"
choices = ["leg", "arm"]
says = { leg = { zh = "弄坏腿", en = "Break a leg" }, arm = { zh = "弄坏手", en = "Break an arm" } }
"""


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TutorApp:
    """A tiny course whose experiment can be broken."""
    course = tiny_course(tmp_path / "course")
    spec = course / "experiments/small/count.toml"
    spec.write_text(spec.read_text(encoding="utf-8") + DAMAGE, encoding="utf-8")
    monkeypatch.setattr(break_it, "BREAK_IT", "small/count")
    app = TutorApp(home_in(tmp_path), load_course(course), "en")
    trust(app.progress, app.course.root)
    return app


async def test_a_letter_breaks_it_at_once_and_escape_comes_back_to_the_lesson(app: TutorApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("enter", "B")
        await see(pilot, "train side by side", "a  Break a leg", "b  Break an arm")
        await pilot.press("escape")
        assert list_runs(app.home) == []
        await pilot.press("B", "b")
        await see(pilot, "✓ finished", "damage=arm")
        await pilot.press("B", "a")
        await until(pilot, lambda: "damage=arm" not in shown(app), "the other damage")
        await see(pilot, "✓ finished")
        assert len(list_runs(app.home)) == 2
        await pilot.press("L")
        await see(pilot, "✓ 完成")
        await pilot.press("v")
        await see(pilot, "B 换一处弄坏，Esc 返回")
        await pilot.press("escape")
        await see(pilot, "小路", "1/2")


async def test_an_untrusted_course_is_asked_about_first(app: TutorApp) -> None:
    with app.course.source("small/count").open("a") as code:
        code.write("\n# not what was trusted\n")
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("enter", "B", "down", "enter")
        await see(pilot, "This course is from elsewhere")
        assert list_runs(app.home) == []
        await pilot.press("y")
        await see(pilot, "✓ finished", "damage=arm")


async def test_the_palette_knows_it(app: TutorApp) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("ctrl+p", *"counting")
        await see(pilot, "Does it count?")
        await pilot.press("enter")
        await see(pilot, "train side by side")
        await pilot.press("b")
        await see(pilot, "✓ finished", "damage=arm")


async def test_a_course_without_it_has_no_such_key(tmp_path: Path) -> None:
    app = TutorApp(home_in(tmp_path), load_course(tiny_course(tmp_path / "course")), "en")
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("enter")
        await see(pilot, "Start here")
        assert "Break it" not in shown(app)
        await pilot.press("B")
        assert "train side by side" not in shown(app)


def test_each_damage_of_the_course_says_what_to_watch_and_changes_something() -> None:
    course = load_course(bundled_root())
    parameter = break_it.damages(course)
    assert parameter is not None
    assert set(parameter.says) == set(parameter.choices)
    assert len(parameter.choices) == 7 <= len(break_it.LETTERS)
    code = course.source(break_it.BREAK_IT).read_text(encoding="utf-8")
    assert all(f'"{choice}": ' in code for choice in parameter.choices)
