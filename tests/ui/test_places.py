"""Where a reader is in a lesson: kept when the text is laid out anew, whatever has changed in it."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.pilot import Pilot

from minimind_tui.content.course import load_course
from minimind_tui.practice.trust import trust
from minimind_tui.ui.app import TutorApp
from minimind_tui.ui.lesson.embed import Spot
from minimind_tui.ui.lesson.landmarks import LANDMARK, landmarks, row_at, way_to
from tests.ui.embedding import embedding_app, foot, in_lab, run_both, study
from tests.ui.seeing import see, shown, until

SENTENCE = "Some words that fill more than one line of a pane and break elsewhere in another. " * 3
SIZES = [(100, 30), (200, 50), (80, 24), (120, 40), (100, 30)]


def long_lesson(app: TutorApp) -> None:
    """Sections of paragraphs that wrap, in both languages, the Chinese ones shorter."""
    for language, words, sections in (("en", SENTENCE, "Section"), ("zh", "一些字，占满一行还要多一点。" * 5, "小节")):
        parts = [f"## {sections} {number}\n\n{words}\n\n{words}\n" for number in range(1, 9)]
        parts.insert(3, ":::experiment small/count\n")
        parts.insert(6, ":::experiment small/again\n")
        file = app.course.root / f"lessons/small/counts.{language}.md"
        file.write_text("# Title\n\n" + "\n".join(parts), encoding="utf-8")
    trust(app.progress, app.course.root)


async def resize(pilot: Pilot[int], size: tuple[int, int]) -> None:
    await pilot.resize_terminal(*size)
    await pilot.pause()
    app = pilot.app
    assert isinstance(app, TutorApp)
    await until(pilot, lambda: study(app).has_class("-wide") == (size[0] >= 100), f"{size}")


def top_section(app: TutorApp) -> int:
    """The section that the first heading on the page belongs to."""
    found = re.search(r"(?:Section|小节) (\d)", shown(app))
    assert found, shown(app)
    return int(found[1])


def is_on_top(app: TutorApp, number: int) -> bool:
    return top_section(app) == number


def is_shown(app: TutorApp, page: str) -> bool:
    return shown(app) == page


async def to_section(pilot: Pilot[int], number: int) -> None:
    """Read on until this heading is the pane's first row."""
    app = pilot.app
    assert isinstance(app, TutorApp)
    while f"Section {number}" not in shown(app).split("\n")[2]:
        await pilot.press("down")
        await pilot.pause()


async def test_another_size_keeps_the_heading_at_the_top(tmp_path: Path) -> None:
    app = embedding_app(tmp_path)
    long_lesson(app)
    async with app.run_test(size=SIZES[0]) as pilot:
        await pilot.press("enter", "n")
        await see(pilot, "2/3", "Section 1")
        for lines in (0, 2, 5, 8):  # at the heading, and further down
            await to_section(pilot, 2)
            await pilot.press(*["down"] * lines)
            await pilot.pause()
            before = shown(app)
            for size in SIZES[1:]:
                await resize(pilot, size)
                assert lines or "Section 2" in shown(app).split("\n")[2], shown(app)
            assert shown(app) == before, "as it was"
            await pilot.press("home")
            await pilot.pause()


async def test_another_size_keeps_the_card_at_the_top(tmp_path: Path) -> None:
    app = embedding_app(tmp_path)
    long_lesson(app)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("enter", "n")
        await see(pilot, "2/3", "Counting")
        while "┏━ Experiment" not in shown(app).split("\n")[2]:
            await pilot.press("down")
            await pilot.pause()
        for size in ((200, 50), *SIZES, (60, 16)):
            await resize(pilot, size)
            assert "┏━ Experiment" in shown(app).split("\n")[2], shown(app)
            assert re.search("┃ Counting.*┃ r runs it.*━┛", shown(app), re.DOTALL), f"the whole card\n{shown(app)}"


async def test_another_language_keeps_the_section(tmp_path: Path) -> None:
    app = embedding_app(tmp_path)
    long_lesson(app)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter", "n")
        await see(pilot, "2/3", "Section 1")
        for number in (2, 5):
            await to_section(pilot, number)
            before = shown(app)
            await pilot.press("L")
            await see(pilot, "小节")
            await until(pilot, partial(is_on_top, app, number), f"section {number}")
            assert f"小节 {number}" in shown(app).split("\n")[2]
            await pilot.press("L")
            await until(pilot, partial(is_shown, app, before), "the same page")


async def test_new_figures_leave_the_page_where_it_is(tmp_path: Path) -> None:
    """Figures grow from one character to two, so that those above the reader take another row."""
    app = embedding_app(tmp_path)
    long_lesson(app)
    file = app.course.root / "lessons/small/counts.en.md"
    figures = "{{small/count: twos.total | .0f}} " * 40
    text = file.read_text(encoding="utf-8").replace("## Section 1\n", f"## Section 1\n\n{figures}\n")
    file.write_text(text, encoding="utf-8")
    (app.course.root / "experiments/small/count.reference.json").unlink()
    trust(app.progress, app.course.root)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("enter", "n")
        await see(pilot, "2/3", "Section 1", "— —")
        await to_section(pilot, 3)
        await pilot.press("r", "b", "enter")
        await see(pilot, "✓ finished", "✓ you have run it")
        assert "Section 3" in shown(app).split("\n")[2], shown(app)
        await pilot.press("tab", "home")
        await see(pilot, "10 10 10")


async def test_the_lab_goes_along_with_the_reader_and_keeps_what_it_showed(tmp_path: Path) -> None:
    app = embedding_app(tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        await run_both(pilot)
        await in_lab(pilot, "small/again")
        await pilot.press("v", "v", "tab")
        await see(pilot, "2 Lab: Once more", "design")
        await pilot.press("home")
        await in_lab(pilot, "small/count")
        await see(pilot, "2 Lab: Counting", "total 1/3")
        await pilot.press("end")
        await in_lab(pilot, "small/again")
        await see(pilot, "2 Lab: Once more", "design")
        assert "Read. n next" in foot(app)


async def test_what_was_read_last_is_offered_at_home(tmp_path: Path) -> None:
    first = embedding_app(tmp_path)
    file = first.course.root / "lessons/course.toml"
    titles = (
        'title = { zh = "另一条", en = "Another way" }\ngoal = { zh = "也行", en = "Too" }\nhours = 1\nstate = "ready"'
    )
    steps = '[{ kind = "lesson", ref = "small/start" }]'
    file.write_text(file.read_text(encoding="utf-8") + f'[[paths]]\nid = "other"\n{titles}\nsteps = {steps}\n', "utf-8")
    app = TutorApp(first.home, load_course(first.course.root), "en")
    async with app.run_test(size=(120, 40)) as pilot:
        await see(pilot, "Press Enter to start “All of it”")
        await pilot.press("down", "enter")
        await see(pilot, "Start here")
        await pilot.press("escape")
        await see(pilot, "Press Enter to go on: Start here")
        await pilot.press("left_square_bracket")
        await see(pilot, "01 Small module")
        await pilot.press("enter")
        await see(pilot, "All of it  1/2")
        await pilot.press("n")
        await see(pilot, "All of it  2/2")
        await pilot.press("escape")
        await see(pilot, "Press Enter to go on: The end")
        await pilot.press("down", "R")
        await see(pilot, "mark two")
        await pilot.press("escape")
        await see(pilot, "Press Enter to go on: Start here")
        await pilot.press("L", "L")
        await see(pilot, "Press Enter to go on: Start here")


async def test_a_module_that_does_not_fit_is_read_by_pages(tmp_path: Path) -> None:
    app = embedding_app(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("left_square_bracket")
        await see(pilot, "01 Small module", "; Space to see the rest")
        assert "Once more" not in shown(app)
        await pilot.press("space")
        await see(pilot, "Once more")
        await pilot.resize_terminal(120, 40)
        await until(pilot, lambda: "Space to see" not in foot(app), "all of it at once")


@pytest.mark.parametrize("row", [0, 1, 4, 5, 17, 29])
def test_a_row_is_found_again(row: int) -> None:
    marks = [0, 4, 10, 30]
    assert row_at(way_to(row, marks), marks) == row
    twice = [2 * mark for mark in marks]
    assert row_at(way_to(row, marks), twice) == 2 * row


def test_landmarks_are_headings_and_cards() -> None:
    heading = [Segment("title", Style(meta={LANDMARK: True}))]
    text = [Segment("text")]
    assert landmarks([heading, heading, text, text, heading, text], [Spot(3, 4)]) == [0, 3, 4, 6]
    assert landmarks([], []) == [0]
    assert row_at(way_to(0, [0]), [0]) == 0
