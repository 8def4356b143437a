"""Drawings in a lesson as they appear: never wrapped, in the text's ink, side by side where there is room."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.theme import Theme

from minimind_tui.base.text import Language
from minimind_tui.content.course import load_course
from minimind_tui.content.drawings import WIDEST, columns
from minimind_tui.practice.trust import trust
from minimind_tui.ui.app import TutorApp
from minimind_tui.ui.lesson.markdown import LessonMarkdown
from tests.tiny import home_in, tiny_course
from tests.ui.seeing import see, shown, until

ROWS: dict[Language, list[str]] = {
    "en": ["x ────────────┐  (B, T, C)", "│             ▼", "│  a norm that is wider than it must be,", "└──► y"],
    "zh": ["x ────────────┐  (B, T, C)", "│             ▼", "│   这个归一化写得比需要的宽一些再宽一点", "└──► y"],
}
PAIR = "```drawing left\nleft   b\n│\nc\n```\n\n```drawing right\nright\n│\nd\n```\n"


def fenced(rows: list[str], accents: str) -> str:
    return "\n".join(["```drawing " + accents, *rows, "```", ""])


def rendered(markdown: str, width: int) -> list[list[Segment]]:
    console = Console(file=StringIO(), width=width, color_system="standard", force_terminal=True, theme=ACCENTED)
    return console.render_lines(LessonMarkdown(markdown, "ansi_dark"), console.options.update(width=width), pad=False)


ACCENTED = Theme({"drawing.accent": Style(bold=True)})


def rows(markdown: str, width: int) -> list[str]:
    lines = ("".join(segment.text for segment in line).rstrip() for line in rendered(markdown, width))
    return [line for line in lines if line]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", [(80, 24), (100, 30)])
async def test_a_drawing_is_shown_row_by_row(tmp_path: Path, language: Language, size: tuple[int, int]) -> None:
    root = tiny_course(tmp_path / "course")
    lesson = root / f"lessons/small/start.{language}.md"
    lesson.write_text("# T\n\n" + fenced(ROWS[language], "x") + "\nafter it\n", encoding="utf-8")
    app = TutorApp(home_in(tmp_path), load_course(root), language)
    trust(app.progress, app.course.root)
    async with app.run_test(size=size) as pilot:
        await pilot.press("enter")
        await see(pilot, "after it")
        assert max(map(columns, ROWS[language])) == WIDEST
        screen = shown(app).split("\n")
        first = next(at for at, row in enumerate(screen) if ROWS[language][0] in row)
        for at, row in enumerate(ROWS[language]):
            assert row in screen[first + at], screen[first + at]


def test_two_stand_side_by_side_where_there_is_room() -> None:
    assert rows(PAIR, 60) == ["  left   b    right", "  │           │", "  c           d"]
    assert rows(PAIR, 18) == ["  left   b", "  │", "  c", "  right", "  │", "  d"]
    assert rows(PAIR.replace("```\n\n```", "```\n\nbetween\n\n```"), 60)[3:4] == ["between"]


async def test_reading_on_cuts_no_drawing_in_two(tmp_path: Path) -> None:
    root = tiny_course(tmp_path / "course")
    tall = fenced(["top of it", *("│" for _ in range(8)), "foot of it"], "top")
    lesson = "# T\n\n" + "a line\n\n" * 6 + tall + "\n" + "more\n\n" * 20
    (root / "lessons/small/start.en.md").write_text(lesson, encoding="utf-8")
    app = TutorApp(home_in(tmp_path), load_course(root), "en")
    trust(app.progress, app.course.root)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await see(pilot, "top of it")
        assert "foot of it" not in shown(app)
        await pilot.press("space")
        await see(pilot, "top of it", "foot of it")
        await pilot.press("space")
        await until(pilot, lambda: "foot of it" not in shown(app), "the next page")


def test_a_pane_that_is_too_narrow_takes_the_margin_then_the_end_of_a_row() -> None:
    drawing = fenced(["x ──► y", "a b c d e f"], "x")
    assert rows(drawing, 12) == [" x ──► y", " a b c d e f"]
    assert rows(drawing, 8) == ["x ──► y", "a b c d…"]


def test_accented_words_stand_out_alone() -> None:
    lines = rendered(fenced(["q qk 归一化 q", "k"], "q 归一化"), 40)
    bold = [segment.text for line in lines for segment in line if segment.style and segment.style.bold]
    assert bold == ["q", "归一化", "q"]
